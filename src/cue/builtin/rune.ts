/** CUE's strings are UTF-8; these are Go's views of them over our UTF-16, for well-formed text. */

const UTF8 = new TextEncoder();
const TEXT = new TextDecoder('utf-8', { ignoreBOM: true });

/** The number of code points. */
export const runeCount = (text: string): number => {
  let count = text.length;
  for (let i = 0; i + 1 < text.length; i++) {
    if (isLead(text.charCodeAt(i))) count--;
  }
  return count;
};

/** The code point that a text begins with. */
export const pointOf = (text: string): number => text.codePointAt(0) ?? 0;

const isLead = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;

/** The length in UTF-8. */
export const utf8Length = (text: string): number => {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else if (unit >= 0xd800 && unit < 0xe000) length += 2;
    else length += 3;
  }
  return length;
};

/** Text as UTF-8. */
export const toUtf8 = (text: string): Uint8Array => UTF8.encode(text);

/** UTF-8 as text; what is none becomes U+FFFD, each run of bad bytes once (strings.ToValidUTF8). */
export const fromUtf8 = (bytes: Uint8Array): string => {
  return isAscii(bytes) ? TEXT.decode(bytes) : decodeRuns(bytes);
};

const isAscii = (bytes: Uint8Array): boolean => bytes.every((byte) => byte < 0x80);

function decodeRuns(bytes: Uint8Array): string {
  let text = '';
  let inBadRun = false;
  for (let i = 0; i < bytes.length;) {
    const size = sequenceLength(bytes, i);
    if (size > 0) text += TEXT.decode(bytes.subarray(i, i + size));
    else if (!inBadRun) text += '\ufffd';
    inBadRun = size === 0;
    i += Math.max(size, 1);
  }
  return text;
}

/** The length of the well-formed sequence at a place, 0 where there is none (Unicode, table 3-7). */
export const sequenceLength = (bytes: Uint8Array, at: number): number => {
  const [first, second = 0] = bytes.subarray(at, at + 2);
  if (first === undefined) return 0;
  if (first < 0x80) return 1;
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + size > bytes.length) return 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  return bytes.subarray(at + 2, at + size).every((byte) => (byte & 0xc0) === 0x80) ? size : 0;
};

/** Go's order of strings: by UTF-8 bytes, which is the order of code points. */
export const compareText = (a: string, b: string): -1 | 0 | 1 => {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) < rank(y) ? -1 : 1;
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
};

/** Surrogates stand for code points above all others. */
const rank = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);
