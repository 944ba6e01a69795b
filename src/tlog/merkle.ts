import { digest, equalBytes } from '#core/bytes/digest';
import { refuse } from '#core/errors/error';

/** Octets. */
export const HASH_LENGTH = 32;

/** Leaf hash of RFC 9162 section 2.1.1: SHA-256(0x00 || leaf). */
export function leafHash(leaf: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(leaf.length + 1);
  input[0] = 0;
  input.set(leaf, 1);
  return digest('sha256', input);
}

/** Hash of an inner node of RFC 9162 section 2.1.1: SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(1 + 2 * HASH_LENGTH);
  input[0] = 1;
  input.set(left, 1);
  input.set(right, 1 + HASH_LENGTH);
  return digest('sha256', input);
}

/**
 * Verifies an inclusion proof (RFC 9162 section 2.1.3.2).
 * @param index of the leaf, below `size`; both at most 2^53 - 1
 * @throws LOG_PROOF_INVALID
 */
export function verifyInclusion(
  leaf: Buffer,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
  path: string,
): void {
  if (index >= size) invalid('an index within the tree', `index ${index} of ${size}`, path);
  const node = Buffer.allocUnsafe(1 + 2 * HASH_LENGTH);
  node[0] = 1;
  let fn = index;
  let sn = size - 1;
  let current = leaf;
  for (const sibling of proof) {
    if (sibling.length !== HASH_LENGTH) invalid('hashes of 32 octets', `${sibling.length} octets`, path);
    if (sn === 0) invalid('no further hash', `${proof.length} hashes`, path);
    if (fn % 2 === 1 || fn === sn) {
      node.set(sibling, 1);
      node.set(current, 1 + HASH_LENGTH);
      while (fn % 2 === 0 && fn !== 0) {
        fn /= 2;
        sn = Math.floor(sn / 2);
      }
    } else {
      node.set(current, 1);
      node.set(sibling, 1 + HASH_LENGTH);
    }
    current = digest('sha256', node);
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  if (sn !== 0) invalid('a hash for each level', `${proof.length} hashes`, path);
  if (!equalBytes(current, root)) invalid("the checkpoint's root hash", current.toString('base64'), path);
}

function invalid(expected: string, found: string, path: string): never {
  return refuse('LOG_PROOF_INVALID', 'an inclusion proof does not lead to the signed root', {
    expected,
    found,
    path,
  });
}
