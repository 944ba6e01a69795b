import type { BundleJson } from '../sigstore/bundle.ts';
import type { EvidenceFixture } from '../sigstore/make-evidence.ts';
import { leafHash } from '#core/tlog/merkle';
import type { LogEntryJson } from '../sigstore/rekor.ts';

/** An entry as Rekor v1's API gives it out. */
export interface RekorEntry {
  body: string;
  integratedTime: number;
  logID: string;
  logIndex: number;
  verification: {
    inclusionProof?: {
      checkpoint: string;
      hashes: string[];
      logIndex: number;
      rootHash: string;
      treeSize: number;
    };
    signedEntryTimestamp?: string;
  };
}

const hex = (base64: string): string => Buffer.from(base64, 'base64').toString('hex');

/** The id of the tree that the fixtures' checkpoints name. */
const TREE = 4242424242n.toString(16).padStart(16, '0');

/** The name that Rekor v1 gives to an entry: its tree and its leaf hash. */
export const uuidOf = (entry: Pick<RekorEntry, 'body'>): string =>
  `${TREE}${leafHash(Buffer.from(entry.body, 'base64')).toString('hex')}`;

/** The log entry of a fixture's bundle. */
export function logEntryOf({ json }: EvidenceFixture): LogEntryJson {
  const entry = isBundle(json) ? json.verificationMaterial.tlogEntries?.[0] : undefined;
  if (entry === undefined) throw new Error('the bundle has no log entry');
  return entry;
}

export function rekorEntry(entry: LogEntryJson): RekorEntry {
  const proof = entry.inclusionProof;
  const promise = entry.inclusionPromise?.signedEntryTimestamp;
  return {
    body: entry.canonicalizedBody,
    integratedTime: Number(entry.integratedTime),
    logID: hex(entry.logId.keyId),
    logIndex: Number(entry.logIndex),
    verification: {
      ...(proof && {
        inclusionProof: {
          checkpoint: proof.checkpoint.envelope,
          hashes: proof.hashes.map(hex),
          logIndex: Number(proof.logIndex),
          rootHash: hex(proof.rootHash),
          treeSize: Number(proof.treeSize),
        },
      }),
      ...(promise === undefined ? {} : { signedEntryTimestamp: promise }),
    },
  };
}

function isBundle(json: EvidenceFixture['json']): json is BundleJson {
  return 'verificationMaterial' in json;
}
