/** Where an offset stands, as CUE reports it. */

import type { SourceFile } from './ast.ts';

export type Position = { readonly line: number; readonly column: number };

function utf8Length(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  // each half of a surrogate pair stands for two of its four octets
  return code >= 0xd800 && code <= 0xdfff ? 2 : 3;
}

/** The line, and the column within it in UTF-8 octets, both from 1; only a line feed ends a line. */
export function position(source: SourceFile, offset: number): Position {
  const end = Math.min(offset, source.text.length);
  let line = 1;
  let start = 0;
  for (let at = source.text.indexOf('\n'); at !== -1 && at < end; at = source.text.indexOf('\n', start)) {
    line += 1;
    start = at + 1;
  }
  let column = 1;
  for (let at = start; at < end; at += 1) column += utf8Length(source.text.charCodeAt(at));
  return { line, column };
}
