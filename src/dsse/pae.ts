/**
 * DSSE's pre-authentication encoding, what is signed:
 * `"DSSEv1" SP LEN(type) SP type SP LEN(body) SP body`, lengths in octets.
 * @see https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
 */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head, 'utf8'), payload]);
}
