import { refuse } from '#core/errors/error';
import { nearest } from '#core/errors/nearest';

/** One flag of a command. `text` takes a value once, `texts` any number of times, `switch` none or true/false. */
export interface FlagSpec {
  readonly kind: 'text' | 'texts' | 'switch';
  /** The value's name in the help: `FILE`. */
  readonly value?: string;
  readonly about: string;
  /** One letter. */
  readonly short?: string;
  readonly oneOf?: readonly string[];
  readonly required?: true;
}

export type FlagTable = Readonly<Record<string, FlagSpec>>;

type NamesOf<T extends FlagTable, K extends FlagSpec['kind']> = {
  [N in keyof T]: T[N]['kind'] extends K ? N : never;
}[keyof T] &
  string;

/** Flags that a tool we follow has and edgeseal refuses, each with what to do instead. */
export type UnsupportedFlags = Readonly<Record<string, string>>;

const TRUE = new Set(['true', 'TRUE', 'True', 't', 'T', '1']);
const FALSE = new Set(['false', 'FALSE', 'False', 'f', 'F', '0']);
const HELP: FlagSpec = { kind: 'switch', short: 'h', about: 'show this help' };

/** The flags of one call, read by names that the table has. */
export class Flags<T extends FlagTable> {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
  }

  text(name: NamesOf<T, 'text'>): string | undefined {
    return this.#values.get(name)?.[0];
  }

  texts(name: NamesOf<T, 'texts'>): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** Undefined where the flag was not given. */
  on(name: NamesOf<T, 'switch'>): boolean | undefined {
    const value = this.#values.get(name)?.[0];
    return value === undefined ? undefined : TRUE.has(value);
  }

  given(name: keyof T & string): boolean {
    return this.#values.has(name);
  }
}

export interface ParsedArguments<T extends FlagTable> {
  readonly flags: Flags<T>;
  readonly operands: readonly string[];
  /** `--help` was among them: nothing else was checked. */
  readonly help: boolean;
}

/**
 * Reads a command's arguments: `--flag value`, `--flag=value`, `-f value`; `--` ends the flags.
 * @throws FLAG_UNKNOWN, FLAG_UNSUPPORTED, FLAG_CONFLICT, FLAG_VALUE_INVALID, FLAG_REQUIRED
 */
export function parseArguments<T extends FlagTable>(
  table: T,
  unsupported: UnsupportedFlags,
  argv: readonly string[],
): ParsedArguments<T> {
  const values = new Map<string, string[]>();
  const operands: string[] = [];
  if (asksHelp(argv)) return { flags: new Flags(values), operands, help: true };
  const queue = [...argv];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === '--') {
      operands.push(...queue);
      break;
    }
    if (word === '-' || !word.startsWith('-')) operands.push(word);
    else take(table, unsupported, word, queue, values);
  }
  for (const [name, spec] of Object.entries(table)) {
    if (spec.required === true && !values.has(name)) missing(name, spec);
  }
  return { flags: new Flags(values), operands, help: false };
}

function asksHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  return words.includes('--help') || words.includes('-h');
}

function take(
  table: FlagTable,
  unsupported: UnsupportedFlags,
  word: string,
  queue: string[],
  values: Map<string, string[]>,
): void {
  const equals = word.indexOf('=');
  const written = equals < 0 ? word : word.slice(0, equals);
  const [name, spec] = find(table, unsupported, written);
  const inline = equals < 0 ? undefined : word.slice(equals + 1);
  const value =
    spec.kind === 'switch' ? switchValue(written, inline) : textValue(written, spec, inline, queue);
  const before = values.get(name);
  if (before === undefined) values.set(name, [value]);
  else if (spec.kind === 'texts') before.push(value);
  else {
    refuse('FLAG_CONFLICT', `--${name} is given twice`, {
      expected: 'once',
      found: `${quote(before[0] ?? '')} and ${quote(value)}`,
      hint: 'keep the one that you mean',
    });
  }
}

function find(table: FlagTable, unsupported: UnsupportedFlags, written: string): readonly [string, FlagSpec] {
  if (written.startsWith('--')) {
    const name = written.slice(2);
    const spec = Object.hasOwn(table, name) ? table[name] : undefined;
    if (spec !== undefined) return [name, spec];
    const instead = Object.hasOwn(unsupported, name) ? unsupported[name] : undefined;
    if (instead !== undefined)
      return refuse('FLAG_UNSUPPORTED', `${written} is not supported`, { hint: instead });
  } else {
    for (const [name, spec] of Object.entries(table))
      if (spec.short === written.slice(1)) return [name, spec];
  }
  const near = nearest(written.replace(/^-+/, ''), Object.keys(table));
  return refuse('FLAG_UNKNOWN', `there is no flag ${quote(written)}`, {
    hint: near === undefined ? 'see --help for the flags' : `did you mean --${near}?`,
  });
}

function switchValue(written: string, inline: string | undefined): string {
  if (inline === undefined || TRUE.has(inline)) return 'true';
  if (FALSE.has(inline)) return 'false';
  return refuse('FLAG_VALUE_INVALID', `${written} is either on or off`, {
    expected: 'true or false',
    found: quote(inline),
  });
}

function textValue(written: string, spec: FlagSpec, inline: string | undefined, queue: string[]): string {
  const value = inline ?? queue[0];
  if (value === undefined || (inline === undefined && value.startsWith('--'))) {
    return refuse('FLAG_VALUE_INVALID', `${written} has no value`, {
      expected: `${written} ${spec.value ?? 'VALUE'}`,
      found: value === undefined ? 'the end of the command' : quote(value),
      hint: value === undefined ? undefined : `a value that begins with dashes is written ${written}=VALUE`,
    });
  }
  if (inline === undefined) queue.shift();
  if (value === '') {
    return refuse('FLAG_VALUE_INVALID', `${written} has an empty value`, {
      expected: spec.value ?? 'a value',
      hint: 'an unset variable of the shell, perhaps? leave the flag out where you expect nothing',
    });
  }
  if (spec.oneOf !== undefined && !spec.oneOf.includes(value)) {
    return refuse('FLAG_VALUE_INVALID', `${written} has no such choice`, {
      expected: spec.oneOf.join(', '),
      found: quote(value),
    });
  }
  return value;
}

function missing(name: string, spec: FlagSpec): never {
  return refuse('FLAG_REQUIRED', `--${name} is required`, {
    expected: `--${name} ${spec.value ?? ''}: ${spec.about}`,
    found: 'nothing',
  });
}

/** The command's table with the flags that every command has. */
export function withHelp(table: FlagTable): FlagTable {
  return { ...table, help: HELP };
}

/** What the caller wrote, safe to print. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}...` : text);
}
