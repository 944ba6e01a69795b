import { sha256Hex } from '#core/bytes/digest';
import type { Io } from '#core/io/io';
import type { CueCheck } from '#core/policy/cue-check';
import type { CueDoubt } from '#core/policy/cue-doubts';
import { readCueFile } from './policies.ts';

/** A file of CUE by itself. */
export interface CuePolicy {
  readonly name: string;
  /** SHA-256 of its text, lower-case hex. */
  readonly digest: string;
  readonly check: CueCheck;
  readonly doubts: readonly CueDoubt[];
}

/**
 * Reads a policy in CUE, of one file.
 * @throws POLICY_CUE_INVALID, POLICY_CUE_UNSUPPORTED, POLICY_CUE_LIMIT, FILE_*
 */
export async function readCuePolicy(io: Io, path: string): Promise<CuePolicy> {
  const source = readCueFile(io, path);
  const { loadCueChecks } = await import('#core/policy/cue-check');
  const compile = await loadCueChecks();
  const { safe, doubts } = compile([source]);
  return { name: source.name, digest: sha256Hex(source.text), check: safe, doubts: doubts() };
}
