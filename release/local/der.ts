/** A small DER writer (X.690): what certificates and timestamps need and nothing more. */

import { writePem } from '#core/crypto/pem';

type Bytes = Uint8Array;

/** Tag, length, value. */
export function tlv(tag: number, ...parts: readonly Bytes[]): Buffer {
  const value = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOctets(value.length), value]);
}

function lengthOctets(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Buffer.from([0x80 | octets.length, ...octets]);
}

export const sequence = (...parts: readonly Bytes[]): Buffer => tlv(0x30, ...parts);

/** SET OF: DER sorts the elements by their encodings. */
export const setOf = (...parts: readonly Bytes[]): Buffer =>
  tlv(0x31, ...[...parts].sort((a, b) => Buffer.compare(a, b)));

/** Context-specific and constructed: an EXPLICIT tag, or an IMPLICIT one of a constructed type. */
export const context = (number: number, ...parts: readonly Bytes[]): Buffer => tlv(0xa0 | number, ...parts);

/** Context-specific and primitive: an IMPLICIT tag of a string. */
export const contextPrimitive = (number: number, value: Bytes): Buffer => tlv(0x80 | number, value);

export const boolean = (value: boolean): Buffer => tlv(0x01, Buffer.from([value ? 0xff : 0]));
export const octetString = (...parts: readonly Bytes[]): Buffer => tlv(0x04, ...parts);
export const nullValue = (): Buffer => tlv(0x05);
export const utf8String = (text: string): Buffer => tlv(0x0c, Buffer.from(text, 'utf8'));
export const printableString = (text: string): Buffer => tlv(0x13, Buffer.from(text, 'latin1'));
export const ia5String = (text: string): Buffer => tlv(0x16, Buffer.from(text, 'latin1'));

/** BIT STRING of whole octets, or with `unused` bits at its end. */
export const bitString = (value: Bytes, unused = 0): Buffer => tlv(0x03, Buffer.from([unused]), value);

/** A non-negative INTEGER from a number or from big-endian magnitude octets. */
export function integer(value: number | bigint | Bytes): Buffer {
  if (value instanceof Uint8Array) {
    let start = 0;
    while (start < value.length - 1 && value[start] === 0) start++;
    const magnitude = value.subarray(start);
    const lead = magnitude[0] ?? 0;
    return tlv(0x02, lead >= 0x80 || magnitude.length === 0 ? Buffer.from([0]) : Buffer.alloc(0), magnitude);
  }
  const hex = value.toString(16);
  return integer(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'));
}

/** OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const octets = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      groups.unshift((left % 128) | 0x80);
    }
    octets.push(...groups);
  }
  return tlv(0x06, Buffer.from(octets));
}

/** Time of RFC 5280: UTCTime until 2049, GeneralizedTime from then on; whole seconds. */
export function time(date: Date): Buffer {
  const digits = date
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '');
  const year = date.getUTCFullYear();
  return year >= 1950 && year < 2050
    ? tlv(0x17, Buffer.from(digits.slice(2)))
    : tlv(0x18, Buffer.from(digits));
}

/** GeneralizedTime; a fraction of a second without trailing zeros, as DER asks. */
export function generalizedTime(date: Date): Buffer {
  const [whole = '', milliseconds = ''] = date.toISOString().replace('Z', '').split('.');
  const fraction = milliseconds.replace(/0+$/, '');
  return tlv(0x18, Buffer.from(`${whole.replace(/[-:T]/g, '')}${fraction === '' ? '' : `.${fraction}`}Z`));
}

/** PEM with lines of 64 characters and a line feed at its end. */
export const pem = (label: string, der: Bytes): string => writePem({ label, der });
