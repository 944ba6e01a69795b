/** Sets of characters, as far as two of them must be told apart. */

export class CharacterSet {
  /** A bit for each character of ASCII, 32 to a number. */
  private readonly ascii = [0, 0, 0, 0];
  private hasOthers = false;

  /** Adds characters of ASCII, from the first to the last. */
  add(first: number, last = first): this {
    for (let code = first; code <= last; code++)
      this.ascii[code >> 5] = (this.ascii[code >> 5] ?? 0) | (1 << (code & 31));
    return this;
  }

  /** Everything else, whatever is beyond ASCII too. */
  invert(): this {
    for (const [index, bits] of this.ascii.entries()) this.ascii[index] = ~bits;
    this.hasOthers = !this.hasOthers;
    return this;
  }

  isDisjoint(other: CharacterSet): boolean {
    if (this.hasOthers && other.hasOthers) return false;
    return this.ascii.every((bits, index) => (bits & (other.ascii[index] ?? 0)) === 0);
  }
}

/** Of two characters or sets. */
export function areDisjoint(a: number | CharacterSet, b: number | CharacterSet): boolean {
  const set = (x: number | CharacterSet): CharacterSet =>
    typeof x === 'number' ? new CharacterSet().add(x) : x;
  return set(a).isDisjoint(set(b));
}
