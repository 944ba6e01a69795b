import { leafHash } from '#core/tlog/merkle';
import { consistencyPath, inclusionPath, rootHash } from './merkle.ts';
import type { Store } from './store.ts';

/** An append-only list of leaves with their Merkle tree, kept in a journal. */
export class MerkleLog {
  readonly #store: Store;
  readonly #journal: string;
  readonly #leaves: Buffer[] = [];
  readonly #notes: string[] = [];
  readonly #hashes: Buffer[] = [];
  readonly #byHash = new Map<string, number>();
  #root: Buffer | undefined;

  constructor(store: Store, journal: string) {
    this.#store = store;
    this.#journal = journal;
    for (const record of store.records(journal)) {
      const [leaf = '', note = ''] = record.split(' ', 2);
      this.#add(Buffer.from(leaf, 'base64'), Buffer.from(note, 'base64').toString('utf8'));
    }
  }

  get size(): number {
    return this.#leaves.length;
  }

  get hashes(): readonly Buffer[] {
    return this.#hashes;
  }

  get leaves(): readonly Buffer[] {
    return this.#leaves;
  }

  /** What is kept beside each leaf and is no part of the tree. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  get root(): Buffer {
    this.#root ??= rootHash(this.#hashes);
    return this.#root;
  }

  /** @returns the leaf's index */
  append(leaf: Buffer, note = ''): number {
    this.#store.append(this.#journal, `${leaf.toString('base64')} ${Buffer.from(note).toString('base64')}`);
    return this.#add(leaf, note);
  }

  #add(leaf: Buffer, note: string): number {
    const index = this.#leaves.length;
    const hash = leafHash(leaf);
    this.#leaves.push(leaf);
    this.#notes.push(note);
    this.#hashes.push(hash);
    this.#root = undefined;
    this.#byHash.set(hash.toString('hex'), index);
    return index;
  }

  /** The index of the leaf with this hash, hex. */
  find(hash: string): number | undefined {
    return this.#byHash.get(hash);
  }

  /** The proof that the tree of the first `last` leaves begins with that of the first `first`: 1 <= first <= last. */
  consistency(first: number, last: number): readonly Buffer[] {
    return consistencyPath(this.#hashes.slice(0, last), first);
  }

  /** The root of the tree of the first `size` leaves. */
  rootOf(size: number): Buffer {
    return size === this.size ? this.root : rootHash(this.#hashes.slice(0, size));
  }

  /** The audit path of a leaf in the whole tree, or in that of its first `size` leaves. */
  path(index: number, size: number = this.size): readonly Buffer[] {
    return inclusionPath(this.#hashes.slice(0, size), index);
  }
}
