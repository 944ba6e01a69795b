import { pem } from '../../release/local/der.ts';
import type { Json } from '../sigstore/json.ts';
import { get, isObject, paths, remove, set, text, type JsonObject, type Path } from './json-tree.ts';
import { derOfPem } from './layer-bundle.ts';
import { changeDer, changeInnerJson } from './mutate-encoded.ts';
import { jsonMutations } from './mutate-json.ts';
import { changeOctets } from './mutate-octets.ts';
import type { Random } from './random.ts';
import { splitItems, type Target } from './target.ts';

/** A value of an annotation changed; undefined where it holds nothing of the kind. */
type Change = (value: string, random: Random, target: Target) => string | undefined;

/** What stands in annotations: JSON (log entry, timestamp), PEM (certificate, chain), base64, text. */
const changes: Readonly<Record<string, Change>> = {
  text: (value, random) =>
    value === '' ? undefined : changeOctets(Buffer.from(value), random).bytes.toString('utf8'),
  JSON: (value, random, target) => {
    const { items } = splitItems(value);
    if (!items.some(isObject)) return undefined;
    const [, mutation] = random.pick(Object.entries(jsonMutations));
    const inner: Target = { ...target, bytes: Buffer.from(value), layout: 'single', items };
    return mutation(inner, random, [inner])?.bytes.toString('utf8');
  },
  'octets in base64': inBase64((bytes, random) => changeOctets(bytes, random).bytes),
  'DER in base64': inBase64((bytes, random) => changeDer(bytes, random)?.bytes),
  'JSON in base64': inBase64((bytes, random) => changeInnerJson(bytes, random)?.bytes),
  'octets in PEM': inPem((ders, random) => oneOf(ders, random, (der) => changeOctets(der, random).bytes)),
  'DER in PEM': inPem((ders, random) =>
    oneOf(ders, random, (der) => changeDer(der, random)?.bytes ?? changeOctets(der, random).bytes),
  ),
  'blocks of PEM': inPem((ders, random) => {
    const [first = Buffer.alloc(0)] = ders;
    return random.pick([ders.slice(1), [...ders, first], ders.toReversed(), ders.slice(0, -1)]);
  }),
  'lines of PEM': (value, random) => {
    if (!value.includes('-----BEGIN')) return undefined;
    const lines = value.split('\n');
    const at = random.below(lines.length);
    switch (random.below(5)) {
      case 0:
        return lines.toSpliced(at, 1).join('\n');
      case 1:
        return lines.toSpliced(at, 0, lines[at] ?? '').join('\n');
      case 2:
        return lines.toSpliced(at, 0, 'Name: value').join('\n');
      case 3:
        return value.replaceAll('CERTIFICATE', random.pick(['TRUSTED CERTIFICATE', 'PUBLIC KEY', 'X']));
      default:
        return lines.join('\r\n');
    }
  },
};

/** Changes one annotation of a manifest or of a descriptor in it. @returns undefined where it has none */
export function changeAnnotation(
  target: Target,
  random: Random,
  donors: readonly Target[],
): { readonly bytes: Buffer; readonly note: string } | undefined {
  const root = structuredClone(target.items[0] ?? null);
  const places = annotationsIn(root);
  if (places.length === 0) return undefined;
  const path = random.pick(places);
  const name = String(path[path.length - 1]);
  const note = edit(root, path, target, random, donors);
  return note === undefined
    ? undefined
    : { bytes: Buffer.from(JSON.stringify(root)), note: `${name}: ${note}` };
}

function edit(
  root: Json,
  path: Path,
  target: Target,
  random: Random,
  donors: readonly Target[],
): string | undefined {
  const name = String(path[path.length - 1]);
  const value = text(root, ...path) ?? '';
  const siblings = annotationsIn(root).filter((it) => it.length === path.length);
  switch (random.below(10)) {
    case 0:
      remove(root, path);
      return 'removed';
    case 1:
      set(root, path, random.pick<Json>(['', ' ', '{}', 'null', 5, null, [], {}]));
      return 'another value';
    case 2: {
      const parent = get(root, ...path.slice(0, -1));
      const [from, to] = [path[path.length - 1], random.pick(siblings)];
      if (!isObject(parent) || typeof from !== 'string') return undefined;
      swap(parent, from, String(to[to.length - 1]));
      return `exchanged for ${String(to[to.length - 1])}`;
    }
    case 3: {
      const donor = random.pick(donors).items[0] ?? null;
      const alike = annotationsIn(donor).filter((it) => it[it.length - 1] === name);
      if (alike.length === 0) return undefined;
      set(root, path, get(donor, ...random.pick(alike)) ?? '');
      return "another image's";
    }
    default: {
      const [kind, change] = random.pick(Object.entries(changes));
      const changed = change(value, random, target);
      if (changed === undefined) return undefined;
      set(root, path, changed);
      return kind;
    }
  }
}

function swap(parent: JsonObject, a: string, b: string): void {
  [parent[a], parent[b]] = [parent[b], parent[a]];
}

function annotationsIn(value: Json): readonly Path[] {
  return paths(value).filter((path) => path[path.length - 2] === 'annotations');
}

function inBase64(change: (bytes: Buffer, random: Random) => Buffer | undefined): Change {
  return (value, random) => {
    const [inner] = splitItems(value).items;
    if (inner === undefined || !isObject(inner)) return undefined;
    const copy = structuredClone(inner);
    const places = paths(copy).filter((path) => /^[A-Za-z0-9+/]{16,}={0,2}$/.test(text(copy, ...path) ?? ''));
    if (places.length === 0) return undefined;
    const path = random.pick(places);
    const changed = change(Buffer.from(text(copy, ...path) ?? '', 'base64'), random);
    if (changed === undefined) return undefined;
    set(copy, path, changed.toString('base64'));
    return JSON.stringify(copy);
  };
}

function inPem(change: (ders: readonly Buffer[], random: Random) => readonly Buffer[]): Change {
  return (value, random) => {
    const ders = derOfPem(value).map((body) => Buffer.from(body, 'base64'));
    if (ders.length === 0) return undefined;
    return change(ders, random)
      .map((der) => pem('CERTIFICATE', der))
      .join('');
  };
}

function oneOf(ders: readonly Buffer[], random: Random, change: (der: Buffer) => Buffer): readonly Buffer[] {
  const at = random.below(ders.length);
  return ders.map((der, index) => (index === at ? change(der) : der));
}
