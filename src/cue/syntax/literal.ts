/** Literals as nodes of the tree. */

import { DecimalError } from '../number/decimal.ts';
import { type NumberMeaning, readNumber } from '../number/literal.ts';
import type { BytesLit, Interpolation, NumberLit, StringLit } from './ast.ts';
import type { Parser } from './parser.ts';
import { LiteralError, decodeBytes, decodeText, quoteOf } from './string-literal.ts';

/** What `decode` makes of a literal at `offset`. @throws CUE_SYNTAX */
function decoded<T>(parser: Parser, offset: number, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof LiteralError) parser.refuse(error.message, offset);
    throw error;
  }
}

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
  const { offset } = parser;
  const raw = parser.lexeme();
  const quote = quoteOf(raw);
  parser.advance();
  if (
    quote.char === 0x22 &&
    quote.count === 1 &&
    quote.hashes === 0 &&
    !raw.includes('\\') &&
    !raw.includes('\r')
  )
    return { kind: 'string', value: raw.slice(1, -1), offset };
  const literal = { segments: [raw], quote };
  if (quote.char === 0x22) {
    const [value = ''] = decoded(parser, offset, () => decodeText(literal));
    return { kind: 'string', value, offset };
  }
  const [value = new Uint8Array()] = decoded(parser, offset, () => decodeBytes(literal));
  return { kind: 'bytes', value, offset };
}

/** @param expression reads an expression */
export function interpolation(
  parser: Parser,
  expression: (parser: Parser) => Interpolation['expressions'][number],
): Interpolation {
  const { offset } = parser;
  const segments = [parser.lexeme()];
  const expressions = [];
  parser.advance();
  for (let more = true; more; parser.advance()) {
    parser.expect('(');
    expressions.push(expression(parser));
    if (parser.kind !== ')') parser.expected('")" of an interpolation');
    more = parser.scanner.resume();
    segments.push(parser.scanner.lexeme());
  }
  const literal = { segments, quote: quoteOf(segments[0] ?? '') };
  if (literal.quote.char === 0x22) {
    const strings = decoded(parser, offset, () => decodeText(literal));
    return { kind: 'interpolation', bytes: false, strings, expressions, offset };
  }
  const strings = decoded(parser, offset, () => decodeBytes(literal));
  return { kind: 'interpolation', bytes: true, strings, expressions, offset };
}
