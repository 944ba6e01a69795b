/** Comprehensions (specification, "Comprehensions"). */

import type { Comprehension, ForClause, Ident, IfClause, LetClause } from './ast.ts';
import { parseExpression } from './expression.ts';
import type { Parser } from './parser.ts';

type Clause = ForClause | IfClause | LetClause;

/** A comprehension at `for` or `if`, or that word where it is a label. */
export function parseComprehension(parser: Parser): Comprehension | Ident {
  const { offset } = parser;
  const clauses: Clause[] = [];
  for (;;) {
    const read = clause(parser, clauses.length === 0);
    if (read === undefined) break;
    if (read.kind === 'ident') return read;
    clauses.push(read);
    if (parser.kind === ',') parser.advance();
  }
  const value = parser.productions.struct(parser);
  const { kind } = parser;
  if (kind === 'else' || kind === 'fallback' || kind === 'otherwise') {
    parser.refuse(`an "${kind}" clause needs the experiment try`);
  }
  return { kind: 'comprehension', clauses, value, offset };
}

function clause(parser: Parser, first: boolean): Clause | Ident | undefined {
  const kind: string = parser.kind;
  switch (kind) {
    case 'for':
      return forClause(parser, first);
    case 'if':
      return ifClause(parser, first);
    case 'let':
      return letClause(parser);
    case 'try':
      return parser.refuse('a "try" clause needs the experiment try');
    default:
      return undefined;
  }
}

/** What follows a keyword that stands as a label or an embedded name. */
function namesField(parser: Parser): boolean {
  const { kind } = parser;
  return kind === ':' || kind === '=' || kind === '?' || kind === ',' || kind === 'end of file';
}

function forClause(parser: Parser, first: boolean): ForClause | Ident {
  const word = parser.word();
  if (first && (namesField(parser) || parser.kind === '!')) return word;
  const ident = parser.declared();
  const second = parser.kind === ',';
  if (second) parser.advance();
  const value = second ? parser.declared() : ident;
  parser.expect('in');
  const source = parseExpression(parser);
  return { kind: 'for', ...(second ? { key: ident } : {}), value, source, offset: word.offset };
}

function ifClause(parser: Parser, first: boolean): IfClause | Ident {
  const word = parser.word();
  if (first && namesField(parser)) return word;
  if (first && parser.kind === '!') {
    const next = parser.peek();
    // a comment before the colon hides it
    if (next.kind === ':' && !next.afterComment) return word;
  }
  return { kind: 'if', condition: parseExpression(parser), offset: word.offset };
}

/** `let x = expression` */
export function letClause(parser: Parser): LetClause {
  const { offset } = parser;
  parser.expect('let');
  const ident = parser.declared();
  parser.expect('=');
  return { kind: 'let', ident, x: parseExpression(parser), offset };
}
