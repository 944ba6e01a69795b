import { lineAndColumn } from './parse.ts';

/**
 * Line and column of the value at a path in a text that {@link parseJson} has accepted; of its nearest
 * ancestor where the path leads further. A walk of the text, made only when a reason needs it.
 */
export function locate(
  text: string,
  path: readonly (string | number)[],
): { readonly line: number; readonly column: number } {
  return lineAndColumn(text, offsetAt(text, path));
}

/** As {@link locate}: where the value begins, in UTF-16 code units. */
export function offsetAt(text: string, path: readonly (string | number)[]): number {
  let at = skipSpace(text, 0);
  for (const segment of path) {
    const next = typeof segment === 'number' ? element(text, at, segment) : memberValue(text, at, segment);
    if (next === undefined) break;
    at = next;
  }
  return at;
}

function memberValue(text: string, at: number, key: string): number | undefined {
  if (text[at] !== '{') return undefined;
  let i = skipSpace(text, at + 1);
  while (text[i] === '"') {
    const end = skipString(text, i);
    const value = skipSpace(text, skipSpace(text, end) + 1);
    if (JSON.parse(text.slice(i, end)) === key) return value;
    i = skipSpace(text, skipValue(text, value));
    if (text[i] === ',') i = skipSpace(text, i + 1);
  }
  return undefined;
}

function element(text: string, at: number, index: number): number | undefined {
  if (text[at] !== '[') return undefined;
  let i = skipSpace(text, at + 1);
  for (let n = 0; i < text.length && text[i] !== ']'; n++) {
    if (n === index) return i;
    i = skipSpace(text, skipValue(text, i));
    if (text[i] === ',') i = skipSpace(text, i + 1);
  }
  return undefined;
}

function skipValue(text: string, at: number): number {
  if (text[at] === '"') return skipString(text, at);
  if (text[at] !== '{' && text[at] !== '[') {
    let i = at;
    while (i < text.length && !/[\s,}\]]/.test(text[i] ?? '')) i++;
    return i;
  }
  let depth = 0;
  let i = at;
  do {
    const character = text[i];
    if (character === '"') {
      i = skipString(text, i);
      continue;
    }
    if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    i++;
  } while (depth > 0 && i < text.length);
  return i;
}

function skipString(text: string, at: number): number {
  let i = at + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i + 1;
}

function skipSpace(text: string, at: number): number {
  let i = at;
  while (text[i] === ' ' || text[i] === '\n' || text[i] === '\r' || text[i] === '\t') i++;
  return i;
}
