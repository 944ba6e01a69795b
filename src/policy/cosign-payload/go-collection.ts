import { isArray, isObject, member } from '#core/json/value';
import { mismatch, type Cell, type Shape } from './go-cell.ts';
import { jsonText } from './json-text.ts';

/** A slice. What is read a second time is read into the elements that were there. */
export const listOf =
  (element: Shape): Shape =>
  () => {
    let backing: Cell[] = [];
    let length: number | undefined;
    return {
      read(value, path, whole) {
        if (value === null || (isArray(value) && value.length === 0)) backing = [];
        if (value === null) length = undefined;
        else if (!isArray(value)) mismatch(path, 'array');
        else {
          for (const [index, item] of value.entries())
            (backing[index] ??= element()).read(item, [...path, index], whole);
          length = value.length;
        }
      },
      get isEmpty() {
        return length === undefined || length === 0;
      },
      write: () =>
        length === undefined
          ? 'null'
          : `[${backing
              .slice(0, length)
              .map((cell) => cell.write())
              .join(',')}]`,
    };
  };

/** A map by strings. What is read a second time is added to what was there. */
export const mapOf =
  (element: Shape): Shape =>
  () => {
    let held: Map<string, Cell> | undefined;
    return {
      read(value, path, whole) {
        if (value === null) {
          held = undefined;
          return;
        }
        if (!isObject(value)) return mismatch(path, 'object');
        held ??= new Map();
        for (const [key, item] of Object.entries(value)) {
          const cell = element();
          cell.read(item, [...path, key], whole);
          held.set(key, cell);
        }
      },
      get isEmpty() {
        return held === undefined || held.size === 0;
      },
      write: () =>
        held === undefined
          ? 'null'
          : `{${[...held].map(([key, cell]) => `${jsonText(key)}:${cell.write()}`).join(',')}}`,
    };
  };

/** A field of a structure, by its JSON name. */
export interface Field {
  readonly name: string;
  readonly shape: Shape;
  /** Whether it is left out where it is empty; a structure never is. */
  readonly omitempty?: boolean;
}

export const struct =
  (fields: readonly Field[]): Shape =>
  () => {
    const cells = fields.map(({ name, shape, omitempty = false }) => ({
      name,
      folded: fold(name),
      omitempty,
      cell: shape(),
    }));
    return {
      read(value, path, whole) {
        if (value === null) return;
        if (!isObject(value)) return mismatch(path, 'object');
        for (const key of Object.keys(value)) {
          const named =
            cells.find(({ name }) => name === key) ?? cells.find(({ folded }) => folded === fold(key));
          named?.cell.read(member(value, key) ?? null, [...path, key], whole);
        }
      },
      isEmpty: false,
      write: () =>
        `{${cells
          .filter(({ omitempty, cell }) => !(omitempty && cell.isEmpty))
          .map(({ name, cell }) => `${jsonText(name)}:${cell.write()}`)
          .join(',')}}`,
    };
  };

/** Go compares names without regard to case: of letters beyond ASCII these two are folded into it. */
function fold(name: string): string {
  return name
    .replaceAll('\u017f', 's')
    .replaceAll('\u212a', 'k')
    .replaceAll(/[A-Z]/g, (c) => c.toLowerCase());
}
