/** What an IP address is for. IPv4 addresses that are mapped to IPv6 count as themselves but where it is said. */

import { type Address, is4, unmapped } from './ip-address.ts';

type Test = (address: Address) => boolean;

const first = (address: Address): number => Buffer.from(address.octets).readUInt16BE(0);

const either =
  (of4: (octets: readonly number[]) => boolean, of6: Test): Test =>
  (address) => {
    const plain = unmapped(address);
    return is4(plain) ? of4(plain.octets) : of6(plain);
  };

export const isLoopback: Test = either(
  ([a]) => a === 127,
  ({ octets }) => octets.every((octet, i) => octet === (i === 15 ? 1 : 0)),
);
export const isMulticast: Test = either(
  ([a = 0]) => (a & 0xf0) === 0xe0,
  ({ octets }) => octets[0] === 0xff,
);
export const isInterfaceLocalMulticast: Test = either(
  () => false,
  (address) => (first(address) & 0xff0f) === 0xff01,
);
export const isLinkLocalMulticast: Test = either(
  ([a, b, c]) => a === 224 && b === 0 && c === 0,
  (address) => (first(address) & 0xff0f) === 0xff02,
);
export const isLinkLocalUnicast: Test = either(
  ([a, b]) => a === 169 && b === 254,
  (address) => (first(address) & 0xffc0) === 0xfe80,
);
/** Of either kind, not of a mapped one. */
export const isUnspecified: Test = ({ octets, zone }) => zone === '' && octets.every((octet) => octet === 0);

export const isGlobalUnicast: Test = (address) => {
  const plain = unmapped(address);
  const isBroadcast = is4(plain) && plain.octets.every((octet) => octet === 255);
  const others = [isUnspecified, isLoopback, isMulticast, isLinkLocalUnicast];
  return !isBroadcast && !others.some((test) => test(plain));
};
