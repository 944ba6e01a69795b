import { decodeUtf8 } from '#core/bytes/utf8';
import { refuse } from '#core/errors/error';
import { broken, checksumOf, FIELDS, type Field } from './block.ts';

/** A header block as it is written. */
export interface Header {
  readonly type: string;
  readonly path: string;
  readonly link: string;
  readonly mode: number;
  /** Octets that follow. */
  readonly size: number;
}

/** POSIX.1-1988 (magic and version) and GNU's. */
const POSIX = 'ustar\x0000';
const GNU = 'ustar  \0';

/**
 * Reads a header block of ustar, pax or GNU.
 * @throws ARCHIVE_INVALID, UTF8_INVALID
 */
export function parseHeader(block: Uint8Array, name: string): Header {
  const raw = (field: Field): Uint8Array => {
    const [start, length] = FIELDS[field];
    return block.subarray(start, start + length);
  };
  const magic = Buffer.from(raw('magic')).toString('latin1');
  if (magic !== POSIX && magic !== GNU) {
    broken(name, 'a header is not that of a tar archive that is read', {
      expected: 'ustar, pax or GNU',
      found: JSON.stringify(magic),
    });
  }
  if (octal(raw('checksum'), name) !== checksumOf(block)) broken(name, 'a header does not fit its checksum');
  const path = textOf(raw('name'), name);
  const prefix = magic === POSIX ? textOf(raw('prefix'), name) : '';
  return {
    type: String.fromCharCode(block[FIELDS.type[0]] ?? 0),
    path: prefix === '' ? path : `${prefix}/${path}`,
    link: textOf(raw('link'), name),
    mode: number(raw('mode'), name),
    size: number(raw('size'), name),
  };
}

/** Up to the first NUL, or the whole field. */
export function textOf(field: Uint8Array, name: string): string {
  const end = field.indexOf(0);
  return decodeUtf8(end < 0 ? field : field.subarray(0, end), name);
}

/** Octal digits, or GNU's binary form for what they cannot say. */
function number(field: Uint8Array, name: string): number {
  const [first = 0, ...rest] = field;
  if (first < 0x80) return octal(field, name);
  const value = rest.reduce((sum, octet) => sum * 256 + octet, first & 0x7f);
  if (first === 0x80 && Number.isSafeInteger(value)) return value;
  return refuse('ARCHIVE_INVALID', `${name}: a number of a header is out of range`);
}

function octal(field: Uint8Array, name: string): number {
  const text = Buffer.from(field).toString('latin1');
  const [, digits] = /^ *([0-7]*)[ \0]*$/.exec(text) ?? [];
  if (digits === undefined)
    return broken(name, 'a number of a header is none', { found: JSON.stringify(text) });
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}
