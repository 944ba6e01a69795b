import type { Json } from '../sigstore/json.ts';
import { get, isObject, remove, role, set, text, type JsonObject, type Path } from './json-tree.ts';
import { changeItem, objectPaths, pathsIn, type Mutation } from './mutation.ts';
import type { Random } from './random.ts';
import { joinItems, type Target } from './target.ts';

const show = (path: Path): string => path.join('.');

const otherKinds: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e300,
  '',
  'x',
  [],
  {},
  [[]],
  { a: 1 },
  '\u0000',
];

/** Changes one value at a random place of an item. */
const atAnyPath =
  (change: (item: Json, path: Path, random: Random) => string | undefined): Mutation =>
  (target, random) =>
    changeItem(target, random, (item) => {
      const all = pathsIn(item);
      return all.length === 0 ? undefined : change(item, random.pick(all), random);
    });

/** Writes JSON anew: key order, white space and escapes are free. */
function respell(value: Json | undefined, random: Random): string {
  const space = (): string => random.pick(['', '', ' ', '\t']);
  if (Array.isArray(value))
    return `[${value.map((it) => space() + respell(it, random) + space()).join(',')}]`;
  if (!isObject(value))
    return typeof value === 'string' ? respellText(value, random) : JSON.stringify(value ?? null);
  const members = random.shuffle(Object.entries(value)).map(([key, item]) => {
    return `${space()}${respellText(key, random)}${space()}:${space()}${respell(item, random)}${space()}`;
  });
  return `{${members.join(',')}}`;
}

function respellText(value: string, random: Random): string {
  const plain = JSON.stringify(value);
  if (value.length === 0 || !random.chance(4)) return plain;
  const at = random.below(value.length);
  const escape = `\\u${value.charCodeAt(at).toString(16).padStart(4, '0')}`;
  return `"${JSON.stringify(value.slice(0, at)).slice(1, -1)}${escape}${JSON.stringify(value.slice(at + 1)).slice(1, -1)}"`;
}

export const jsonMutations: Readonly<Record<string, Mutation>> = {
  'json: respelt': (target, random) => ({
    bytes: joinItems(target.layout, target.items, (item) => respell(item, random)),
    note: 'key order, white space, escapes',
    expect: 'accepted',
  }),
  'json: pretty': (target) =>
    target.layout === 'lines'
      ? undefined
      : {
          bytes: joinItems(target.layout, target.items, (item) => JSON.stringify(item, undefined, 2)),
          note: 'indented',
          expect: 'accepted',
        },
  'json: remove': atAnyPath((item, path) => {
    remove(item, path);
    return `remove ${show(path)}`;
  }),
  'json: another kind': atAnyPath((item, path, random) => {
    const value = random.pick(otherKinds);
    set(item, path, value);
    return `${show(path)} = ${JSON.stringify(value)}`;
  }),
  'json: swap': atAnyPath((item, path, random) => {
    const other = random.pick(pathsIn(item));
    const [a, b] = [get(item, ...path), get(item, ...other)];
    if (
      a === undefined ||
      b === undefined ||
      show(other).startsWith(show(path)) ||
      show(path).startsWith(show(other))
    ) {
      return undefined;
    }
    set(item, path, structuredClone(b));
    set(item, other, structuredClone(a));
    return `swap ${show(path)} and ${show(other)}`;
  }),
  'json: copy over': atAnyPath((item, path, random) => {
    const other = random.pick(pathsIn(item));
    const value = get(item, ...other);
    if (value === undefined) return undefined;
    set(item, path, structuredClone(value));
    return `${show(path)} = ${show(other)}`;
  }),
  'json: wrap': atAnyPath((item, path, random) => {
    const value = get(item, ...path) ?? null;
    set(item, path, random.chance(2) ? [value] : { value });
    return `wrap ${show(path)}`;
  }),
  'json: list': (target, random) =>
    changeItem(target, random, (item) => {
      const lists = pathsIn(item).filter((path) => Array.isArray(get(item, ...path)));
      if (lists.length === 0) return undefined;
      const path = random.pick(lists);
      const value = get(item, ...path);
      if (!Array.isArray(value)) return undefined;
      const first = value[random.below(value.length)] ?? null;
      const next = [
        [...value, first],
        [first, ...value],
        value.toReversed(),
        value.slice(1),
        value.slice(0, -1),
        [],
      ];
      set(item, path, structuredClone(random.pick(next)));
      return `list ${show(path)}`;
    }),
  'json: number': (target, random) =>
    changeItem(target, random, (item) => {
      const numbers = pathsIn(item).filter((path) => /^\d+$/.test(text(item, ...path) ?? ''));
      if (numbers.length === 0) return undefined;
      const path = random.pick(numbers);
      const value = text(item, ...path) ?? '';
      const off = String(BigInt(value) + BigInt(random.pick([-1, 1, 1000, 2 ** 32])));
      const next = random.pick<Json>([
        off,
        Number(value),
        Number(off),
        `0${value}`,
        `+${value}`,
        ` ${value}`,
        `${value}.0`,
        '18446744073709551615',
        `-${value}`,
      ]);
      set(item, path, next);
      return `${role(path)} = ${JSON.stringify(next)}`;
    }),
  'json: text': (target, random) =>
    changeItem(target, random, (item) => {
      const texts = pathsIn(item).filter((path) => text(item, ...path) !== undefined);
      if (texts.length === 0) return undefined;
      const path = random.pick(texts);
      const value = text(item, ...path) ?? '';
      const at = random.below(value.length + 1);
      const inserted = random.pick(['', ' ', '\n', '=', 'A', '\u0000', '\u2014', '\ud800', '/']);
      set(item, path, value.slice(0, at) + inserted + value.slice(at + random.below(2)));
      return `text ${show(path)} at ${at} ${JSON.stringify(inserted)}`;
    }),
  'json: unknown member': (target, random) =>
    changeItem(
      target,
      random,
      (item) => {
        const path = random.pick(objectPaths(item));
        const object = path.length === 0 ? item : get(item, ...path);
        if (!isObject(object)) return undefined;
        addMember(object, random);
        return `unknown member in ${show(path)}`;
      },
      onlyBundle(target) ? 'refused' : undefined,
    ),
  'json: member twice': (target, random) => {
    const source = target.bytes.toString('utf8');
    const keys = [...source.matchAll(/"([A-Za-z0-9]+)":/g)];
    if (keys.length === 0) return undefined;
    const key = random.pick(keys);
    const value = random.pick(['null', '"x"', '{}', '[]', '0']);
    const bytes = Buffer.from(`${source.slice(0, key.index)}"${key[1]}":${value},${source.slice(key.index)}`);
    return {
      bytes,
      note: `${key[1]} twice, first ${value}`,
      expect: target.items.length === 1 ? 'refused' : undefined,
    };
  },
  'json: media type': (target, random) =>
    changeItem(target, random, (item) => {
      if (!isObject(item) || item['mediaType'] === undefined) return undefined;
      const version = random.pick([
        '+json;version=0.1',
        '+json;version=0.2',
        '+json;version=0.3',
        '.v0.3+json',
        '.v0.4+json',
      ]);
      item['mediaType'] = `application/vnd.dev.sigstore.bundle${version}`;
      return `media type ${version}`;
    }),
  'json: deep': (target, random) =>
    changeItem(target, random, (item) => {
      const all = pathsIn(item);
      if (all.length === 0) return undefined;
      const path = random.pick(all);
      let value: Json = 'x';
      for (let depth = 0; depth < 300; depth++) value = random.chance(2) ? [value] : { a: value };
      set(item, path, value);
      return `deep ${show(path)}`;
    }),
};

/** A bundle may hold nothing unknown; of a raw envelope DSSE says that it may. */
const onlyBundle = ({ items }: Target): boolean =>
  items.length === 1 && get(items[0], 'verificationMaterial') !== undefined;

const unknownKeys = [
  'extra',
  '__proto__',
  'constructor',
  'payloadtype',
  'Payload',
  'media_type',
  'tlog_entries',
  'dsse_envelope',
];

function addMember(object: JsonObject, random: Random): void {
  const value = random.pick<Json>([{}, 'x', 1, []]);
  Object.defineProperty(object, random.pick(unknownKeys), {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
