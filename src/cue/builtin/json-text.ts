/** JSON as Go's encoding/json sees it: octets, which within strings need not be UTF-8. */

import { BuiltinError } from './builtin.ts';
import { limitText } from './limits.ts';

const MAX_NESTING = 10_000;
const STRING = '"(?:[^"\\\\]|\\\\.)*"';
const SPACE_OR_STRING = new RegExp(`${STRING}|[ \\t\\r\\n]+`, 'gs');
const TOKEN = new RegExp(`${STRING}|[ \\t\\r\\n]+|[[\\]{},:]|[^\\s"[\\]{},:]+`, 'gs');
const SCALAR = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|"(?:[^"\\\n]|\\.)*"/y;
const BRACKETS = /"(?:[^"\\]|\\.)*"|[[\]{}]/gs;

const invalid = (): BuiltinError => new BuiltinError('json: invalid JSON');

/** Whether the text, of octets, is a JSON value. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
  } catch {
    return false;
  }
  return nesting(text) <= MAX_NESTING;
}

function nesting(text: string): number {
  if (text.length <= MAX_NESTING) return 0;
  let depth = 0;
  let most = 0;
  for (const [token] of text.matchAll(BRACKETS)) {
    if (token === '[' || token === '{') most = Math.max(most, ++depth);
    else if (token === ']' || token === '}') depth--;
  }
  return most;
}

/** Without white space between tokens. @throws BuiltinError */
export function compact(text: string): string {
  if (!isJson(text)) throw invalid();
  return text.replaceAll(SPACE_OR_STRING, (token) => (token.startsWith('"') ? token : ''));
}

/** A line for each member and item; white space behind the value stays. @throws BuiltinError */
export function indent(text: string, prefix: string, unit: string): string {
  if (!isJson(text)) throw invalid();
  const trailing = text.slice(text.trimEnd().length);
  let result = '';
  let depth = 0;
  let isOpening = false;
  const newline = (): void => {
    result += `\n${prefix}${unit.repeat(depth)}`;
    limitText(result.length);
  };
  for (const [token] of text.matchAll(TOKEN)) {
    if (/^[ \t\r\n]/.test(token)) continue;
    const isClosing = token === '}' || token === ']';
    if (isClosing && !isOpening) depth--;
    if (isOpening && !isClosing) depth++;
    if (isOpening !== isClosing) newline();
    result += token === ':' ? ': ' : token;
    if (token === ',') newline();
    isOpening = token === '{' || token === '[';
  }
  return result + trailing;
}

/** The values of a stream, each as it stands in it. @throws BuiltinError */
export function jsonValues(text: string): readonly string[] {
  const values: string[] = [];
  for (let at = skipSpace(text, 0); at < text.length;) {
    const value = valueAt(text, at);
    if (!isJson(value)) throw invalid();
    values.push(value);
    at = skipSpace(text, at + value.length);
  }
  return values;
}

function skipSpace(text: string, at: number): number {
  let next = at;
  while (next < text.length && ' \t\r\n'.includes(text.charAt(next))) next++;
  return next;
}

function valueAt(text: string, at: number): string {
  if (text.charAt(at) !== '{' && text.charAt(at) !== '[') {
    SCALAR.lastIndex = at;
    return SCALAR.exec(text)?.[0] ?? '';
  }
  let depth = 0;
  BRACKETS.lastIndex = at;
  for (let found = BRACKETS.exec(text); found !== null; found = BRACKETS.exec(text)) {
    const [token] = found;
    if (token === '[' || token === '{') depth++;
    if (token === ']' || token === '}') depth--;
    if (depth === 0) return text.slice(at, BRACKETS.lastIndex);
  }
  return '';
}
