import { basename } from 'node:path';
import type { Io } from '#core/io/io';
import { limits } from '#core/limits';
import type { EvidenceItem } from '#core/sigstore/evidence';
import { parseEvidence } from '#core/sigstore/parse-evidence';

/**
 * The attestations of some files: bundles, envelopes, JSON lines of both. An item that cannot be read is
 * kept as refused, so that the verdict says why.
 * @throws FILE_*, INPUT_TOO_LARGE, EVIDENCE_EMPTY, EVIDENCE_UNRECOGNISED
 */
export function readEvidence(io: Io, paths: readonly string[]): readonly EvidenceItem[] {
  return paths.flatMap((path) => parseEvidence(io.files.read(path, limits.evidenceFile), nameOf(path)));
}

/** What reports call a file: without its folder, so that the verdict is the same wherever it lies. */
export function nameOf(path: string): string {
  return path === '-' ? 'standard input' : basename(path);
}
