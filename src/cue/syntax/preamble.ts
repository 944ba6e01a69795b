/** What stands before a file's declarations: attributes, the package clause, imports. */

import type { Attribute, Ident, ImportSpec } from './ast.ts';
import { isImportPath } from './import-path.ts';
import { stringLiteral } from './literal.ts';
import type { Parser } from './parser.ts';

/** Attributes before the package clause that change how, or whether, a file is read. */
const beforePackage: ReadonlySet<string> = new Set(['experiment', 'extern', 'if', 'ignore']);

/** @throws CUE_UNSUPPORTED */
export function parseFileAttributes(parser: Parser, place: 'before package' | 'after package'): Attribute[] {
  const attributes: Attribute[] = [];
  while (parser.kind === 'attribute') {
    const attribute = parser.attribute();
    if (place === 'before package' && beforePackage.has(attribute.name)) {
      parser.unsupported(`@${attribute.name}`, attribute.offset);
    }
    attributes.push(attribute);
    parser.separator('}', 'end of file');
  }
  return attributes;
}

function atWord(parser: Parser, word: string): boolean {
  return parser.kind === 'identifier' && parser.lexeme() === word;
}

function isDefinition(ident: Ident): boolean {
  return ident.name.startsWith('#') || ident.name.startsWith('_#');
}

export function parsePackage(parser: Parser): Ident | undefined {
  if (!atWord(parser, 'package')) return undefined;
  parser.advance();
  const name = parser.identifier();
  if (isDefinition(name)) parser.refuse('a definition is no package name', name.offset);
  parser.separator('end of file');
  return name;
}

export function parseImports(parser: Parser): ImportSpec[] {
  const specs: ImportSpec[] = [];
  while (atWord(parser, 'import')) {
    parser.advance();
    if (!parser.at('(')) {
      specs.push(spec(parser));
      parser.separator('end of file');
      continue;
    }
    parser.advance();
    while (!parser.at(')')) {
      specs.push(spec(parser));
      parser.separator(')');
    }
    parser.expect(')');
    parser.separator('end of file');
  }
  return specs;
}

function spec(parser: Parser): ImportSpec {
  const { offset } = parser;
  const name = parser.kind === 'identifier' ? parser.declared() : undefined;
  if (name !== undefined && isDefinition(name)) parser.refuse('a definition is no name of an import', offset);
  if (parser.kind !== 'string') parser.expected('import path');
  const literal = stringLiteral(parser);
  const path = literal.kind === 'string' ? literal.value : new TextDecoder().decode(literal.value);
  if (!isImportPath(path)) parser.refuse('invalid import path', literal.offset);
  return { ...(name === undefined ? {} : { name }), path, offset };
}
