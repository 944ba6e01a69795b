/** Ranges of IP addresses: an address and how many of its bits count (RFC 4632). */

import { type Address, is4, parseAddress, printAddress } from './ip-address.ts';

export type Prefix = { readonly address: Address; readonly bits: number };

/** @param text of octets */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.lastIndexOf('/');
  const address = slash < 0 ? undefined : parseAddress(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (address === undefined || address.zone !== '' || !/^(?:0|[1-9][0-9]*)$/.test(digits)) return undefined;
  const bits = Number(digits);
  return bits <= 8 * address.octets.length ? { address, bits } : undefined;
}

export const printPrefix = ({ address, bits }: Prefix): string => `${printAddress(address)}/${bits}`;

const maskOctet = (bits: number, index: number): number =>
  0xff & ~(0xff >> Math.min(8, Math.max(0, bits - 8 * index)));

export const maskOf = ({ address, bits }: Prefix): Address => ({
  octets: address.octets.map((_, i) => maskOctet(bits, i)),
  zone: '',
});

/** The first address of the range. */
export const networkOf = ({ address, bits }: Prefix): Address => ({
  octets: address.octets.map((octet, i) => octet & maskOctet(bits, i)),
  zone: '',
});

/** The last address of a range of IPv4. */
export const broadcastOf = (prefix: Prefix): Address | undefined =>
  is4(prefix.address)
    ? {
        octets: prefix.address.octets.map((octet, i) => octet | (0xff & ~maskOctet(prefix.bits, i))),
        zone: '',
      }
    : undefined;

export function containsAddress(prefix: Prefix, address: Address): boolean {
  const { octets } = prefix.address;
  if (address.zone !== '' || address.octets.length !== octets.length) return false;
  const range = (all: readonly number[]): string =>
    all.map((octet, i) => octet & maskOctet(prefix.bits, i)).join('.');
  return range(octets) === range(address.octets);
}
