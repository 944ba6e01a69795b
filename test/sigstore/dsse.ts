import { base64 } from './json.ts';

export interface EnvelopeJson {
  payload: string;
  payloadType: string;
  signatures: EnvelopeSignatureJson[];
}

export interface EnvelopeSignatureJson {
  sig: string;
  keyid?: string;
  /** PEM; only in the raw envelopes of the old SLSA generators. */
  cert?: string;
}

export const inTotoPayloadType = 'application/vnd.in-toto+json';

/** Pre-authentication encoding of DSSE v1. */
export function pae(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

export function envelopeOf(
  payloadType: string,
  payload: Uint8Array,
  signatures: readonly EnvelopeSignatureJson[],
): EnvelopeJson {
  return { payload: base64(payload), payloadType, signatures: [...signatures] };
}

/** The bytes that cosign posts to Rekor as an envelope; `intoto` 0.0.1 and `dsse` 0.0.1 hash them. */
export function postedEnvelope(envelope: EnvelopeJson): Buffer {
  const { payloadType, payload } = envelope;
  const signatures = envelope.signatures.map(({ sig }) => ({ keyid: '', sig }));
  return Buffer.from(JSON.stringify({ payloadType, payload, signatures }));
}
