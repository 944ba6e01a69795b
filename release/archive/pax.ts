import { decodeUtf8 } from '#core/bytes/utf8';
import { refuse } from '#core/errors/error';
import { broken } from './block.ts';

/** Records of an extended header by keyword. */
export type PaxRecords = ReadonlyMap<string, string>;

/** What says that content is in another form than the plain one. */
const SPARSE = /^GNU[.]sparse[.]/;

/**
 * Reads the records of an extended header: `LENGTH KEYWORD=VALUE`, LENGTH that of the whole record.
 * @see POSIX.1-2001, pax Extended Header
 * @throws ARCHIVE_INVALID, ARCHIVE_ENTRY_UNSUPPORTED, UTF8_INVALID
 */
export function parsePax(bytes: Uint8Array, name: string): PaxRecords {
  const records = new Map<string, string>();
  for (let offset = 0; offset < bytes.length;) {
    const space = bytes.indexOf(0x20, offset);
    const digits = space < 0 ? '' : Buffer.from(bytes.subarray(offset, space)).toString('latin1');
    const length = /^[1-9]\d{0,7}$/.test(digits) ? Number(digits) : 0;
    const end = offset + length;
    if (length === 0 || end > bytes.length || end <= space + 1 || bytes[end - 1] !== 0x0a)
      return broken(name, 'a record of an extended header is none');
    const record = bytes.subarray(space + 1, end - 1);
    const equals = record.indexOf(0x3d);
    if (equals < 1) return broken(name, 'a record of an extended header has no keyword');
    const keyword = decodeUtf8(record.subarray(0, equals), name);
    if (SPARSE.test(keyword)) {
      return refuse('ARCHIVE_ENTRY_UNSUPPORTED', `${name} holds a sparse file`, {
        found: JSON.stringify(keyword.slice(0, 100)),
        hint: 'write it without --sparse',
      });
    }
    if (records.has(keyword)) {
      return broken(name, 'an extended header says one thing twice', {
        found: JSON.stringify(keyword.slice(0, 100)),
      });
    }
    // Values of others, as attributes of files, may be any octets, and nobody asks for them.
    if (OURS.has(keyword)) records.set(keyword, decodeUtf8(record.subarray(equals + 1), name));
    offset = end;
  }
  const charset = records.get('hdrcharset');
  if (charset !== undefined && charset !== 'ISO-IR 10646 2000 UTF-8') {
    return broken(name, 'an extended header is in another charset than UTF-8', {
      found: JSON.stringify(charset.slice(0, 100)),
    });
  }
  return records;
}

const OURS: ReadonlySet<string> = new Set(['path', 'linkpath', 'size', 'hdrcharset']);

/** One record, its length said by itself. */
export function paxRecord(keyword: string, value: string): string {
  const rest = ` ${keyword}=${value}\n`;
  const octets = Buffer.byteLength(rest);
  let length = octets + String(octets).length;
  length = octets + String(length).length;
  return `${length}${rest}`;
}
