import { loadBundle } from './load-bundle.ts';

// The bundled executable. CommonJS: it starts sooner than a module.
const folder = import.meta.dirname;
const { bundle } = loadBundle(folder);
const run = async (): Promise<void> => {
  process.exitCode = await bundle.main(process.argv.slice(2), bundle.bundledIo(folder));
};
void run();
