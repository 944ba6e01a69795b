/** Operators and how strongly they bind (specification, "Operator precedence"). */

import type { BinaryOp, UnaryOp } from './ast.ts';
import type { Parser } from './parser.ts';
import type { TokenKind } from './token.ts';

type BinaryOperator = { readonly op: BinaryOp; readonly precedence: number };

const levels: readonly (readonly BinaryOp[])[] = [
  ['|'],
  ['&'],
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>=', '=~', '!~'],
  ['+', '-'],
  ['*', '/', 'div', 'mod', 'quo', 'rem'],
];
const binaryByText: ReadonlyMap<string, BinaryOperator> = new Map(
  levels.flatMap((ops, i) => ops.map((op) => [op, { op, precedence: i + 1 }] as const)),
);
const unaryOps: readonly UnaryOp[] = ['+', '-', '!', '*', '<', '<=', '>', '>=', '==', '!=', '=~', '!~'];
const unaryByText: ReadonlyMap<string, UnaryOp> = new Map(unaryOps.map((op) => [op, op]));

/** The binary operator the current token is after an operand; `div`, `mod`, `quo` and `rem` are names elsewhere. */
export function binaryOperator(parser: Parser): BinaryOperator | undefined {
  return binaryByText.get(parser.kind === 'identifier' ? parser.lexeme() : parser.kind);
}

export function unaryOperator(kind: TokenKind): UnaryOp | undefined {
  return unaryByText.get(kind);
}
