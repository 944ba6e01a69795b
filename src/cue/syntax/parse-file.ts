/** One policy file, from its text to its syntax tree. */

import type { File, SourceFile } from './ast.ts';
import { parseComprehension } from './comprehension.ts';
import { parseDeclarations, parseStruct } from './declaration.ts';
import { Parser } from './parser.ts';
import { parseFileAttributes, parseImports, parsePackage } from './preamble.ts';

/**
 * Reads a file as CUE v0.16.1 does. Which names it refers to is not looked at.
 *
 * @throws CUE_SYNTAX where CUE refuses the text
 * @throws CUE_UNSUPPORTED for attributes that change how a file is read, and what only experiments allow
 * @throws CUE_LIMIT when nested deeper than MAX_DEPTH
 */
export function parseFile(source: SourceFile): File {
  const parser = new Parser(source, { struct: parseStruct, comprehension: parseComprehension });
  const before = parseFileAttributes(parser, 'before package');
  const name = parsePackage(parser);
  const after = parseFileAttributes(parser, 'after package');
  const imports = parseImports(parser);
  const declarations = [...before, ...after, ...parseDeclarations(parser)];
  parser.expect('end of file');
  for (const list of parser.aliased.keys())
    parser.refuse('an alias stands in a list that is no pattern', list.offset);
  for (const each of declarations) {
    if (each.kind === 'attribute' && each.name === 'extern') parser.unsupported('@extern', each.offset);
  }
  const { attributes } = parser;
  return { source, ...(name === undefined ? {} : { package: name }), imports, declarations, attributes };
}
