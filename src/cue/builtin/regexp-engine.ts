/** RE2 expressions as CUE's `=~` and package regexp use them: linear in time. */

import type { RE2JS } from 're2js';
import { BuiltinError } from './builtin.ts';
import { isSimpleText, simpleRegexp } from './simple-regexp.ts';
import { hasNewerRune } from './unicode-newer.ts';

/** Where an expression and its groups were found, in UTF-16 units; -1 for a group without a part. */
export type Span = { readonly start: number; readonly end: number };

export type Regexp = {
  /** Names of the groups from 1 on, empty where a group has none. */
  readonly groupNames: () => readonly string[];
  /** Whether the expression is found anywhere in the text. @throws BuiltinError `unsupported` */
  readonly test: (text: string) => boolean;
  /** The leftmost place from `from` on: the whole, then each group. @throws BuiltinError `unsupported` */
  readonly find: (text: string, from: number) => readonly Span[] | undefined;
};

const CACHED = 256;
/** Errors of the engine where CUE's may have none: class names in other forms, a name for two groups. */
const UNSURE_ERROR = /invalid character class range: `\\[pP]|duplicate capture group name/;
/** Classes and letter case depend on the version of Unicode. */
const NEEDS_UNICODE = /\\[pP]|\(\?[A-Za-z-]*i/;

let engine: typeof RE2JS | undefined;
const cache = new Map<string, Regexp | BuiltinError>();

/** To be awaited before `compileRegexp`. */
export async function loadRegexp(): Promise<void> {
  engine ??= (await import('re2js')).RE2JS;
}

/** @throws BuiltinError where CUE refuses the expression, `unsupported` where that cannot be told. */
export function compileRegexp(expression: string): Regexp {
  let known = cache.get(expression);
  if (known === undefined) {
    known = compile(expression);
    if (cache.size >= CACHED) cache.clear();
    cache.set(expression, known);
  }
  if (known instanceof BuiltinError) throw known;
  return known;
}

function compile(expression: string): Regexp | BuiltinError {
  const simple = simpleRegexp(expression);
  if (simple === undefined) return compileFully(expression);
  let full: Regexp | BuiltinError | undefined;
  const fully = (): Regexp => {
    full ??= compileFully(expression);
    if (full instanceof BuiltinError) throw full;
    return full;
  };
  return {
    groupNames: () => fully().groupNames(),
    test: (text) => (isSimpleText(text) ? simple.test(text) : fully().test(text)),
    find: (text, from) => fully().find(text, from),
  };
}

function compileFully(expression: string): Regexp | BuiltinError {
  if (engine === undefined)
    return new BuiltinError('the engine of regular expressions is not loaded', 'unsupported');
  try {
    return wrap(engine.compile(expression), NEEDS_UNICODE.test(expression));
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : 'error parsing regexp';
    return new BuiltinError(message, UNSURE_ERROR.test(message) ? 'unsupported' : 'evaluation');
  }
}

function wrap(compiled: RE2JS, needsUnicode: boolean): Regexp {
  let known = '';
  const check = (text: string): void => {
    if (!needsUnicode || text === known) return;
    if (hasNewerRune(text))
      throw new BuiltinError('a text to match holds a rune of a newer Unicode', 'unsupported');
    known = text;
  };
  const groupNames = Array.from({ length: compiled.groupCount() }, () => '');
  for (const [name, group] of Object.entries(compiled.namedGroups())) groupNames[group - 1] = name;
  return {
    groupNames: () => groupNames,
    test: (text) => {
      check(text);
      return compiled.test(text);
    },
    find: (text, from) => {
      check(text);
      const matcher = compiled.matcher(text);
      if (!matcher.find(from)) return undefined;
      return [0, ...groupNames.keys().map((group) => group + 1)].map((group) => ({
        start: matcher.start(group),
        end: matcher.end(group),
      }));
    },
  };
}
