import { Random } from '../../fuzz/random.ts';
import type { CueCase } from '../case.ts';
import type { Json } from './alphabet.ts';
import { documentFrom } from './document.ts';
import { casesFrom, documentsEach } from './generate.ts';

/*
 * Structs that are hard to evaluate: few names, so that all depends on all. Alternatives within alternatives, closed and
 * open, with defaults; in them conditions, loops, let clauses, computed fields, patterns and lists that ask for fields of
 * their own struct, of the one around it, and for these structs themselves.
 */

const scalars = ['a', 'b', 'c'] as const;
const structs = ['o', 'p'] as const;

/** The cases of the policy of a seed and an index. */
export function tangleCases(seed: number, index: number): CueCase[] {
  const random = new Random(seed, index, 3);
  const tangle = new Tangle(random);
  const lines = [
    ...tangle.definitions(),
    ...Array.from({ length: 1 + random.below(2) }, () => `o${mark(random)}: ${tangle.value(1)}`),
    ...(random.chance(3) ? [`p: ${tangle.value(1)}`] : []),
    ...(random.chance(4) ? tangle.declarations(1, 1) : []),
  ];
  const documents = Array.from({ length: documentsEach }, () => documentFrom(random, sample(random, 2)));
  return casesFrom(random, { name: `${seed}/${index}`, lines, packages: tangle.packages, documents });
}

const mark = (random: Random): string => (random.chance(6) ? random.pick(['?', '!']) : '');

function sample(random: Random, depth: number): Json {
  const made: { [label: string]: Json } = {};
  if (depth === 2) return { o: sample(random, 1), ...(random.chance(3) ? { p: sample(random, 1) } : {}) };
  for (const name of scalars) if (random.chance(2)) made[name] = random.pick([1, 1, 2, 3]);
  if (depth > 0 && random.chance(3)) made[random.pick(structs)] = sample(random, depth - 1);
  if (random.chance(6)) made['l'] = random.pick<Json>([[], [1], [2, 1], [{ a: 1 }]]);
  return made;
}

class Tangle {
  readonly packages = new Set<string>();
  private readonly random: Random;
  private lets = 0;

  constructor(random: Random) {
    this.random = random;
  }

  /** All that may be referred to is there, if only as what may be. */
  definitions(): string[] {
    const { random } = this;
    const others = ['a', 'b', 'c', 'l', 's', 'p'].map((name) => `${name}?: _`);
    const names = ['#D', '#E', '_h'].map(
      (name) => `${name}: ${random.chance(2) ? '{a?: _, b?: _}' : this.value(0)}`,
    );
    return [...names, ...others];
  }

  /** What a struct's field may be. */
  value(depth: number): string {
    const { random } = this;
    switch (random.below(8)) {
      case 0:
      case 1:
      case 2:
        return this.alternatives(depth);
      case 3:
        return `${this.struct(depth)} & ${this.alternatives(depth - 1)}`;
      case 4:
        return random.pick(['#D', '#E', '_h', 'close(#D)', '#D & #E', '(#D | #E)', '{#D, ...}']);
      default:
        return this.struct(depth);
    }
  }

  private alternatives(depth: number): string {
    const { random } = this;
    const count = 2 + random.below(2);
    const marked = random.below(2 * count);
    const branches = Array.from({ length: count }, (_, at) => {
      const star = at === marked || random.chance(10) ? '*' : '';
      const branch =
        depth <= 0 && random.chance(4) ? random.pick(['1', '"x"', 'null', '_', '[...]']) : this.branch(depth);
      return `${star}${branch}`;
    });
    return `(${branches.join(' | ')})`;
  }

  private branch(depth: number): string {
    const { random } = this;
    if (depth > 0 && random.chance(4)) return this.alternatives(depth - 1);
    if (random.chance(6)) return random.pick(['#D', '#E', '_h', 'close({a?: _, b?: _})', '{...}', '{}']);
    return random.chance(5) ? `close(${this.struct(depth - 1)})` : this.struct(depth - 1);
  }

  private struct(depth: number): string {
    return `{${this.declarations(depth, 1 + this.random.below(3)).join(', ')}}`;
  }

  declarations(depth: number, count: number): string[] {
    const lines = Array.from({ length: count }, () => this.declaration(depth));
    return this.random.chance(10) ? [...lines, '...'] : lines;
  }

  private declaration(depth: number): string {
    const { random } = this;
    const body = (): string => (depth > 0 && random.chance(3) ? this.struct(depth - 1) : `{${this.field()}}`);
    switch (random.below(16)) {
      case 0:
      case 1:
      case 2:
        return `if ${this.condition()} ${body()}`;
      case 3:
        return `if ${this.condition()} {${this.field()}, ${this.field()}}`;
      case 4:
        return `for k, v in ${this.source()}${random.chance(2) ? ` if v ${random.pick(['==', '!=', '>'])} 1` : ''} ${random.pick(['{(k): v}', '{"\\(k)": int}', '{"\\(k)x": v}', body()])}`;
      case 5:
        return this.letClause();
      case 6:
        return `(${random.pick(['"a"', '"b"', 's', '"\\(a)"'])})${mark(random)}: ${this.scalar()}, s: ${random.pick(['"c"', '*"c" | string', 'string'])}`;
      case 7:
        return `[${random.pick(['string', '"a" | "b"', '=~"^[ab]"', '!="o"', '_'])}]: ${random.pick([this.scalar(), `(${this.scalar()} | {...} | _)`])}`;
      case 8:
        return `l${mark(random)}: [for v in ${this.source()}${random.chance(2) ? ' if v != 2' : ''} {v}]`;
      case 9:
        return depth > 0 ? this.alternatives(depth - 1) : this.field();
      case 10:
        return random.pick(['#D', '#E', '_h', `#F: ${this.scalar()}`, `_g: ${this.scalar()}`]);
      case 11:
      case 12:
        return depth > 0 ? `${random.pick(structs)}${mark(random)}: ${this.value(depth - 1)}` : this.field();
      default:
        return this.field();
    }
  }

  private letClause(): string {
    const { random } = this;
    const name = `x${(this.lets += 1)}`;
    const use = random.pick([name, name, `<=${name}`, `${name} | 1`, `*${name} | int`]);
    return `let ${name} = ${random.pick([this.operand(), this.struct(0)])}, ${random.pick(scalars)}: ${use}`;
  }

  private field(): string {
    return `${this.random.pick(scalars)}${mark(this.random)}: ${this.scalar()}`;
  }

  private scalar(): string {
    const { random } = this;
    if (random.chance(4)) return this.operand();
    if (random.chance(4))
      return `${random.pick(['*', ''])}${random.pick(['1', '2'])} | ${random.pick(['int', '2', '3', 'string', '*3'])}`;
    return random.pick([
      '1',
      '1',
      '2',
      'int',
      'int',
      '_',
      '>1',
      '<=2',
      '!=1',
      'int & >0',
      `(${this.operand()} + 1)`,
      '1 | {a: 1}',
    ]);
  }

  /** What can be asked for: a sibling, a field of the struct around, or that struct. */
  private operand(): string {
    return this.random.pick([
      'a',
      'b',
      'c',
      'a',
      'b',
      'o.a',
      'o.b',
      'o.c',
      'p.a',
      'o.p.a',
      'o.o.b',
      'p',
      'o',
    ]);
  }

  private source(): string {
    return this.random.pick(['o', 'p', 'l', 'o.l', '[1, 2]', '{a: 1, b: 2}', '#D', 'o.p']);
  }

  private condition(): string {
    const { random } = this;
    const about = this.operand();
    const test = random.pick(['== 1', '== 2', '!= 1', '> 1', '<= 2', '!= _|_', '!= _|_', '== _|_']);
    const one = random.chance(10) ? random.pick(['true', 'false', `len(${about}) > 0`]) : `${about} ${test}`;
    return random.chance(8) ? `${one} ${random.pick(['&&', '||'])} ${this.operand()} != _|_` : one;
  }
}
