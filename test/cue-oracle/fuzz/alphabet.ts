import type { Random } from '../../fuzz/random.ts';

/** JSON of a document. */
export type Json = null | boolean | number | string | Json[] | { [label: string]: Json };

/** What the fields of a name mostly hold, so that policies and documents fit often enough. */
export type Kind = 'int' | 'text' | 'bool' | 'struct' | 'list';

const labels: Readonly<Record<Kind, readonly string[]>> = {
  int: ['a', 'b', 'c'],
  text: ['s', 't', 's', 't', 'é'],
  bool: ['f'],
  struct: ['o', 'p', 'q'],
  list: ['l', 'm'],
};

const kinds: readonly Kind[] = [
  'int',
  'int',
  'int',
  'text',
  'text',
  'bool',
  'struct',
  'struct',
  'struct',
  'list',
];

export const anyKind = (random: Random): Kind => random.pick(kinds);

/** A label by which a field of the kind is called. */
export const labelOf = (random: Random, kind: Kind): string => random.pick(labels[kind]);

export function kindOfLabel(label: string): Kind {
  const bare = label.replace(/^[_#]+/, '').toLowerCase();
  return kinds.find((kind) => labels[kind].includes(bare)) ?? 'struct';
}

const unusualTexts = [
  'é',
  'e\u0301',
  '日本',
  '\u{1F600}',
  '"\\',
  'a\nb',
  '1',
  '2024-01-02T03:04:05Z',
  '\u0000',
];

const unusualNumbers = [-1, 10, 64, 1000, 1.5, 1e21, 4294967296, 9007199254740991, -0.25];

/** A value of the kind as a document holds it. */
export function sampleOf(random: Random, kind: Kind, depth = 2): Json {
  switch (kind) {
    case 'int':
      return random.pick(random.chance(12) ? unusualNumbers : [0, 1, 1, 2, 2, 3, 5]);
    case 'text':
      return random.pick(random.chance(12) ? unusualTexts : ['x', 'x', 'y', 'xy', '', 'a']);
    case 'bool':
      return random.chance(2);
    case 'list':
      return Array.from({ length: random.below(4) }, () =>
        sampleOf(random, elementKind(random, depth), depth - 1),
      );
    case 'struct':
      break;
  }
  return structSample(random, depth);
}

const elementKind = (random: Random, depth: number): Kind =>
  depth <= 0 ? 'int' : random.pick(['int', 'int', 'text', 'struct']);

function structSample(random: Random, depth: number): Json {
  const made: { [label: string]: Json } = {};
  if (depth <= 0) return made;
  for (let left = random.below(4); left > 0; left--) {
    const kind = anyKind(random);
    made[labelOf(random, kind)] = sampleOf(random, kind, depth - 1);
  }
  return made;
}
