import type * as CueEngine from '#core/cue/cue';

export { nodeIo } from '#core/io/node-io';
export { main } from '../verifier/main.ts';

/** The CUE engine, loaded as the commands load it: for warm.ts, and for the benchmark. */
export const cueEngine = async (): Promise<typeof CueEngine> => import('#core/cue/cue');
