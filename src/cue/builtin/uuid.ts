/** Package uuid (RFC 4122), as the Go library reads UUIDs. */

import { BOTTOM_KIND, BYTES_KIND, INT_KIND, STRING_KIND } from '../value/kind.ts';
import { BuiltinError, type BuiltinCall, type BuiltinPackage } from './builtin.ts';
import { define } from './define.ts';
import { digest } from './hash.ts';
import { octetText } from './octet-text.ts';

const OCTETS = BYTES_KIND | STRING_KIND;
const TEXT = [STRING_KIND] as const;
const HYPHENED = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;
const PLAIN = /^[0-9a-fA-F]{32}$/;
const SIZE = 16;

const invalid = (): BuiltinError => new BuiltinError('invalid UUID format');

/** The digits within a prefix or braces; `checked` wants the braces to be braces. */
function bare(text: string, checked: boolean): string {
  if (text.length === 45 && text.slice(0, 9).toLowerCase() === 'urn:uuid:') return text.slice(9);
  if (text.length !== 38) return text;
  if (checked && !(text.startsWith('{') && text.endsWith('}'))) throw invalid();
  return text.slice(1, 37);
}

function isUuid(call: BuiltinCall): true {
  const text = bare(octetText(call.octets(0)), true);
  if (!HYPHENED.test(text) && !PLAIN.test(text)) throw invalid();
  if (!call.validator) throw new BuiltinError('a call that CUE itself does not survive', 'unsupported');
  return true;
}

function parse(call: BuiltinCall, index = 0): Buffer {
  const given = octetText(call.octets(index));
  const text = bare(given, false);
  if (!HYPHENED.test(text) && !PLAIN.test(given)) throw invalid();
  return Buffer.from(text.replaceAll('-', ''), 'hex');
}

function print(octets: Uint8Array): string {
  const digits = Buffer.from(octets).toString('hex');
  return [0, 8, 12, 16, 20].map((from, i, all) => digits.slice(from, all[i + 1])).join('-');
}

function fromInt(call: BuiltinCall): string {
  const value = call.bigInt(0);
  const digits = (value < 0n ? -value : value).toString(16).padStart(2 * SIZE, '0');
  if (digits.length > 2 * SIZE) throw new BuiltinError('invalid UUID');
  return print(Buffer.from(digits, 'hex'));
}

/** The octets of the text itself as a number. */
const toInt = (call: BuiltinCall): bigint => BigInt(`0x0${Buffer.from(call.octets(0)).toString('hex')}`);

function variant(octets: Uint8Array): bigint {
  const octet = Buffer.from(octets).readUInt8(8);
  if ((octet & 0xc0) === 0x80) return 1n;
  if ((octet & 0xe0) === 0xc0) return 3n;
  return (octet & 0xe0) === 0xe0 ? 4n : 2n;
}

const named = (algorithm: 'sha1' | 'md5', version: number) => (call: BuiltinCall) => {
  const space = parse(call);
  const octets = Buffer.from(digest(algorithm, Buffer.concat([space, call.octets(1)])).slice(0, SIZE));
  octets.writeUInt8((octets.readUInt8(6) & 0x0f) | (version << 4), 6);
  octets.writeUInt8((octets.readUInt8(8) & 0x3f) | 0x80, 8);
  return print(octets);
};

export const uuid: BuiltinPackage = {
  path: 'uuid',
  constants: {
    ns: `{
      DNS: "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
      URL: "6ba7b811-9dad-11d1-80b4-00c04fd430c8"
      OID: "6ba7b812-9dad-11d1-80b4-00c04fd430c8"
      X500: "6ba7b814-9dad-11d1-80b4-00c04fd430c8"
      Nil: "00000000-0000-0000-0000-000000000000"
    }`,
    variants: '{Invalid: 0, RFC4122: 1, Reserved: 2, Microsoft: 3, Future: 4}',
  },
  functions: [
    define('Valid', TEXT, BOTTOM_KIND, isUuid),
    define('Parse', TEXT, STRING_KIND, (c) => print(parse(c))),
    define('URN', TEXT, STRING_KIND, (c) => `urn:uuid:${print(parse(c))}`),
    define('FromInt', [INT_KIND], STRING_KIND, fromInt),
    define('ToInt', TEXT, INT_KIND, toInt),
    define('Variant', TEXT, INT_KIND, (c) => variant(parse(c))),
    define('Version', TEXT, INT_KIND, (c) => BigInt(Buffer.from(parse(c)).readUInt8(6) >> 4)),
    define('SHA1', [STRING_KIND, OCTETS], STRING_KIND, named('sha1', 5)),
    define('MD5', [STRING_KIND, OCTETS], STRING_KIND, named('md5', 3)),
  ],
};
