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
    this.state = trial;
  }

  order<T>(items: readonly T[]): readonly T[] {
    this.asked = true;
    if (this.trial === 0) return items;
    if (this.trial === 1) return items.toReversed();
    const left = [...items];
    return items.flatMap(() => left.splice(this.below(left.length), 1));
  }

  /** A linear congruential generator; its upper bits. */
  private below(count: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * count);
  }
}
