import { toBase64 } from '#core/bytes/base64';
import type { Envelope } from '#core/dsse/envelope';

/** The envelope as cosign prints it: one line of JSON, the payload in base64. */
export function envelopeLine({ payloadType, payload, signatures }: Envelope): string {
  return `${JSON.stringify({
    payloadType,
    payload: toBase64(payload),
    signatures: signatures.map(({ keyid, sig }) => ({ keyid: keyid ?? '', sig: toBase64(sig) })),
  })}\n`;
}
