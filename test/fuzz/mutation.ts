import type { Json } from '../sigstore/json.ts';
import { get, isObject, paths, text, type Path } from './json-tree.ts';
import type { Random } from './random.ts';
import { joinItems, type Target } from './target.ts';

/** A changed file. */
export interface Mutant {
  readonly bytes: Buffer;
  /** What was done, for the reproducer. */
  readonly note: string;
  /** `refused`: whatever it says; `accepted`: nothing but its spelling changed; else by its meaning. */
  readonly expect?: 'refused' | 'accepted' | undefined;
}

/** @returns undefined where the target has nothing of the kind */
export type Mutation = (target: Target, random: Random, donors: readonly Target[]) => Mutant | undefined;

/** A copy of the target's items, one of which is changed by `change`; what that returns becomes the note. */
export function changeItem(
  target: Target,
  random: Random,
  change: (item: Json) => string | undefined,
  expect?: Mutant['expect'],
): Mutant | undefined {
  const index = random.below(target.items.length);
  const items = target.items.map((item, at) => (at === index ? structuredClone(item) : item));
  const item = items[index];
  const note = item === undefined ? undefined : change(item);
  return note === undefined ? undefined : { bytes: joinItems(target.layout, items), note, expect };
}

/** Paths of an item; of an item that stays the same object, computed once. */
const pathsOf = new WeakMap<object, readonly Path[]>();

export function pathsIn(item: Json): readonly Path[] {
  if (typeof item !== 'object' || item === null) return [];
  let found = pathsOf.get(item);
  if (found === undefined) {
    found = paths(item);
    pathsOf.set(item, found);
  }
  return found;
}

const encoded = /^[A-Za-z0-9+/_-]{4,}={0,2}$/;

/** Members that hold base64. */
export function base64Paths(item: Json): readonly Path[] {
  return pathsIn(item).filter((path) => {
    const found = text(item, ...path);
    const last = path[path.length - 1];
    return (
      found !== undefined &&
      encoded.test(found) &&
      last !== 'mediaType' &&
      last !== 'kind' &&
      last !== 'version'
    );
  });
}

export function objectPaths(item: Json): readonly Path[] {
  const below = pathsIn(item).filter((path) => isObject(get(item, ...path)));
  return [[], ...below];
}
