import { loadBundle } from './load-bundle.ts';

// The bundled executable. CommonJS: it starts sooner than a module.
const folder = import.meta.dirname;
const { bundle } = loadBundle(folder);
void bundle.main(process.argv.slice(2), bundle.bundledIo(folder)).then((code) => {
  process.exitCode = code;
});
