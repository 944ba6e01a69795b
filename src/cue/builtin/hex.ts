/** Package encoding/hex. */

import { BYTES_KIND, INT_KIND, STRING_KIND } from '../value/kind.ts';
import { BuiltinError, type BuiltinCall, type BuiltinPackage } from './builtin.ts';
import { define } from './define.ts';
import { int64 } from './integer-argument.ts';
import { limitText } from './limits.ts';

const OCTETS = BYTES_KIND | STRING_KIND;
const LINE = 16;
const LINE_TEXT = 78;

function decode(call: BuiltinCall): Uint8Array {
  const text = call.string(0);
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(text) || text.endsWith('\n'))
    throw new BuiltinError('no hexadecimal octets');
  return Buffer.from(text, 'hex');
}

/** As `hexdump -C` writes it. */
function dump(octets: Uint8Array): string {
  limitText((octets.length / LINE + 1) * LINE_TEXT);
  let text = '';
  for (let at = 0; at < octets.length; at += LINE) text += line(at, octets.subarray(at, at + LINE));
  return text;
}

function line(at: number, octets: Uint8Array): string {
  let hex = '';
  let plain = '';
  for (let i = 0; i < LINE; i++) {
    const octet = octets[i];
    hex += octet === undefined ? '   ' : ` ${octet.toString(16).padStart(2, '0')}`;
    if (i === 7 || i === LINE - 1) hex += ' ';
    if (octet !== undefined) plain += octet < 0x20 || octet > 0x7e ? '.' : String.fromCharCode(octet);
  }
  return `${at.toString(16).padStart(8, '0')} ${hex} |${plain}|\n`;
}

export const hex: BuiltinPackage = {
  path: 'encoding/hex',
  functions: [
    define('EncodedLen', [INT_KIND], INT_KIND, (c) => BigInt.asIntN(64, int64(c, 0) * 2n)),
    define('DecodedLen', [INT_KIND], INT_KIND, (c) => int64(c, 0) / 2n),
    define('Decode', [STRING_KIND], OCTETS, decode),
    define('Dump', [OCTETS], STRING_KIND, (c) => dump(c.octets(0))),
    define('Encode', [OCTETS], STRING_KIND, (c) => Buffer.from(c.octets(0)).toString('hex')),
  ],
};
