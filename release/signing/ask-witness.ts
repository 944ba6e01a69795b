import type { Bundle, Signer, Witness } from '@sigstore/sign';
import { toBase64 } from '#core/bytes/base64';
import { STATEMENT_PAYLOAD_TYPE } from '#core/in-toto-attestation/index';
import type { JsonObject } from '#core/json/value';
import { AttemptError, statusOf, type AskedService, type Insist } from './insist.ts';
import { certificatePem, signedBytes, type SignedStatement } from './signed-statement.ts';

/** HTTP status: it is there already. */
const CONFLICT = 409;

type Material = Bundle['verificationMaterial'];
type GivenEntry = Material['tlogEntries'][number];

/**
 * Puts a signed statement into a log. Rekor v1 gets the envelope; Rekor v2, whose public log takes nothing but
 * `hashedrekord`, the digest of what was signed. The same statement with the same signature is the same entry: a log
 * that has it takes no second one.
 * @returns a TransparencyLogEntry in protobuf JSON; undefined where a log of Rekor v2 has it already and keeps to itself
 * which it is
 * @throws SIGNING_UNAVAILABLE, SIGNING_REFUSED
 */
export async function logStatement(
  insist: Insist,
  service: AskedService & { readonly version: number },
  signed: SignedStatement,
): Promise<JsonObject | undefined> {
  const { RekorWitness } = await import('@sigstore/sign');
  return insist(service, async (within) => {
    const { url, version } = service;
    const options = { rekorBaseURL: url, majorApiVersion: version, timeout: within, retry: false };
    const witness = new RekorWitness(options);
    try {
      const { tlogEntries } = await (version === 1 ? askAboutEnvelope : askAboutBytes)(witness, signed);
      const [entry] = tlogEntries;
      return entry === undefined ? unreadable() : entryJson(entry);
    } catch (error) {
      if (version > 1 && statusOf(error) === CONFLICT) return undefined;
      throw error;
    }
  });
}

/**
 * Has a timestamp authority say when the signature was there.
 * @returns TimeStampResp, DER
 * @throws SIGNING_UNAVAILABLE, SIGNING_REFUSED
 */
export async function stampStatement(
  insist: Insist,
  service: AskedService,
  signed: SignedStatement,
): Promise<Uint8Array> {
  const { TSAWitness } = await import('@sigstore/sign');
  return insist(service, async (within) => {
    const witness = new TSAWitness({ tsaBaseURL: service.url, timeout: within, retry: false });
    const { timestampVerificationData } = await askAboutBytes(witness, signed);
    const stamp = timestampVerificationData?.rfc3161Timestamps[0]?.signedTimestamp;
    return stamp === undefined || stamp.length === 0 ? unreadable() : stamp;
  });
}

async function askAboutEnvelope(witness: Witness, signed: SignedStatement): Promise<Material> {
  const { DSSEBundleBuilder } = await import('@sigstore/sign');
  const builder = new DSSEBundleBuilder({ signer: signerOf(signed), witnesses: [witness] });
  const bundle = await builder.create({ data: Buffer.from(signed.payload), type: STATEMENT_PAYLOAD_TYPE });
  return bundle.verificationMaterial;
}

async function askAboutBytes(witness: Witness, signed: SignedStatement): Promise<Material> {
  const { MessageSignatureBundleBuilder } = await import('@sigstore/sign');
  const builder = new MessageSignatureBundleBuilder({ signer: signerOf(signed), witnesses: [witness] });
  return (await builder.create({ data: Buffer.from(signedBytes(signed.payload)) })).verificationMaterial;
}

/** It has signed already. */
function signerOf(signed: SignedStatement): Signer {
  const key = { $case: 'x509Certificate', certificate: certificatePem(signed) } as const;
  return { sign: async () => ({ signature: Buffer.from(signed.signature), key }) };
}

function unreadable(): never {
  throw new AttemptError(undefined, undefined);
}

function entryJson(entry: GivenEntry): JsonObject {
  const {
    logIndex,
    logId,
    kindVersion,
    integratedTime,
    inclusionPromise,
    inclusionProof,
    canonicalizedBody,
  } = entry;
  return {
    logIndex,
    logId: { keyId: toBase64(logId.keyId) },
    kindVersion: { kind: kindVersion.kind, version: kindVersion.version },
    // Rekor v2 tells no time.
    ...(integratedTime === '' || integratedTime === '0' ? {} : { integratedTime }),
    ...(inclusionPromise === undefined
      ? {}
      : { inclusionPromise: { signedEntryTimestamp: toBase64(inclusionPromise.signedEntryTimestamp) } }),
    ...(inclusionProof === undefined
      ? {}
      : {
          inclusionProof: {
            logIndex: inclusionProof.logIndex,
            rootHash: toBase64(inclusionProof.rootHash),
            treeSize: inclusionProof.treeSize,
            hashes: inclusionProof.hashes.map(toBase64),
            ...(inclusionProof.checkpoint === undefined
              ? {}
              : { checkpoint: { envelope: inclusionProof.checkpoint.envelope } }),
          },
        }),
    canonicalizedBody: toBase64(canonicalizedBody),
  };
}
