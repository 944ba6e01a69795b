import type { SignatureBundle, VerificationMaterial } from '@sigstore/sign';
import { toBase64 } from '#core/bytes/base64';
import { digest } from '#core/bytes/digest';
import { STATEMENT_PAYLOAD_TYPE } from '#core/in-toto-attestation/index';
import type { JsonObject } from '#core/json/value';
import { AttemptError, type AskedService, type Insist } from './insist.ts';
import { certificatePem, signedBytes, type SignedStatement } from './signed-statement.ts';

type GivenEntry = NonNullable<VerificationMaterial['tlogEntries']>[number];

/** HashAlgorithm SHA2_256 of sigstore_common.proto. */
const SHA2_256 = 1;

/**
 * Puts a signed statement into a log. Rekor v1 gets the envelope; Rekor v2, whose public log takes nothing but
 * `hashedrekord`, the digest of what was signed. The same statement with the same signature is the same entry: a log
 * that has it gives it back.
 * @returns a TransparencyLogEntry in protobuf JSON
 * @throws SIGNING_UNAVAILABLE, SIGNING_REFUSED
 */
export async function logStatement(
  insist: Insist,
  service: AskedService & { readonly version: number },
  signed: SignedStatement,
): Promise<JsonObject> {
  const { RekorWitness } = await import('@sigstore/sign');
  const content = service.version === 1 ? dsseContent(signed) : messageContent(signed);
  return insist(service, async (within) => {
    const witness = new RekorWitness({
      rekorBaseURL: service.url,
      majorApiVersion: service.version,
      timeout: within,
      retry: false,
    });
    const { tlogEntries } = await witness.testify(content, certificatePem(signed));
    const [entry] = tlogEntries;
    if (entry === undefined) throw new AttemptError(undefined, undefined);
    return entryJson(entry);
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
    const { rfc3161Timestamps } = await witness.testify(messageContent(signed));
    const [stamp] = rfc3161Timestamps;
    if (stamp === undefined || stamp.signedTimestamp.length === 0)
      throw new AttemptError(undefined, undefined);
    return stamp.signedTimestamp;
  });
}

function dsseContent({ payload, signature }: SignedStatement): SignatureBundle {
  return {
    $case: 'dsseEnvelope',
    dsseEnvelope: {
      payload: Buffer.from(payload),
      payloadType: STATEMENT_PAYLOAD_TYPE,
      signatures: [{ sig: Buffer.from(signature), keyid: '' }],
    },
  };
}

function messageContent({ payload, signature }: SignedStatement): SignatureBundle {
  return {
    $case: 'messageSignature',
    messageSignature: {
      messageDigest: { algorithm: SHA2_256, digest: digest('sha256', signedBytes(payload)) },
      signature: Buffer.from(signature),
    },
  };
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
