import { toBase64 } from '#core/bytes/base64';
import { writePem } from '#core/crypto/pem';
import type { Envelope } from '#core/dsse/envelope';
import { preAuthEncoding } from '#core/dsse/pae';
import { STATEMENT_PAYLOAD_TYPE } from '#core/in-toto-attestation/index';

/** A statement with its one signature. */
export interface SignedStatement {
  /** The statement's bytes. */
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  /** DER. */
  readonly certificate: Uint8Array;
}

/** What is signed: DSSE's pre-authentication encoding of the statement. */
export function signedBytes(payload: Uint8Array): Uint8Array {
  return preAuthEncoding(STATEMENT_PAYLOAD_TYPE, payload);
}

export function envelopeOf({ payload, signature, certificate }: SignedStatement): Envelope {
  const signatures = [{ sig: signature, keyid: undefined, certificate }];
  return { payloadType: STATEMENT_PAYLOAD_TYPE, payload, signatures };
}

/** The envelope as @sigstore/sign posts it to Rekor v1: the log knows its digest. */
export function postedEnvelope({ payload, signature }: SignedStatement): string {
  return JSON.stringify({
    payload: toBase64(payload),
    payloadType: STATEMENT_PAYLOAD_TYPE,
    signatures: [{ sig: toBase64(signature) }],
  });
}

export function certificatePem({ certificate }: SignedStatement): string {
  return writePem({ label: 'CERTIFICATE', der: certificate });
}
