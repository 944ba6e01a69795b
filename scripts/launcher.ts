import { readFileSync } from 'node:fs';
import path from 'node:path';
import { folderSource, loadBundle } from './load-bundle.ts';

// The bundled executable. CommonJS: it starts sooner than a module.
const folder = import.meta.dirname;
const { bundle } = loadBundle(folderSource(folder));
const seeds = (): Uint8Array => readFileSync(path.join(folder, 'seeds.json'));
// Whatever is still asked of a network, nobody waits for once there is an answer.
const run = async (): Promise<void> => {
  process.exit(await bundle.main(process.argv.slice(2), bundle.nodeIo(seeds)));
};
void run();
