import type { Random } from '../../fuzz/random.ts';
import { anyKind, kindOfLabel, labelOf, sampleOf, type Json } from './alphabet.ts';

/** A document that differs in a few places from one that may satisfy. */
export function documentFrom(random: Random, sample: Json): Json {
  let made = structuredClone(sample);
  const changes = random.pick([0, 0, 1, 1, 1, 2, 3]);
  for (let change = 0; change < changes; change++) made = changed(random, made);
  return made;
}

function changed(random: Random, value: Json): Json {
  if (Array.isArray(value)) {
    if (value.length === 0 || random.chance(3)) return changedList(random, value);
    const at = random.below(value.length);
    return value.map((item, index) => (index === at ? changed(random, item) : item));
  }
  if (typeof value === 'object' && value !== null) {
    const names = Object.keys(value);
    if (names.length === 0 || random.chance(3)) return changedStruct(random, value, names);
    const name = random.pick(names);
    return { ...value, [name]: changed(random, value[name] ?? null) };
  }
  return changedScalar(random, value);
}

function changedList(random: Random, items: Json[]): Json {
  switch (random.below(4)) {
    case 0:
      return items.slice(1);
    case 1:
      return [...items, ...items.slice(0, 1)];
    case 2:
      return [...items, sampleOf(random, random.pick(['int', 'text', 'struct']), 1)];
    default:
      return random.chance(4) ? {} : items.slice(0, -1);
  }
}

function changedStruct(random: Random, value: { [label: string]: Json }, names: string[]): Json {
  const name = names.length === 0 ? '' : random.pick(names);
  switch (random.below(6)) {
    case 0:
    case 1: {
      const kind = anyKind(random);
      return { ...value, [labelOf(random, kind)]: sampleOf(random, kind) };
    }
    case 2:
    case 3:
      return Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
    case 4:
      return name === '' ? value : { ...value, [name]: sampleOf(random, kindOfLabel(name)) };
    default:
      return random.chance(6) ? [] : { ...value, z: 1 };
  }
}

function changedScalar(random: Random, value: null | boolean | number | string): Json {
  if (random.chance(5)) return random.pick<Json>([null, 1, 'x', true, {}, [], 1.5, -1]);
  if (typeof value === 'number') return value + random.pick([1, -1]);
  if (typeof value === 'string') return random.pick(['x', 'y', 'xy', `${value}x`]);
  return typeof value === 'boolean' ? !value : 1;
}
