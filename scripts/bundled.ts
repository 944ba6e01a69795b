import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Io } from '#core/io/io';
import { nodeIo } from '#core/io/node-io';

export { main } from '../verifier/main.ts';

/** The real world, with the trust that lies beside the bundle. */
export function bundledIo(folder: string): Io {
  return nodeIo(() => readFileSync(join(folder, 'seeds.json')));
}
