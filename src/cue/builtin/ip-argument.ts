/** Addresses and ranges of addresses as CUE's functions receive them: as text, or an address as a list of octets. */

import { isIntegral } from '../number/decimal.ts';
import { toInteger } from '../number/integer.ts';
import { BYTES_KIND, INT_KIND, STRING_KIND } from '../value/kind.ts';
import { BuiltinError, type BuiltinCall, type Opaque } from './builtin.ts';
import { type Address, parseAddress } from './ip-address.ts';
import { parsePrefix, type Prefix } from './ip-prefix.ts';
import { octetText } from './octet-text.ts';

const OCTETS = BYTES_KIND | STRING_KIND;

/** Undefined for what is none, of whatever type. */
export function addressArgument(call: BuiltinCall, index: number): Address | undefined {
  const value = call.defaultOf(call.concreteOpaque(index));
  const kind = call.kind(value);
  if ((kind & OCTETS) !== 0) return parseAddress(octetText(call.octets(index)));
  const octets = call.items(value)?.map((item) => octetOf(call, item));
  if (octets === undefined) return undefined;
  if (octets.length !== 4 && octets.length !== 16) return undefined;
  return octets.includes(-1) ? undefined : { octets, zone: '' };
}

/** -1 for what is no octet. */
function octetOf(call: BuiltinCall, item: Opaque): number {
  const value = call.defaultOf(item);
  const base = value.tag === 'vertex' ? value.deref().base : value;
  if (base?.tag !== 'number' || (base.kind & INT_KIND) === 0 || !isIntegral(base.value)) return -1;
  const octet = toInteger(base.value);
  return octet < 0n || octet > 255n ? -1 : Number(octet);
}

/** @throws BuiltinError */
export function requireAddress(call: BuiltinCall, index: number): Address {
  const address = addressArgument(call, index);
  if (address === undefined) throw new BuiltinError('invalid IP');
  return address;
}

/** Undefined for a value that is no text: to CUE it is neither a range nor an error. @throws BuiltinError */
export function prefixArgument(call: BuiltinCall, index: number): Prefix | undefined {
  const kind = call.kind(call.defaultOf(call.concreteOpaque(index)));
  if ((kind & OCTETS) === 0) return undefined;
  const prefix = parsePrefix(octetText(call.octets(index)));
  if (prefix === undefined) throw new BuiltinError('invalid IP prefix');
  return prefix;
}

/** @throws BuiltinError */
export function requirePrefix(call: BuiltinCall, index: number): Prefix {
  const prefix = prefixArgument(call, index);
  if (prefix === undefined) throw new BuiltinError('invalid IP prefix');
  return prefix;
}
