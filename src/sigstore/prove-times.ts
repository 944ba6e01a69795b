import { toHex } from '#core/bytes/hex';
import { refuse } from '#core/errors/error';
import { parseCheckpoint, verifyCheckpoint } from '#core/tlog/checkpoint';
import { checkEntryBody, type LoggedSignature } from '#core/tlog/entry-body';
import type { LogEntry } from '#core/tlog/log-entry';
import { leafHash, verifyInclusion } from '#core/tlog/merkle';
import { verifyPromise } from '#core/tlog/promise';
import { within, type TransparencyLog } from '#core/trust/authorities';
import type { TrustedRoot } from '#core/trust/trusted-root';
import { verifyTimestamp, type TimestampAuthority } from '#core/tsa/verify-timestamp';
import type { Evidence } from './evidence.ts';
import type { ProvenLogEntry, ProvenTime } from './signer.ts';

export type SignatureToProve = LoggedSignature;

export interface Proven {
  /** Milliseconds since 1970. */
  readonly times: readonly (Omit<ProvenTime, 'time'> & { readonly time: number })[];
  readonly logEntries: readonly ProvenLogEntry[];
}

/**
 * Proves every log entry and every signed timestamp of the evidence against the trusted root. One that cannot
 * be proved refuses the evidence: nothing in it is passed over.
 * @throws LOG_*, CHECKPOINT_*, TIMESTAMP_*, TRUST_ROOT_INVALID
 */
export function proveTimes(
  evidence: Evidence,
  signature: SignatureToProve,
  root: TrustedRoot | undefined,
): Proven {
  const times: Proven['times'][number][] = [];
  const logEntries: ProvenLogEntry[] = [];
  const logs: (readonly [LogEntry, TransparencyLog, number | undefined])[] = [];
  for (const entry of evidence.logEntries) {
    const kind = checkEntryBody(entry, signature);
    const log = findLog(entry, root);
    if (entry.promise !== undefined) verifyPromise(entry, entry.promise, log.key);
    const inclusion = proveInclusion(entry, log);
    if (ONE_TREE.has(kind)) checkIndex(entry);
    const integrated =
      entry.promise === undefined || entry.integratedTime === undefined
        ? undefined
        : entry.integratedTime * 1000;
    logs.push([entry, log, integrated]);
    if (integrated !== undefined) times.push({ source: 'log', time: integrated, authority: log.baseUrl });
    logEntries.push({
      log: log.baseUrl,
      logId: log.id,
      // Only a promise speaks of the index over all shards; a proof of the index in its tree.
      index: String(entry.promise === undefined ? entry.proof?.logIndex : entry.logIndex),
      kind,
      integratedTime: integrated === undefined ? undefined : new Date(integrated).toISOString(),
      inclusion,
    });
  }
  for (const [index, timestamp] of evidence.timestamps.entries()) {
    const path = `verificationMaterial.timestampVerificationData.rfc3161Timestamps[${index}]`;
    const { time, authority } = verifyTimestamp(
      timestamp,
      signature.signature,
      timestampAuthorities(root),
      path,
    );
    times.push({ source: 'timestamp-authority', time, authority: authority.uri });
  }
  checkLogKeys(logs, times);
  return { times, logEntries };
}

/** What logs of Rekor v2 hold: such a log is one tree, and an entry has one index. */
const ONE_TREE: ReadonlySet<string> = new Set(['hashedrekord/0.0.2', 'dsse/0.0.2']);

/** Nothing vouches for the entry's own index, so it must be the one that is proved. */
function checkIndex({ logIndex, proof, path }: LogEntry): void {
  if (proof === undefined || logIndex === proof.logIndex) return;
  refuse('LOG_PROOF_INVALID', 'a log entry states another index than its proof', {
    path: `${path}.logIndex`,
    expected: `${proof.logIndex}, as in its inclusion proof`,
    found: String(logIndex),
  });
}

function findLog(entry: LogEntry, root: TrustedRoot | undefined): TransparencyLog {
  const id = toHex(entry.logId);
  const candidates = root?.logs.filter((log) => log.id === id) ?? [];
  const time = entry.integratedTime;
  const inForce = candidates.find((log) => time === undefined || within(log.validity, time * 1000));
  const log = inForce ?? candidates[0];
  if (log !== undefined) return log;
  return refuse('LOG_UNTRUSTED', 'a log entry is from no trusted log', {
    path: `${entry.path}.logId`,
    expected: root?.logs.map((known) => known.baseUrl).join(', ') || 'a trusted root that lists the log',
    found: `log ${id.slice(0, 128)}`,
    hint: 'give the trusted root of the Sigstore instance that made the evidence (--trusted-root)',
  });
}

function proveInclusion(entry: LogEntry, log: TransparencyLog): ProvenLogEntry['inclusion'] {
  const { proof } = entry;
  const path = `${entry.path}.inclusionProof`;
  if (proof?.checkpoint === undefined) {
    // A proof to a root that nothing signs proves nothing, yet it must not be a wrong one.
    if (proof !== undefined)
      verifyInclusion(
        leafHash(entry.body),
        proof.logIndex,
        proof.treeSize,
        proof.hashes,
        proof.rootHash,
        path,
      );
    if (entry.promise !== undefined && entry.promiseSuffices) return 'promise';
    return refuse('LOG_PROOF_MISSING', 'nothing proves that the log includes an entry', {
      path,
      expected: 'an inclusion proof and a checkpoint',
      found: proof === undefined ? 'no proof' : 'a proof without checkpoint',
    });
  }
  const checkpoint = parseCheckpoint(proof.checkpoint, `${path}.checkpoint`);
  verifyCheckpoint(checkpoint, log.key, log.keyHint, `${path}.checkpoint`);
  if (checkpoint.size !== proof.treeSize || toHex(checkpoint.rootHash) !== toHex(proof.rootHash)) {
    refuse('LOG_PROOF_INVALID', 'an inclusion proof is for another tree than its checkpoint', {
      path,
      expected: `tree size ${checkpoint.size}, root ${toHex(checkpoint.rootHash)}`,
      found: `tree size ${proof.treeSize}, root ${toHex(proof.rootHash).slice(0, 128)}`,
    });
  }
  verifyInclusion(
    leafHash(entry.body),
    proof.logIndex,
    checkpoint.size,
    proof.hashes,
    checkpoint.rootHash,
    path,
  );
  return 'proof';
}

/**
 * A log's key counts only for times within its validity, checkpoints included: for the time that the log
 * promised, else for every other proven time. Without any, a key that the root has retired counts for nothing.
 */
function checkLogKeys(
  logs: readonly (readonly [LogEntry, TransparencyLog, number | undefined])[],
  times: Proven['times'],
): void {
  for (const [entry, log, integrated] of logs) {
    const known = integrated === undefined ? times.map(({ time }) => time) : [integrated];
    const outside = known.find((time) => !within(log.validity, time));
    if (outside === undefined && (known.length > 0 || log.validity.to === Number.POSITIVE_INFINITY)) continue;
    refuse('LOG_KEY_OUTSIDE_VALIDITY', "a log entry was made while the log's key was not valid", {
      path: entry.path,
      expected: `a time within the validity of ${log.baseUrl} in the trusted root`,
      found: outside === undefined ? 'no proven time' : new Date(outside).toISOString(),
    });
  }
}

const authorities = new WeakMap<TrustedRoot, readonly TimestampAuthority[]>();

function timestampAuthorities(root: TrustedRoot | undefined): readonly TimestampAuthority[] {
  if (root === undefined) return [];
  let list = authorities.get(root);
  if (list === undefined) {
    list = root.timestampAuthorities.map((authority) => ({
      uri: authority.uri,
      get chain() {
        return authority.chain;
      },
      validFrom: authority.validity.from,
      validTo: authority.validity.to,
    }));
    authorities.set(root, list);
  }
  return list;
}
