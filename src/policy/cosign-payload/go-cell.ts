import type { JsonValue } from '#core/json/value';
import { jsonText } from './json-text.ts';

/** Cosign refuses to convert the statement. */
export class NotConvertible extends Error {}

/** A document, and the text that it was read from: times are read from the text, escapes and all. */
export interface Origin {
  readonly value: JsonValue;
  readonly text: string;
}

/** Keys and indexes that lead to a value. */
export type Path = readonly (string | number)[];

/**
 * A variable of a Go type, as encoding/json fills and writes it. A member that stands twice, in other letters, is
 * read twice into one cell.
 */
export interface Cell {
  /** @throws NotConvertible where the value is of another type */
  read(value: JsonValue, path: Path, text: string): void;
  /** What `omitempty` leaves out. */
  readonly isEmpty: boolean;
  /** JSON. */
  write(): string;
}

export type Shape = () => Cell;

/** @throws NotConvertible always */
export function mismatch(path: Path, wanted: string): never {
  throw new NotConvertible(`${JSON.stringify(path).slice(0, 200)} is no ${wanted}`);
}

export const text: Shape = () => {
  let held = '';
  return {
    read(value, path) {
      if (value === null) return;
      if (typeof value !== 'string') return mismatch(path, 'string');
      held = value;
    },
    get isEmpty() {
      return held === '';
    },
    write: () => jsonText(held),
  };
};

export const flag: Shape = () => {
  let held = false;
  return {
    read(value, path) {
      if (value === null) return;
      if (typeof value !== 'boolean') return mismatch(path, 'bool');
      held = value;
    },
    get isEmpty() {
      return !held;
    },
    write: () => String(held),
  };
};

/** `interface{}` */
export const any: Shape = () => {
  let held: JsonValue = null;
  return {
    read(value) {
      held = value;
    },
    get isEmpty() {
      return held === null;
    },
    write: () => jsonText(held),
  };
};

/** A pointer: nil until something is read into it, and by null again. */
export const pointer =
  (to: Shape): Shape =>
  () => {
    let held: Cell | undefined;
    return {
      read(value, path, whole) {
        if (value === null) held = undefined;
        else (held ??= to()).read(value, path, whole);
      },
      get isEmpty() {
        return held === undefined;
      },
      write: () => held?.write() ?? 'null',
    };
  };
