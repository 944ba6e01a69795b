/** IP addresses as Go's net/netip reads and writes them (RFC 4291, RFC 5952). */

/** 4 octets or 16, an IPv4 address mapped to IPv6 among these; the zone is of 16 only, a text of octets. */
export type Address = { readonly octets: readonly number[]; readonly zone: string };

const OCTET = /^(?:0|[1-9][0-9]{0,2})$/;
const GROUP = /^[0-9a-fA-F]{1,4}$/;
const GROUPS = 8;

const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);

/** @param text of octets */
export function parseAddress(text: string): Address | undefined {
  const first = /[.:%]/.exec(text)?.[0];
  if (first === '.') {
    const octets = parseDotted(text);
    return octets === undefined ? undefined : { octets, zone: '' };
  }
  return first === ':' ? parseGroups(text) : undefined;
}

function parseDotted(text: string): readonly number[] | undefined {
  const fields = text.split('.');
  if (fields.length !== 4 || !fields.every((field) => OCTET.test(field))) return undefined;
  const octets = fields.map(Number);
  return octets.every((octet) => octet <= 255) ? octets : undefined;
}

function parseGroups(text: string): Address | undefined {
  const mark = text.indexOf('%');
  const zone = mark < 0 ? '' : text.slice(mark + 1);
  if (mark >= 0 && zone === '') return undefined;
  const [head, tail, ...more] = (mark < 0 ? text : text.slice(0, mark)).split('::');
  if (head === undefined || more.length > 0) return undefined;
  const before = groupOctets(head, tail === undefined);
  const after = groupOctets(tail ?? '', true);
  if (before === undefined || after === undefined) return undefined;
  const gap = 2 * GROUPS - before.length - after.length;
  if (tail === undefined ? gap !== 0 : gap < 2) return undefined;
  return { octets: [...before, ...zeros(gap), ...after], zone };
}

/** Groups between colons; at the end of an address the last two may be written as an IPv4 address. */
function groupOctets(text: string, isEnd: boolean): readonly number[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  const last = text.slice(text.lastIndexOf(':') + 1);
  const isDotted = isEnd && last.includes('.');
  const dotted = isDotted ? parseDotted(last) : [];
  const plain = isDotted ? groups.slice(0, -1) : groups;
  if (dotted === undefined || !plain.every((group) => GROUP.test(group))) return undefined;
  return [...plain.map((group) => Number.parseInt(group, 16)).flatMap((n) => [n >> 8, n & 0xff]), ...dotted];
}

export const is4 = ({ octets }: Address): boolean => octets.length === 4;

const isMapped = ({ octets }: Address): boolean =>
  octets.length === 16 && octets.every((octet, i) => i > 11 || octet === (i < 10 ? 0 : 0xff));

/** An IPv4 address that is mapped to IPv6, as itself. */
export const unmapped = (address: Address): Address =>
  isMapped(address) ? { octets: address.octets.slice(12), zone: '' } : address;

function groupsOf({ octets }: Address): readonly number[] {
  const bytes = Buffer.from(octets);
  return Array.from({ length: octets.length / 2 }, (_, i) => bytes.readUInt16BE(2 * i));
}

export function printAddress(address: Address): string {
  const zone = address.zone === '' ? '' : `%${address.zone}`;
  if (is4(address)) return address.octets.join('.');
  if (isMapped(address)) return `::ffff:${address.octets.slice(12).join('.')}${zone}`;
  const groups = groupsOf(address);
  const { start, length } = longestZeros(groups);
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (length < 2) return text(groups) + zone;
  return `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}${zone}`;
}

function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === 0) end++;
    if (end - start > best.length) best = { start, length: end - start };
  }
  return best;
}

/** IPv4 before IPv6, then by value, then by zone. */
export function compareAddresses(x: Address, y: Address): -1 | 0 | 1 {
  if (x.octets.length !== y.octets.length) return x.octets.length < y.octets.length ? -1 : 1;
  const order = Buffer.compare(Buffer.from(x.octets), Buffer.from(y.octets));
  if (order !== 0 || x.zone === y.zone) return order;
  return x.zone < y.zone ? -1 : 1;
}

/** The address so far from another; undefined outside of its kind. */
export function shifted({ octets }: Address, offset: bigint): Address | undefined {
  const value = octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n) + offset;
  if (value < 0n || value >> BigInt(8 * octets.length) > 0n) return undefined;
  const digits = value.toString(16).padStart(2 * octets.length, '0');
  return { octets: [...Buffer.from(digits, 'hex')], zone: '' };
}
