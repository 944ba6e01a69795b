import { loadBundle } from './load-bundle.ts';

// The bundled executable. CommonJS: it starts sooner than a module.
const folder = import.meta.dirname;
const { bundle } = loadBundle(folder);
// Whatever is still asked of a network, nobody waits for once there is an answer.
const run = async (): Promise<void> => {
  process.exit(await bundle.main(process.argv.slice(2), bundle.bundledIo(folder)));
};
void run();
