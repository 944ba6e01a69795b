import { encodeDerTree, parseDerTree } from './der-tree.ts';

/**
 * ECDSA knows no unique signature: whoever has (r, s) can write (r, n - s), which verifies as well and says no
 * more. Both forms name one signature here.
 */
const orders = [
  0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
];

/** The other signature over the same; undefined where these bytes are no ECDSA signature in DER. */
export function ecdsaTwin(signature: Uint8Array): Buffer | undefined {
  const parts = parseDerTree(signature)?.children;
  const [r, s] = (parts ?? []).map(({ tag, value }) =>
    tag === 2 && value !== undefined ? toInteger(value) : undefined,
  );
  if (parts?.length !== 2 || r === undefined || s === undefined) return undefined;
  const order = orders.find((it) => r < it && s < it);
  if (order === undefined) return undefined;
  return encodeDerTree({
    tag: 0x30,
    children: [r, order - s].map((it) => ({ tag: 2, value: toOctets(it) })),
  });
}

/** One text for a signature and its twin. */
export function signatureName(signature: Uint8Array): string {
  const own = Buffer.from(signature).toString('hex');
  const twin = ecdsaTwin(signature)?.toString('hex');
  return twin === undefined || own < twin ? own : twin;
}

function toInteger(octets: Buffer): bigint | undefined {
  if (octets.length === 0 || octets.length > 64) return undefined;
  const value = BigInt(`0x${octets.toString('hex')}`);
  return value === 0n || (octets[0] ?? 0) >= 0x80 ? undefined : value;
}

function toOctets(value: bigint): Buffer {
  const hex = value.toString(16);
  const octets = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return (octets[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), octets]) : octets;
}
