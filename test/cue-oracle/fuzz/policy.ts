import { Random } from '../../fuzz/random.ts';
import type { CueCase } from '../case.ts';
import type { Json } from './alphabet.ts';
import { documentFrom } from './document.ts';
import { casesFrom, documentsEach } from './generate.ts';
import { writeConstraint } from './policy-constraint.ts';
import { statementOf } from './statement.ts';

type Struct = { readonly [label: string]: Json };

const isStruct = (value: Json | undefined): value is Struct =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A policy in the manner of real ones for a statement, and documents near that statement. */
export function generatePolicy(seed: number, index: number): CueCase[] {
  const random = new Random(seed, index, 2);
  const statement = statementOf(random);
  const packages = new Set<string>();
  const helpers: string[] = [];
  const lines = isStruct(statement) ? new PolicyWriter(random, packages, helpers).fields(statement, 0) : [];
  const documents = Array.from({ length: documentsEach }, (_, at) =>
    at === 0 ? statement : documentFrom(random, statement),
  );
  return casesFrom(random, { name: `${seed}/${index}`, lines: [...helpers, ...lines], packages, documents });
}

class PolicyWriter {
  private readonly random: Random;
  private readonly packages: Set<string>;
  /** Declarations at the top that the constraints refer to. */
  private readonly helpers: string[];

  constructor(random: Random, packages: Set<string>, helpers: string[]) {
    this.random = random;
    this.packages = packages;
    this.helpers = helpers;
  }

  /** Constraints on some of a struct's fields. */
  fields(value: Struct, depth: number): string[] {
    const { random } = this;
    const names = Object.keys(value).filter((name) =>
      random.chance(depth === 0 && name !== 'predicate' ? 4 : 2),
    );
    const chosen = names.length > 0 ? names : [random.pick(['predicate', ...Object.keys(value)])];
    const lines = chosen.map((name) => {
      const mark = random.pick(['', '', '', '', '!', '!', '?']);
      return `${label(random, name)}${mark}: ${this.field(value[name] ?? '', depth)}`;
    });
    if (random.chance(6)) lines.push('...');
    if (depth > 0 && random.chance(6)) lines.push(this.condition(value));
    if (random.chance(15))
      lines.push(random.pick(['[string]: _', '[=~"^[a-zA-Z]"]: _', '[!~"^_"]: _ | null']));
    return lines;
  }

  /** Where a struct has one field only, the braces may go. */
  private field(value: Json, depth: number): string {
    if (!isStruct(value) || !this.random.chance(3)) return this.value(value, depth);
    const lines = this.fields(value, depth + 1);
    const [only] = lines;
    const isShort = lines.length === 1 && only !== undefined && /^["\w]/.test(only);
    return isShort ? only : braced(lines);
  }

  private value(value: Json, depth: number): string {
    const { random } = this;
    const text = this.plain(value, depth);
    if (!random.chance(10)) return text;
    const definition = `#D${this.helpers.length}`;
    this.helpers.push(random.chance(3) ? `${definition}: ${text}` : `${definition}: {${text}}`);
    return random.pick([
      definition,
      definition,
      `${definition} & _`,
      `{${definition}}`,
      `null | ${definition}`,
    ]);
  }

  private plain(value: Json, depth: number): string {
    const { random } = this;
    if (Array.isArray(value)) return this.list(value, depth);
    if (!isStruct(value)) return writeConstraint(random, this.packages, value, this.scalarName(value));
    const lines = this.fields(value, depth + 1);
    const struct = braced(lines);
    if (random.chance(10)) return `close(${struct})`;
    if (!random.chance(12)) return struct;
    this.packages.add('struct');
    return `${struct} & struct.MinFields(${random.below(3)})`;
  }

  private list(items: readonly Json[], depth: number): string {
    const { random } = this;
    const [first = 'x', second = first] = items;
    const element = this.value(random.chance(2) ? first : second, depth + 1);
    switch (random.below(8)) {
      case 0:
        this.packages.add('list');
        return `[...${element}] & list.MinItems(${random.below(3)})`;
      case 1:
        this.packages.add('list');
        return `list.MatchN(${random.pick(['>=1', '1', '>0', '2', '0'])}, ${element})`;
      case 2:
        return `[${element}, ...]`;
      case 3:
        return `[${element}]`;
      case 4:
        this.packages.add('list');
        return random.pick([
          'list.UniqueItems()',
          'list.MaxItems(3)',
          'list.MinItems(1)',
          '[...] & list.MaxItems(1)',
        ]);
      case 5:
        return `[...${element}] | null`;
      default:
        return `[...${element}]`;
    }
  }

  /** What holds only where something else does. */
  private condition(value: Struct): string {
    const { random } = this;
    const names = Object.keys(value).filter((name) => /^[a-zA-Z]\w*$/.test(name));
    const name = names.length > 0 ? random.pick(names) : 'x';
    const other = random.pick([...Object.keys(value), 'y']);
    const test = random.pick([
      `${name} != _|_`,
      `${name} == "x"`,
      `len(${name}) > 0`,
      `(${name} & string) != _|_`,
    ]);
    const made = random.pick([
      `if ${test} {${label(random, other)}: ${this.plain(value[other] ?? 1, 3)}}`,
      `for k, v in ${name} {"\\(k)": _}`,
      `_h: [for x in ${name} if x != _|_ {x}]`,
      `${name}: _`,
    ]);
    return random.chance(8) ? made : `${name}: _, ${made}`;
  }

  /** Now and then a name for a value, at the top. */
  private scalarName(value: Json): string | undefined {
    if (!this.random.chance(12) || value === null) return undefined;
    const name = `${this.random.pick(['let ', '', ''])}_n${this.helpers.length}`;
    const text = JSON.stringify(value);
    this.helpers.push(name.startsWith('let') ? `${name} = ${text}` : `${name}: ${text}`);
    return name.replace('let ', '');
  }
}

const braced = (lines: readonly string[]): string => `{\n${lines.map((line) => `\t${line}\n`).join('')}}`;

const label = (random: Random, name: string): string =>
  /^[a-zA-Z]\w*$/.test(name) && !random.chance(8) ? name : JSON.stringify(name);
