import type { Pattern } from './policy.ts';

/** A pattern as a policy's author writes it. */
export type PatternText = string | { readonly regexp: string };

/** Turns the text of an RE2 expression into a test of a whole value. */
export type RegexpEngine = (expression: string) => (value: string) => boolean;

/** The RE2 engine, loaded when a policy has a regular expression: linear in time, whatever the input. */
export async function loadRegexpEngine(): Promise<RegexpEngine> {
  const { RE2JS } = await import('re2js');
  return (expression) => {
    const compiled = RE2JS.compile(expression);
    return (value) => compiled.testExact(value);
  };
}

function exactPattern(text: string): Pattern {
  return { kind: 'exact', text, test: (value) => value === text };
}

/** An exact text, or a glob where it holds `*`. */
export function globPattern(text: string): Pattern {
  if (!text.includes('*')) return exactPattern(text);
  const pieces = text.split(/(\*+)/).filter((piece) => piece !== '');
  return { kind: 'glob', text, test: (value) => globMatches(pieces, value) };
}

/** A regular expression that must fit the whole value. Throws what the engine throws. */
export function regexpPattern(text: string, engine: RegexpEngine): Pattern {
  return { kind: 'regexp', text, test: engine(text) };
}

/** Whether any of the patterns fits. */
export function anyFits(patterns: readonly Pattern[], value: string): boolean {
  return patterns.some((pattern) => pattern.test(value));
}

/** How a report names a pattern. */
export function patternText(pattern: Pattern): string {
  if (pattern.kind === 'regexp') return `the regular expression ${JSON.stringify(pattern.text)}`;
  if (pattern.kind === 'versioned-tag') return `a tag of version ${JSON.stringify(pattern.text)}`;
  if (pattern.kind === 'semver-range') return `a version in ${JSON.stringify(pattern.text)}`;
  return JSON.stringify(pattern.text);
}

/**
 * Linear in pieces times length: the set of positions that the pieces so far can reach. `*` reaches on until
 * a `/`, `**` (or more stars) reaches everything behind.
 */
function globMatches(pieces: readonly string[], value: string): boolean {
  let reached = new Set([0]);
  for (const piece of pieces) {
    const next = new Set<number>();
    if (piece.startsWith('*')) {
      const crosses = piece.length > 1;
      for (const from of reached) {
        for (let i = from; i <= value.length && !next.has(i); i++) {
          next.add(i);
          if (!crosses && value[i] === '/') break;
        }
      }
    } else {
      for (const from of reached) if (value.startsWith(piece, from)) next.add(from + piece.length);
    }
    if (next.size === 0) return false;
    reached = next;
  }
  return reached.has(value.length);
}
