/** Shell patterns over paths: `*` and `?` within a name, classes of characters. Texts are of octets. */

import { BuiltinError } from './builtin.ts';
import type { PathSystem } from './path-system.ts';
import { pointOf, sequenceLength } from './rune.ts';

type Rune = { readonly point: number; readonly size: number };
type Chunk = { readonly isStarred: boolean; readonly pattern: string };

const invalid = (): BuiltinError => new BuiltinError('syntax error in pattern');

/** The code point that octets begin with; a wrong octet stands for U+FFFD. */
function firstRune(text: string): Rune {
  const octets = Buffer.from(text.slice(0, 4), 'latin1');
  const size = octets.length === 0 ? 0 : sequenceLength(octets, 0);
  if (size === 0) return { point: 0xfffd, size: Math.min(octets.length, 1) };
  return { point: pointOf(octets.toString('utf8', 0, size)), size };
}

/** Whether a pattern covers a whole path. @throws BuiltinError for a bad pattern, found as late as CUE finds it */
export function matchesPath(pattern: string, path: string, system: PathSystem): boolean {
  let name = path;
  for (let rest = pattern; rest !== '';) {
    const { isStarred, pattern: chunk } = nextChunk(rest, system);
    rest = rest.slice(chunk.length + (isStarred ? 1 : 0));
    if (isStarred && chunk === '') return !name.includes(system.separator);
    const after = afterChunk(chunk, name, isStarred, rest === '', system);
    if (after === undefined) {
      checkChunks(rest, system);
      return false;
    }
    name = after;
  }
  return name === '';
}

/** What is left of a pattern begins with a star. */
function checkChunks(pattern: string, system: PathSystem): void {
  for (let rest = pattern; rest !== '';) {
    rest = rest.slice(1 + nextChunk(rest, system).pattern.length);
  }
}

/** A star, if there is one, and what follows it up to the next. */
function nextChunk(text: string, { separator }: PathSystem): Chunk {
  const isStarred = text.startsWith('*');
  if (text.startsWith('**')) throw new BuiltinError("'**' is not supported in patterns as of yet");
  const pattern = isStarred ? text.slice(1) : text;
  let isInClass = false;
  let at = 0;
  for (; at < pattern.length; at++) {
    const unit = pattern.charAt(at);
    if (unit === '\\' && separator === '/') at = Math.min(at + 1, pattern.length - 1);
    else if (unit === '[') isInClass = true;
    else if (unit === ']') isInClass = false;
    else if (unit === '*' && !isInClass) break;
  }
  return { isStarred, pattern: pattern.slice(0, at) };
}

/** What is left of the name behind a chunk; undefined where it does not match. */
function afterChunk(
  chunk: string,
  name: string,
  isStarred: boolean,
  isLast: boolean,
  system: PathSystem,
): string | undefined {
  const direct = matchChunk(chunk, name, system);
  if (direct !== undefined && (direct === '' || !isLast)) return direct;
  if (!isStarred) return undefined;
  for (let i = 0; i < name.length && name.charAt(i) !== system.separator; i++) {
    const left = matchChunk(chunk, name.slice(i + 1), system);
    if (left !== undefined && (left === '' || !isLast)) return left;
  }
  return undefined;
}

/** Reads on after a mismatch: the chunk may still be wrong. */
function matchChunk(chunk: string, text: string, system: PathSystem): string | undefined {
  let left: string | undefined = text;
  let rest = chunk;
  while (rest !== '') {
    if (left === '') left = undefined;
    const unit = rest.charAt(0);
    if (unit === '[') {
      const rune: Rune = left === undefined ? { point: 0, size: 0 } : firstRune(left);
      const { isMatch, size } = matchClass(rest, rune.point, system);
      left = isMatch ? left?.slice(rune.size) : undefined;
      rest = rest.slice(size);
    } else if (unit === '?') {
      left = left?.startsWith(system.separator) === false ? left.slice(firstRune(left).size) : undefined;
      rest = rest.slice(1);
    } else {
      const isEscape = unit === '\\' && system.separator === '/';
      const literal = isEscape ? rest.charAt(1) : unit;
      if (literal === '') throw invalid();
      left = left?.startsWith(literal) === true ? left.slice(1) : undefined;
      rest = rest.slice(isEscape ? 2 : 1);
    }
  }
  return left;
}

/** Whether a code point is in the class that the chunk begins with, and how long that is. */
function matchClass(
  chunk: string,
  point: number,
  system: PathSystem,
): { readonly isMatch: boolean; readonly size: number } {
  const isNegated = chunk.startsWith('[^');
  const start = isNegated ? 2 : 1;
  let isFound = false;
  let at = start;
  while (at === start || chunk.charAt(at) !== ']') {
    const low = classRune(chunk, at, system);
    const isRange = chunk.charAt(low.end) === '-';
    const high = isRange ? classRune(chunk, low.end + 1, system) : low;
    isFound ||= low.point <= point && point <= high.point;
    at = high.end;
  }
  return { isMatch: isFound !== isNegated, size: at + 1 };
}

function classRune(
  chunk: string,
  at: number,
  { separator }: PathSystem,
): { readonly point: number; readonly end: number } {
  if (['', '-', ']'].includes(chunk.charAt(at))) throw invalid();
  const from = chunk.charAt(at) === '\\' && separator === '/' ? at + 1 : at;
  const { point, size } = firstRune(chunk.slice(from));
  const end = from + size;
  if ((point === 0xfffd && size < 2) || end >= chunk.length) throw invalid();
  return { point, end };
}
