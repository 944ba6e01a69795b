import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { inclusionPath, rootHash } from '../../test/sigstore/material.ts';
import { leafHash, verifyInclusion } from './merkle.ts';

const data = (index: number): Buffer => Buffer.from(`leaf ${index}`);

type Question = readonly [leaf: Buffer, index: number, size: number, proof: readonly Buffer[], root: Buffer];

function verdict(...[leaf, index, size, proof, root]: Question): string {
  try {
    verifyInclusion(leaf, index, size, proof, root, 'proof');
    return 'included';
  } catch (error) {
    if (error instanceof EdgesealError) return error.code;
    throw error;
  }
}

test('leaf hash of RFC 6962 section 2.1', () => {
  expect(leafHash(Buffer.alloc(0)).toString('hex')).toBe(
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  );
  expect(leafHash(data(1))).toEqual(createHash('sha256').update('\0leaf 1').digest());
});

describe('every leaf of every tree of 1 to 40, against a tree built by its definition', () => {
  const sizes = Array.from({ length: 40 }, (_, index) => index + 1);
  test.each(sizes)('%i leaves', (size) => {
    const leaves = Array.from({ length: size }, (_, index) => leafHash(data(index)));
    const root = rootHash(leaves);
    for (const [index, leaf] of leaves.entries()) {
      const path = inclusionPath(leaves, index);
      expect(verdict(leaf, index, size, path, root)).toBe('included');
      const wrong: Question[] = [
        [leaf, size, size, path, root],
        [leafHash(Buffer.from('other')), index, size, path, root],
        [leaf, index, size, path, Buffer.alloc(32)],
        [leaf, index, size, path, root.subarray(1)],
        [leaf, index, size, [...path, Buffer.alloc(32)], root],
        [leaf, index, size, [Buffer.alloc(32), ...path], root],
      ];
      if (size > 1) {
        wrong.push([leaf, (index + 1) % size, size, path, root]);
        wrong.push([leaf, index, size, path.slice(1), root], [leaf, index, size, path.slice(0, -1), root]);
        wrong.push([leaf, index, size, path.map((hash) => hash.subarray(1)), root]);
        wrong.push([leaf, index, size, path.map((hash) => Buffer.concat([hash, hash])), root]);
      }
      for (let level = 0; level < path.length; level++) {
        const changed = path.map((hash, at) => (at === level ? Buffer.from(hash).fill(7, 0, 1) : hash));
        wrong.push([leaf, index, size, changed, root]);
      }
      if (path.length > 1) wrong.push([leaf, index, size, path.toReversed(), root]);
      for (const question of wrong) expect(verdict(...question)).toBe('LOG_PROOF_INVALID');
    }
  });
});

test('a tree of another depth has no such proof', () => {
  const leaves = Array.from({ length: 8 }, (_, index) => leafHash(data(index)));
  const path = inclusionPath(leaves, 3);
  for (const size of [1, 2, 3, 4, 16, 17, 2 ** 40, Number.MAX_SAFE_INTEGER])
    expect(verdict(leaves[3] ?? Buffer.alloc(32), 3, size, path, rootHash(leaves))).toBe('LOG_PROOF_INVALID');
});

test('an inner node is no leaf', () => {
  const leaves = Array.from({ length: 4 }, (_, index) => leafHash(data(index)));
  const inner = rootHash(leaves.slice(0, 2));
  expect(verdict(inner, 0, 4, [rootHash(leaves.slice(2))], rootHash(leaves))).toBe('LOG_PROOF_INVALID');
});

test('indexes beyond 2^32', () => {
  const index = 2 ** 40 + 5;
  let root = leafHash(data(0));
  const proof: Buffer[] = [];
  for (let at = index, last = 2 ** 41 - 1; last > 0; at = Math.floor(at / 2), last = Math.floor(last / 2)) {
    const sibling = leafHash(data(last));
    proof.push(sibling);
    root = rootHash(at % 2 === 1 ? [sibling, root] : [root, sibling]);
  }
  expect(verdict(leafHash(data(0)), index, 2 ** 41, proof, root)).toBe('included');
  expect(verdict(leafHash(data(0)), index - 2 ** 32, 2 ** 41, proof, root)).toBe('LOG_PROOF_INVALID');
});
