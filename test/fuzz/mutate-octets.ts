import type { Mutation } from './mutation.ts';
import type { Random } from './random.ts';

/** What may happen to a run of octets; used on files and on everything that is decoded from them. */
export function changeOctets(
  bytes: Buffer,
  random: Random,
): { readonly bytes: Buffer; readonly note: string } {
  const at = random.below(bytes.length);
  const length = 1 + random.below(Math.min(16, Math.max(1, bytes.length - at)));
  const cut = (from: number, to: number, middle: Buffer = Buffer.alloc(0)): Buffer =>
    Buffer.concat([bytes.subarray(0, from), middle, bytes.subarray(to)]);
  switch (random.below(8)) {
    case 0:
      return { bytes: cut(at, at, random.bytes(1)), note: `insert an octet at ${at}` };
    case 1:
      return { bytes: cut(at, at + 1), note: `delete the octet at ${at}` };
    case 2:
      return { bytes: cut(at, at + length), note: `delete ${length} octets at ${at}` };
    case 3:
      return {
        bytes: cut(at, at, bytes.subarray(at, at + length)),
        note: `repeat ${length} octets at ${at}`,
      };
    case 4:
      return { bytes: bytes.subarray(0, at), note: `truncate to ${at} octets` };
    case 5:
      return { bytes: cut(at, at + 1, random.bytes(1)), note: `replace the octet at ${at}` };
    default: {
      const copy = Buffer.from(bytes);
      const bit = random.below(8);
      copy[at] = (copy[at] ?? 0) ^ (1 << bit);
      return { bytes: copy, note: `flip bit ${bit} of octet ${at}` };
    }
  }
}

export const octetMutations: Readonly<Record<string, Mutation>> = {
  'file: octets': (target, random) => changeOctets(target.bytes, random),
};
