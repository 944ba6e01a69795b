/** Stable sorting that asks for the same comparisons as Go's sort.Stable: comparers may be no strict order. */

type Less<T> = (x: T, y: T) => boolean;

const BLOCK = 20;

/** Whether no item is less than the one before it. */
export function isSorted<T>(items: readonly T[], less: Less<T>): boolean {
  return items.every((item, i) => {
    const previous = items[i - 1];
    return i === 0 || previous === undefined || !less(item, previous);
  });
}

/** Sorts in place: blocks by insertion, then pairs of blocks merged in place, twice the size each round. */
export function sortStable<T>(items: T[], less: Less<T>): void {
  const sorter = new Sorter(items, less);
  const length = items.length;
  for (let from = 0; from < length; from += BLOCK) sorter.insert(from, Math.min(from + BLOCK, length));
  for (let size = BLOCK; size < length; size *= 2) {
    for (let from = 0; from + size < length; from += 2 * size) {
      sorter.merge(from, from + size, Math.min(from + 2 * size, length));
    }
  }
}

class Sorter<T> {
  readonly #items: T[];
  readonly #less: Less<T>;

  constructor(items: T[], less: Less<T>) {
    this.#items = items;
    this.#less = less;
  }

  #isLess(i: number, j: number): boolean {
    const [x] = this.#items.slice(i, i + 1);
    const [y] = this.#items.slice(j, j + 1);
    return x !== undefined && y !== undefined && this.#less(x, y);
  }

  #move(from: number, to: number): void {
    this.#items.splice(to, 0, ...this.#items.splice(from, 1));
  }

  insert(from: number, to: number): void {
    for (let i = from + 1; i < to; i++) {
      let place = i;
      while (place > from && this.#isLess(i, place - 1)) place--;
      if (place < i) this.#move(i, place);
    }
  }

  /** Merges the sorted [from, middle) and [middle, to) as Kim and Kutzner's SymMerge does. */
  merge(from: number, middle: number, to: number): void {
    if (middle - from === 1) return this.#insertFirst(from, middle, to);
    if (to - middle === 1) return this.#insertLast(from, middle);
    const half = Math.floor((from + to) / 2);
    const sum = half + middle;
    let start = middle > half ? sum - to : from;
    let end = middle > half ? half : middle;
    while (start < end) {
      const probe = Math.floor((start + end) / 2);
      if (this.#isLess(sum - 1 - probe, probe)) end = probe;
      else start = probe + 1;
    }
    const last = sum - start;
    if (start < middle && middle < last) this.#rotate(start, middle, last);
    if (from < start && start < half) this.merge(from, start, half);
    if (half < last && last < to) this.merge(half, last, to);
  }

  #insertFirst(from: number, middle: number, to: number): void {
    let low = middle;
    let high = to;
    while (low < high) {
      const probe = Math.floor((low + high) / 2);
      if (this.#isLess(probe, from)) low = probe + 1;
      else high = probe;
    }
    this.#move(from, low - 1);
  }

  #insertLast(from: number, middle: number): void {
    let low = from;
    let high = middle;
    while (low < high) {
      const probe = Math.floor((low + high) / 2);
      if (this.#isLess(middle, probe)) high = probe;
      else low = probe + 1;
    }
    this.#move(middle, low);
  }

  #rotate(from: number, middle: number, to: number): void {
    const turned = [...this.#items.slice(middle, to), ...this.#items.slice(from, middle)];
    this.#items.splice(from, turned.length, ...turned);
  }
}
