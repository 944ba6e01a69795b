import type { Signer } from '#core/sigstore/signer';
import type { EntryMeaning, Meaning } from './meaning.ts';
import type { Original } from './target.ts';

/** What mutants are compared with. */
export interface Known {
  /** By what was signed: several items may hold one signature (two logs, two bundles). */
  readonly originals: ReadonlyMap<string, readonly Original[]>;
  /** Certificates of trusted authorities, hex of their DER. */
  readonly authorities: ReadonlySet<string>;
}

/**
 * Whether an accepted mutant says no more than genuine evidence does: the same content, signed by the same
 * signer, each proof one of those that belong to this signature. It may have lost proofs that were not needed.
 * @param root only what is genuine under the trusted root of this digest counts
 * @returns what it says beyond that; empty = nothing
 */
export function beyondGenuine(
  mutant: Meaning,
  proved: readonly Signer[],
  known: Known,
  root?: string,
): string[] {
  const twins = (known.originals.get(mutant.content) ?? []).filter(
    (it) => it.meaning.signer === mutant.signer && (root === undefined || it.root === root),
  );
  if (twins.length === 0) return ['content and signer are of no genuine evidence'];
  const meanings = twins.map(({ meaning }) => meaning);
  const faults: string[] = [];
  if (
    mutant.signatures.length > 0 &&
    !mutant.signatures.some((it) => meanings.some((m) => m.signatures.includes(it)))
  ) {
    faults.push('no genuine signature is left');
  }
  for (const [index, entry] of mutant.entries.entries()) {
    const genuine = meanings.some(({ entries }) => entries.some((other) => isSameEntry(entry, other)));
    if (!genuine) faults.push(`log entry ${index} is of no genuine evidence`);
  }
  if (mutant.signer.startsWith('certificate ')) {
    const dated = mutant.timestamps.length > 0 || mutant.entries.some(({ promise }) => promise !== undefined);
    if (mutant.entries.length === 0 || !dated) faults.push('nothing says when the certificate was used');
  }
  for (const [index, timestamp] of mutant.timestamps.entries()) {
    const genuine = meanings.some(({ timestamps }) => timestamps.includes(timestamp));
    if (!genuine) faults.push(`timestamp ${index} is of no genuine evidence`);
  }
  if (!mutant.chain.every((it) => known.authorities.has(it))) faults.push('a chain that no authority has');
  const signers = twins.flatMap((twin) => twin.signers);
  const indexes = new Set(
    meanings.flatMap(({ entries }) => entries.flatMap((it) => [it.logIndex, it.proofIndex])),
  );
  for (const signer of proved) faults.push(...claimsBeyond(signer, signers, indexes));
  return faults;
}

/** An entry may lack its promise or its proof; what vouches for the rest must be there. */
function isSameEntry(entry: EntryMeaning, genuine: EntryMeaning): boolean {
  if (entry.logId !== genuine.logId || entry.body !== genuine.body) return false;
  if (entry.kindVersion !== undefined && entry.kindVersion !== genuine.kindVersion) return false;
  if (entry.promise !== undefined) {
    const promised = entry.promise === genuine.promise;
    if (!promised || entry.logIndex !== genuine.logIndex || entry.integratedTime !== genuine.integratedTime)
      return false;
  }
  if (entry.proof !== undefined && entry.proof !== genuine.proof) return false;
  if (entry.checkpoint !== undefined) {
    const { checkpoint } = genuine;
    if (checkpoint === undefined || entry.checkpoint.text !== checkpoint.text) return false;
    if (!entry.checkpoint.signatures.some((line) => checkpoint.signatures.includes(line))) return false;
  }
  return entry.promise !== undefined || (entry.proof !== undefined && entry.checkpoint !== undefined);
}

/**
 * What the core calls proved must be what it called proved of genuine evidence. Without its promise an entry
 * is known by its index in the shard, which the proof proves.
 */
function claimsBeyond(signer: Signer, genuine: readonly Signer[], indexes: ReadonlySet<string>): string[] {
  const same = genuine.filter((other) => identity(other) === identity(signer));
  if (same.length === 0) return ['the proved signer is of no genuine evidence'];
  const times = new Set(same.flatMap((other) => other.times.map((time) => JSON.stringify(time))));
  const faults: string[] = [];
  for (const time of signer.times) {
    if (!times.has(JSON.stringify(time)))
      faults.push(`time ${time.time} by ${time.source} is of no genuine evidence`);
  }
  for (const { log, logId, index, kind, integratedTime } of signer.logEntries) {
    const found = same.some((other) =>
      other.logEntries.some(
        (it) =>
          it.log === log &&
          it.logId === logId &&
          indexes.has(index) &&
          it.kind === kind &&
          (integratedTime === undefined || it.integratedTime === integratedTime),
      ),
    );
    if (!found) faults.push(`proved log entry ${index} of ${log} is of no genuine evidence`);
  }
  return faults;
}

function identity(signer: Signer): string {
  return JSON.stringify({ ...signer, times: [], logEntries: [] });
}
