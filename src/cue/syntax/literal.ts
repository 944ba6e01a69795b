/** Literals as nodes of the tree. */

import { DecimalError } from '../number/decimal.ts';
import { type NumberMeaning, readNumber } from '../number/literal.ts';
import type { BytesLit, Interpolation, NumberLit, StringLit } from './ast.ts';
import type { Parser } from './parser.ts';
import { decodeBytes, decodeText, quoteOf, type RawLiteral } from './string-literal.ts';

export function numberLiteral(parser: Parser): NumberLit {
  const { offset } = parser;
  const meaning = readBounded(parser);
  if (meaning === undefined) parser.refuse('invalid number', offset);
  parser.advance();
  return { kind: 'number', ...meaning, offset };
}

/** @throws CUE_LIMIT */
function readBounded(parser: Parser): NumberMeaning | undefined {
  try {
    return readNumber(parser.lexeme());
  } catch (error) {
    if (error instanceof DecimalError) parser.limit(error.message);
    throw error;
  }
}

export function stringLiteral(parser: Parser): StringLit | BytesLit {
  return isText(quoteOf(parser.lexeme())) ? textLiteral(parser) : bytesLiteral(parser);
}

const isText = ({ char }: RawLiteral['quote']): boolean => char === 0x22;

/** A string between double quotes, which is the current token. */
export function textLiteral(parser: Parser): StringLit {
  const { offset } = parser;
  const literal = wholeLiteral(parser);
  const { first, quote } = literal;
  const isPlain = quote.count === 1 && quote.hashes === 0 && !first.includes('\\') && !first.includes('\r');
  const [value] = isPlain ? [first.slice(1, -1)] : decodeText(literal);
  return { kind: 'string', value, offset };
}

function bytesLiteral(parser: Parser): BytesLit {
  const { offset } = parser;
  const [value] = decodeBytes(wholeLiteral(parser));
  return { kind: 'bytes', value, offset };
}

function wholeLiteral(parser: Parser): RawLiteral {
  const { offset } = parser;
  const first = parser.lexeme();
  parser.advance();
  return { first, rest: [], quote: quoteOf(first), refuse: (message) => parser.refuse(message, offset) };
}

/** @param expression reads an expression */
export function interpolation(
  parser: Parser,
  expression: (parser: Parser) => Interpolation['expressions'][number],
): Interpolation {
  const { offset } = parser;
  const first = parser.lexeme();
  const rest: string[] = [];
  const expressions = [];
  parser.advance();
  for (let more = true; more; parser.advance()) {
    parser.expect('(');
    expressions.push(expression(parser));
    if (parser.kind !== ')') parser.expected('")" of an interpolation');
    more = parser.scanner.resume();
    rest.push(parser.scanner.lexeme());
  }
  const literal: RawLiteral = {
    first,
    rest,
    quote: quoteOf(first),
    refuse: (message) => parser.refuse(message, offset),
  };
  if (isText(literal.quote)) {
    const strings = decodeText(literal);
    return { kind: 'interpolation', bytes: false, strings, expressions, offset };
  }
  const strings = decodeBytes(literal);
  return { kind: 'interpolation', bytes: true, strings, expressions, offset };
}
