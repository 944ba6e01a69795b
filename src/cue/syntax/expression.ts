/** Expressions (specification, "Expressions"): operands, selectors, calls, operators, lists. */

import type {
  Alias,
  Comprehension,
  Expression,
  Ident,
  ListEllipsis,
  ListLit,
  Slice,
  StringLit,
} from './ast.ts';
import { interpolation, numberLiteral, stringLiteral, textLiteral } from './literal.ts';
import { binaryOperator, unaryOperator } from './operator.ts';
import type { Parser } from './parser.ts';
import { keyword } from './token.ts';

export function parseExpression(parser: Parser): Expression {
  return binary(parser, 1);
}

function binary(parser: Parser, precedence: number): Expression {
  parser.enter();
  const x = binaryTail(parser, precedence, unary(parser));
  parser.leave();
  return x;
}

/** What follows an operand as long as its operators bind at least as strongly as `precedence`. */
function binaryTail(parser: Parser, precedence: number, first: Expression): Expression {
  let x = first;
  let links = 0;
  for (;;) {
    const operator = binaryOperator(parser);
    if (operator === undefined || operator.precedence < precedence) break;
    parser.enter();
    links += 1;
    const opOffset = parser.offset;
    parser.advance();
    const y = binary(parser, operator.precedence + 1);
    x = { kind: 'binary', op: operator.op, x, y, offset: first.offset, opOffset };
  }
  if (links > 0) parser.leave(links);
  return x;
}

function unary(parser: Parser): Expression {
  const op = unaryOperator(parser.kind);
  if (op === undefined) return primary(parser);
  const { offset } = parser;
  parser.enter();
  parser.advance();
  const x = unary(parser);
  parser.leave();
  return { kind: 'unary', op, x, offset };
}

function primary(parser: Parser): Expression {
  let x = operand(parser);
  let links = 0;
  for (;;) {
    const more = primaryTail(parser, x);
    if (more === undefined) break;
    parser.enter();
    links += 1;
    x = more;
  }
  if (links > 0) parser.leave(links);
  return x;
}

function primaryTail(parser: Parser, x: Expression): Expression | undefined {
  const kind: string = parser.kind;
  switch (kind) {
    case '.': {
      parser.advance();
      const label = selectorLabel(parser);
      required(parser);
      return { kind: 'selector', x, label, offset: x.offset };
    }
    case '[':
      return indexOrSlice(parser, x);
    case '(':
      return { kind: 'call', fun: x, args: callArguments(parser), offset: x.offset };
    default:
      return undefined;
  }
}

/** A reference may not be marked as optional outside a `try` clause, which is an experiment. */
function required(parser: Parser): void {
  if (parser.kind === '?') parser.refuse('the optional marker "?" needs the experiment try');
}

function operand(parser: Parser): Expression {
  const { offset } = parser;
  const kind: string = parser.kind;
  switch (kind) {
    case 'identifier': {
      const ident = parser.word();
      if (parser.kind === '?' && parser.peek().kind !== ':') required(parser);
      return ident;
    }
    case '{':
      return parser.productions.struct(parser);
    case '[':
      return list(parser);
    case '(': {
      parser.advance();
      const x = parseExpression(parser);
      parser.expect(')');
      return { kind: 'paren', x, offset };
    }
    case '_|_':
      parser.advance();
      return { kind: 'bottom', offset };
    case 'null':
      parser.advance();
      return { kind: 'null', offset };
    case 'true':
    case 'false':
      parser.advance();
      return { kind: 'bool', value: kind === 'true', offset };
    case 'int':
    case 'float':
      return numberLiteral(parser);
    case 'string':
      return stringLiteral(parser);
    case 'interpolation':
      return interpolation(parser, parseExpression);
    default:
      if (keyword(kind) === undefined) parser.expected('operand');
      return parser.word();
  }
}

function selectorLabel(parser: Parser): Ident | StringLit {
  if (parser.kind === 'identifier' || keyword(parser.kind) !== undefined) return parser.word();
  const raw = parser.lexeme();
  // neither "" nor a raw or multi-line string selects
  if (parser.kind !== 'string' || !raw.startsWith('"') || raw.startsWith('""')) parser.expected('selector');
  const literal = textLiteral(parser);
  return { ...literal, value: literal.value.normalize('NFC') };
}

function indexOrSlice(parser: Parser, x: Expression): Expression {
  parser.expect('[');
  if (parser.at(':')) return slice(parser, x, {});
  const index = parseExpression(parser);
  if (parser.at(':')) return slice(parser, x, { low: index });
  parser.expect(']');
  required(parser);
  return { kind: 'index', x, index, offset: x.offset };
}

function slice(parser: Parser, x: Expression, low: Pick<Slice, 'low'>): Slice {
  parser.expect(':');
  const high = parser.at(']') ? {} : { high: parseExpression(parser) };
  parser.expect(']');
  return { kind: 'slice', x, ...low, ...high, offset: x.offset };
}

function callArguments(parser: Parser): Expression[] {
  const args: Expression[] = [];
  parser.expect('(');
  while (parser.kind !== ')') {
    args.push(parseExpression(parser));
    parser.separator(')');
  }
  parser.expect(')');
  return args;
}

function list(parser: Parser): ListLit {
  const { offset } = parser;
  parser.expect('[');
  parser.enter();
  const elements: (Expression | Comprehension)[] = [];
  let alias: Ident | undefined;
  while (parser.kind !== ']' && parser.kind !== '...') {
    const read = element(parser);
    if (read.kind === 'alias') alias = read.ident;
    elements.push(read.kind === 'alias' ? read.x : read);
  }
  const ellipsis = parser.kind === '...' ? listEllipsis(parser) : undefined;
  parser.leave();
  parser.expect(']');
  const node: ListLit = { kind: 'list', elements, ...(ellipsis === undefined ? {} : { ellipsis }), offset };
  if (alias !== undefined) parser.aliased.set(node, alias);
  return node;
}

function listEllipsis(parser: Parser): ListEllipsis {
  const { offset } = parser;
  parser.advance();
  const typed = parser.kind !== ',' && parser.kind !== ']';
  const ellipsis: ListEllipsis = {
    kind: 'ellipsis',
    ...(typed ? { x: parseExpression(parser) } : {}),
    offset,
  };
  parser.separator(']');
  return ellipsis;
}

function element(parser: Parser): Expression | Comprehension | Alias {
  let first: Expression;
  if (parser.kind === 'for' || parser.kind === 'if') {
    const read = parser.productions.comprehension(parser);
    if (read.kind === 'comprehension') {
      parser.separator(']');
      return read;
    }
    first = read;
  } else {
    first = unary(parser);
  }
  const x = parseAlias(parser, binaryTail(parser, 1, first));
  // unlike after a declaration a comma must be written, but after the last element
  const { implied } = parser;
  parser.separator(']');
  if (implied && parser.kind !== ']') parser.expected('"," before the newline');
  return x;
}

/** `X=expression`, or the expression alone. */
export function parseAlias(parser: Parser, x: Expression): Expression | Alias {
  if (parser.kind !== '=') return x;
  parser.advance();
  const value = parseExpression(parser);
  if (x.kind !== 'ident') parser.refuse('only an identifier names an alias', x.offset);
  return { kind: 'alias', ident: parser.declares(x), x: value, offset: x.offset };
}
