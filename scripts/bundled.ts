import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as CueEngine from '#core/cue/cue';
import type { Io } from '#core/io/io';
import { nodeIo } from '#core/io/node-io';

export { main } from '../verifier/main.ts';

/** The real world, with the trust that lies beside the bundle. */
export function bundledIo(folder: string): Io {
  return nodeIo(() => readFileSync(join(folder, 'seeds.json')));
}

/** The CUE engine, loaded as the commands load it: for warm.ts, and for the benchmark. */
export const cueEngine = async (): Promise<typeof CueEngine> => import('#core/cue/cue');
