/** Package net. */

import {
  BOOL_KIND,
  BYTES_KIND,
  INT_KIND,
  LIST_KIND,
  STRING_KIND,
  STRUCT_KIND,
  TOP_KIND,
} from '../value/kind.ts';
import {
  BuiltinError,
  type BuiltinCall,
  type BuiltinFunction,
  type BuiltinPackage,
  type Result,
  type ResultList,
} from './builtin.ts';
import { bigInt, value } from './conversion.ts';
import { define } from './define.ts';
import { isDomainName } from './domain-name.ts';
import { joinHostPort, splitHostPort } from './host-port.ts';
import { int64 } from './integer-argument.ts';
import { type Address, compareAddresses, is4, parseAddress, printAddress, shifted } from './ip-address.ts';
import { addressArgument, prefixArgument, requireAddress, requirePrefix } from './ip-argument.ts';
import * as ipClass from './ip-class.ts';
import { broadcastOf, containsAddress, maskOf, networkOf, parsePrefix, printPrefix } from './ip-prefix.ts';
import { octetText, textOfOctets } from './octet-text.ts';
import { escapePath, escapeQuery, unescapePath, unescapeQuery, urlScheme } from './url.ts';

const TEXT = [STRING_KIND] as const;
const ANY = [TOP_KIND] as const;
const OFFSET = [value, bigInt];
const OCTETS = BYTES_KIND | STRING_KIND;

/** The text of an argument as octets. */
const octets = (call: BuiltinCall, index: number): string => octetText(call.octets(index));

/** A function from text to text, octet by octet. */
const overText = (name: string, change: (text: string) => string): BuiltinFunction =>
  define(name, TEXT, STRING_KIND, (c) => textOfOctets(change(octets(c, 0))));

const addressTest = (name: string, test: (address: Address) => boolean): BuiltinFunction =>
  define(name, ANY, BOOL_KIND, (c) => {
    const address = addressArgument(c, 0);
    return address !== undefined && test(address);
  });

const list = (address: Address): ResultList => ({ list: address.octets.map(BigInt) });

const print = (address: Address): string => textOfOctets(printAddress(address));

function parseIp(call: BuiltinCall): ResultList {
  const address = parseAddress(octets(call, 0));
  if (address === undefined) throw new BuiltinError('invalid IP address');
  return list(address);
}

function toIp4(call: BuiltinCall): ResultList {
  const address = requireAddress(call, 0);
  if (!is4(address)) throw new BuiltinError('an address that is not IPv4');
  return list(address);
}

function toIp16(call: BuiltinCall): ResultList {
  const address = requireAddress(call, 0);
  const mapped = [...Array.from({ length: 10 }, () => 0), 0xff, 0xff, ...address.octets];
  return list(is4(address) ? { octets: mapped, zone: '' } : address);
}

function shiftedBy(address: Address, offset: bigint): Address {
  const result = shifted(address, offset);
  if (result === undefined) throw new BuiltinError('IP address out of range');
  return result;
}

function addIp(call: BuiltinCall): string {
  const offset = call.bigInt(1);
  const isText = (call.kind(call.defaultOf(call.concreteOpaque(0))) & OCTETS) !== 0;
  if (!isText) throw new BuiltinError('invalid IP');
  const prefix = parsePrefix(octets(call, 0));
  if (prefix === undefined) return print(shiftedBy(requireAddress(call, 0), offset));
  const { address, bits } = prefix;
  return printPrefix({ address: shiftedBy(address, offset), bits });
}

function addIpCidr(call: BuiltinCall): string {
  const offset = call.bigInt(1);
  const { address, bits } = requirePrefix(call, 0);
  const unit = BigInt(8 * address.octets.length - bits);
  return printPrefix({ address: shiftedBy(address, offset << unit), bits });
}

function parseCidr(call: BuiltinCall): Result {
  const prefix = parsePrefix(octets(call, 0));
  if (prefix === undefined) throw new BuiltinError('invalid IP prefix');
  const broadcast = broadcastOf(prefix);
  const struct = new Map<string, Result>([
    ['prefix_mask', printAddress(maskOf(prefix))],
    ['prefix_len', BigInt(prefix.bits)],
    ['prefix_addr', printAddress(networkOf(prefix))],
  ]);
  if (broadcast !== undefined) struct.set('broadcast_addr', printAddress(broadcast));
  return { struct };
}

function inCidr(call: BuiltinCall): boolean {
  const address = requireAddress(call, 0);
  return containsAddress(requirePrefix(call, 1), address);
}

function joined(call: BuiltinCall): string {
  const kind = call.kind(call.defaultOf(call.concreteOpaque(0)));
  const portKind = call.kind(call.defaultOf(call.concreteOpaque(1)));
  const host = kind === LIST_KIND ? printAddress(requireAddress(call, 0)) : octets(call, 0);
  const port = (portKind & OCTETS) !== 0 ? octets(call, 1) : String(portNumber(call));
  return textOfOctets(joinHostPort(host, port));
}

function portNumber(call: BuiltinCall): bigint {
  const value = call.bigInt(1);
  if (int64(call, 1) !== value) throw new BuiltinError('a port out of range');
  return value;
}

function absUrl(call: BuiltinCall): boolean {
  if (urlScheme(octets(call, 0)) === '') throw new BuiltinError('URL is not absolute');
  return true;
}

export const net: BuiltinPackage = {
  path: 'net',
  constants: { IPv4len: '4', IPv6len: '16' },
  functions: [
    define('SplitHostPort', TEXT, LIST_KIND, (c) => ({
      list: splitHostPort(octets(c, 0)).map(textOfOctets),
    })),
    define('JoinHostPort', [TOP_KIND, TOP_KIND], STRING_KIND, joined),
    define('FQDN', TEXT, BOOL_KIND, (c) => isDomainName(c.string(0))),
    define('ParseIP', TEXT, LIST_KIND, parseIp),
    addressTest('IPv4', is4),
    addressTest('IPv6', (address) => !is4(address)),
    addressTest('IP', () => true),
    define('IPCIDR', ANY, BOOL_KIND, (c) => {
      prefixArgument(c, 0);
      return true;
    }),
    addressTest('LoopbackIP', ipClass.isLoopback),
    addressTest('MulticastIP', ipClass.isMulticast),
    addressTest('InterfaceLocalMulticastIP', ipClass.isInterfaceLocalMulticast),
    addressTest('LinkLocalMulticastIP', ipClass.isLinkLocalMulticast),
    addressTest('LinkLocalUnicastIP', ipClass.isLinkLocalUnicast),
    addressTest('GlobalUnicastIP', ipClass.isGlobalUnicast),
    addressTest('UnspecifiedIP', ipClass.isUnspecified),
    define('ToIP4', ANY, LIST_KIND, toIp4),
    define('ToIP16', ANY, LIST_KIND, toIp16),
    define('IPString', ANY, STRING_KIND, (c) => print(requireAddress(c, 0))),
    define('AddIP', [TOP_KIND, INT_KIND], STRING_KIND, addIp, OFFSET),
    define('AddIPCIDR', [TOP_KIND, INT_KIND], STRING_KIND, addIpCidr, OFFSET),
    define('ParseCIDR', TEXT, STRUCT_KIND, parseCidr),
    define('InCIDR', [TOP_KIND, TOP_KIND], BOOL_KIND, inCidr),
    define('CompareIP', [TOP_KIND, TOP_KIND], INT_KIND, (c) =>
      BigInt(compareAddresses(requireAddress(c, 0), requireAddress(c, 1))),
    ),
    overText('PathEscape', escapePath),
    overText('PathUnescape', unescapePath),
    overText('QueryEscape', escapeQuery),
    overText('QueryUnescape', unescapeQuery),
    define('URL', TEXT, BOOL_KIND, (c) => {
      urlScheme(octets(c, 0));
      return true;
    }),
    define('AbsURL', TEXT, BOOL_KIND, absUrl),
  ],
};
