import {
  ed25519NoteKeyId,
  ed25519Signer,
  rekorV1Signer,
  signCheckpoint,
  type NoteSigner,
} from '../../release/local/checkpoint.ts';
import { base64, canonicalJson } from './json.ts';
import { makeKey, seededBytes, sha256, type TestKey } from './keys.ts';
import { inclusionPath, rootHash } from '../../release/local/merkle.ts';
import { leafHash } from '#core/tlog/merkle';
import type { EntryKind } from './log-body.ts';

/** A transparency log: Rekor v1 gives promises and proofs, v2 only proofs and no time. */
export interface Rekor {
  readonly version: 1 | 2;
  readonly baseUrl: string;
  /** First line of its checkpoints. */
  readonly origin: string;
  readonly key: TestKey;
  /** v1: SHA-256 of the SPKI. v2: the id of its note key. */
  readonly logId: Buffer;
  readonly signer: NoteSigner;
}

/** A TransparencyLogEntry in protobuf JSON. */
export interface LogEntryJson {
  logIndex: string;
  logId: { keyId: string };
  kindVersion: { kind: string; version: string };
  integratedTime?: string;
  inclusionPromise?: { signedEntryTimestamp: string };
  inclusionProof?: InclusionProofJson;
  canonicalizedBody: string;
}

export interface InclusionProofJson {
  logIndex: string;
  rootHash: string;
  treeSize: string;
  hashes: string[];
  checkpoint: { envelope: string };
}

export interface EntryOptions {
  readonly kind: EntryKind;
  readonly body: Buffer;
  /** When v1 integrates the entry. */
  readonly time: Date;
  /** Leaves in the tree and this leaf's place; the others are seeded. */
  readonly treeSize?: number | undefined;
  readonly index?: number | undefined;
  /** v1: index over all of its shards is this plus `index`. */
  readonly shardStart?: number | undefined;
  readonly promise?: boolean | undefined;
  readonly proof?: boolean | undefined;
  /** Signs the promise in the log's name. */
  readonly promiseKey?: TestKey | undefined;
  /** Signature lines of the checkpoint; default: the log's own. */
  readonly signers?: readonly NoteSigner[] | undefined;
  readonly checkpointOrigin?: string | undefined;
  readonly checkpointSize?: number | undefined;
  readonly checkpointRoot?: Uint8Array | undefined;
  readonly checkpointExtra?: readonly string[] | undefined;
}

export function makeRekorV1(label: string, type: 'p256' | 'ed25519' = 'p256'): Rekor {
  const host = `rekor.${label}.example`;
  const key = makeKey(type, `rekor-v1/${label}`);
  return {
    version: 1,
    baseUrl: `https://${host}`,
    origin: `${host} - 4242424242`,
    key,
    logId: sha256(key.spki),
    signer: rekorV1Signer(host, key),
  };
}

export function makeRekorV2(label: string): Rekor {
  const host = `log2026.rekor.${label}.example`;
  const key = makeKey('ed25519', `rekor-v2/${label}`);
  return {
    version: 2,
    baseUrl: `https://${host}`,
    origin: host,
    key,
    logId: ed25519NoteKeyId(host, key),
    signer: ed25519Signer(host, key),
  };
}

/** The entry as a bundle carries it, in a tree of seeded other leaves. */
export function logEntry(log: Rekor, options: EntryOptions): LogEntryJson {
  const { body, index = 6, treeSize = 11 } = options;
  const [kind = '', version = ''] = options.kind.split('/');
  const globalIndex = index + (log.version === 1 ? (options.shardStart ?? 1000) : 0);
  const entry: LogEntryJson = {
    logIndex: String(globalIndex),
    logId: { keyId: base64(log.logId) },
    kindVersion: { kind, version },
    canonicalizedBody: base64(body),
  };
  if (log.version === 1) {
    const integratedTime = Math.floor(options.time.getTime() / 1000);
    entry.integratedTime = String(integratedTime);
    if (options.promise !== false) {
      const promise = {
        body: base64(body),
        integratedTime,
        logIndex: globalIndex,
        logID: log.logId.toString('hex'),
      };
      const signature = (options.promiseKey ?? log.key).sign(Buffer.from(canonicalJson(promise)));
      entry.inclusionPromise = { signedEntryTimestamp: base64(signature) };
    }
  }
  if (options.proof !== false) entry.inclusionProof = inclusionProof(log, options, index, treeSize);
  return entry;
}

function inclusionProof(
  log: Rekor,
  options: EntryOptions,
  index: number,
  treeSize: number,
): InclusionProofJson {
  const leaves = Array.from({ length: treeSize }, (_, place) =>
    leafHash(place === index ? options.body : seededBytes(`${log.origin}/leaf/${place}`, 64)),
  );
  const root = rootHash(leaves);
  return {
    logIndex: String(index),
    rootHash: base64(root),
    treeSize: String(treeSize),
    hashes: inclusionPath(leaves, index).map((hash) => base64(hash)),
    checkpoint: {
      envelope: signCheckpoint({
        origin: options.checkpointOrigin ?? log.origin,
        size: options.checkpointSize ?? treeSize,
        root: options.checkpointRoot ?? root,
        extra: options.checkpointExtra,
        signers: options.signers ?? [log.signer],
      }),
    },
  };
}
