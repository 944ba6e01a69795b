import { decodeUtf8 } from '#core/bytes/utf8';
import { EdgesealError } from '#core/errors/error';
import { derInvalid, tags, type DerElement } from './der.ts';

/** @throws DER_INVALID */
export function readNull(element: DerElement): void {
  if (element.tag !== tags.null || element.contents.length > 0) derInvalid('has an invalid NULL');
}

/** @throws DER_INVALID */
export function readBoolean(element: DerElement): boolean {
  const value = element.contents;
  if (element.tag !== tags.boolean || value.length !== 1 || (value[0] !== 0 && value[0] !== 0xff)) {
    derInvalid('has a BOOLEAN that is neither 00 nor FF');
  }
  return value[0] === 0xff;
}

/**
 * Two's complement octets of an INTEGER, minimal.
 * @throws DER_INVALID
 */
export function readInteger(element: DerElement): Uint8Array {
  const value = element.contents;
  const [first, second] = value;
  if (element.tag !== tags.integer || first === undefined) return derInvalid('has an empty INTEGER');
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
    derInvalid('has an INTEGER that is not minimal');
  }
  return value;
}

/** A small non-negative INTEGER. @throws DER_INVALID */
export function readSmallInteger(element: DerElement): number {
  const value = readInteger(element);
  if (value.length > 6 || (value[0] ?? 0) >= 0x80) derInvalid('has an INTEGER out of range');
  let number = 0;
  for (const octet of value) number = number * 256 + octet;
  return number;
}

/** Octets of a BIT STRING without unused bits. @throws DER_INVALID */
export function readBitString(element: DerElement): Uint8Array {
  const value = element.contents;
  if (element.tag !== tags.bitString || value[0] !== 0) derInvalid('has a BIT STRING with unused bits');
  return value.subarray(1);
}

/** Named bits of a BIT STRING (X.690 section 11.2.2), bit 0 first. @throws DER_INVALID */
export function readNamedBits(element: DerElement): readonly boolean[] {
  const value = element.contents;
  const unused = value[0] ?? 8;
  const last = value[value.length - 1] ?? 0;
  if (element.tag !== tags.bitString || unused > 7) derInvalid('has an invalid BIT STRING');
  if (value.length === 1 && unused !== 0) derInvalid('has an invalid BIT STRING');
  if (value.length > 1 && ((last & ((1 << unused) - 1)) !== 0 || ((last >> unused) & 1) === 0)) {
    derInvalid('has named bits with trailing zeros');
  }
  const bits: boolean[] = [];
  for (let i = 0; i < (value.length - 1) * 8 - unused; i++) {
    bits.push((((value[1 + (i >> 3)] ?? 0) >> (7 - (i & 7))) & 1) === 1);
  }
  return bits;
}

/** Dotted decimal of an OBJECT IDENTIFIER. @throws DER_INVALID */
export function readOid(element: DerElement): string {
  const value = element.contents;
  if (element.tag !== tags.oid || value.length === 0 || value.length > 64)
    derInvalid('has an invalid OBJECT IDENTIFIER');
  let out = '';
  let arc = 0;
  let fresh = true;
  for (const octet of value) {
    if (fresh && octet === 0x80) derInvalid('has an OBJECT IDENTIFIER that is not minimal');
    arc = arc * 128 + (octet & 0x7f);
    if (!Number.isSafeInteger(arc)) derInvalid('has an OBJECT IDENTIFIER out of range');
    fresh = octet < 0x80;
    if (!fresh) continue;
    if (out === '') {
      const first = arc < 40 ? 0 : arc < 80 ? 1 : 2;
      out = `${first}.${arc - first * 40}`;
    } else out += `.${arc}`;
    arc = 0;
  }
  if (!fresh) derInvalid('has an OBJECT IDENTIFIER that ends too early');
  return out;
}

/** Text of a UTF8String, PrintableString or IA5String. @throws DER_INVALID */
export function readText(element: DerElement): string {
  const value = element.contents;
  try {
    const text = decodeUtf8(value);
    if (element.tag === tags.utf8String) return text;
    if (element.tag === tags.printableString && /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text)) return text;
    // oxlint-disable-next-line no-control-regex -- IA5 is ASCII
    if (element.tag === tags.ia5String && /^[\u0000-\u007f]*$/.test(text)) return text;
  } catch (error) {
    if (!(error instanceof EdgesealError)) throw error;
  }
  return derInvalid('has a text outside its character set');
}

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{0,8}[1-9])?Z$/;

/**
 * Milliseconds since 1970 of a UTCTime or GeneralizedTime in DER (X.690 sections 11.7, 11.8), with RFC 5280's
 * meaning of two-digit years. Fractions are cut to milliseconds.
 * @throws DER_INVALID
 */
export function readTime(element: DerElement): number {
  const text = Buffer.from(element.contents).toString('latin1');
  const short = element.tag === tags.utcTime ? UTC_TIME.exec(text) : null;
  const match = short ?? (element.tag === tags.generalizedTime ? GENERALIZED_TIME.exec(text) : null);
  if (match === null)
    return derInvalid(
      'has an invalid time',
      undefined,
      'UTCTime or GeneralizedTime ending in Z',
      JSON.stringify(text.slice(0, 40)),
    );
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const full = short === null ? year : year < 50 ? 2000 + year : 1900 + year;
  const fraction = match[7] === undefined ? 0 : Math.floor(Number(`0${match[7]}`) * 1000);
  const time = Date.UTC(full, month - 1, day, hour, minute, second) + fraction;
  const date = new Date(time);
  const exact =
    date.getUTCFullYear() === full && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!exact || hour > 23 || minute > 59 || second > 59) derInvalid('has a time that does not exist');
  return time;
}
