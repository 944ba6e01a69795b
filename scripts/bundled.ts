import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeIo } from '#core/io/node-io';
import { main } from '../verifier/main.ts';

// The bundled executable: CommonJS, for it starts sooner than a module; seeds.json lies beside it.
const seeds = (): Uint8Array => readFileSync(join(import.meta.dirname, 'seeds.json'));

void main(process.argv.slice(2), nodeIo(seeds)).then((code) => {
  process.exitCode = code;
});
