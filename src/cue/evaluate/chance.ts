/**
 * The order in which CUE goes through the copied vertices of a disjunct. CUE v0.16.1 leaves it to Go's maps, so to
 * chance: one object stands for one way in which it may turn out, always the same for the same number; 0: as they come.
 */
export class Chance {
  /** Whether any order was asked for: another number may lead to another verdict. */
  asked = false;
  private readonly trial: number;
  private state: number;

  constructor(trial: number) {
    this.trial = trial;
    this.state = Math.imul(trial, 0x9e3779b9);
  }

  /** Go begins in a small map anywhere and goes round; a greater one it goes through in any order. */
  order<T>(items: readonly T[]): readonly T[] {
    this.asked = true;
    if (this.trial === 0) return items;
    if (this.trial % 2 === 1) {
      const first = this.below(items.length);
      return [...items.slice(first), ...items.slice(0, first)];
    }
    const left = [...items];
    return items.flatMap(() => left.splice(this.below(left.length), 1));
  }

  /** A small generator of numbers that look random (mulberry32). */
  private below(count: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let x = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) % count;
  }
}
