/** Unary and binary operators, bounds and disjunctions. */

import type * as ast from '../syntax/ast.ts';
import type { Compiler } from './compiler.ts';
import type { DisjunctionExpression, Expression } from './expression.ts';

export const compileUnary = (compiler: Compiler, { op, x, offset }: ast.Unary): Expression => {
  const at = compiler.at(offset);
  switch (op) {
    case '+':
    case '-':
    case '!':
      return { tag: 'unary', op, x: compiler.expression(x), at };
    case '*':
      return compiler.refuse(offset, 'preference mark not allowed at this position');
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
    case '!=':
    case '=~':
    case '!~':
    default:
      return { tag: 'bound-expression', op, x: compiler.expression(x), at };
  }
};

export const compileBinary = (compiler: Compiler, binary: ast.Binary): Expression => {
  const { op } = binary;
  if (op === '|') return disjunction(compiler, binary);
  const x = compiler.expression(binary.x);
  const y = compiler.expression(binary.y);
  if (op !== '&') {
    assertConcretePossible(compiler, binary.x, x, op);
    assertConcretePossible(compiler, binary.y, y, op);
  }
  return { tag: 'binary', op, x, y, at: compiler.at(binary.opOffset) };
};

const disjunction = (compiler: Compiler, binary: ast.Binary): DisjunctionExpression => {
  const disjuncts: { value: Expression; default: boolean }[] = [];
  let marked = false;
  const add = (x: ast.Expression, mark: boolean): void => {
    if (x.kind === 'binary' && x.op === '|') {
      add(x.x, mark);
      add(x.y, mark);
    } else if (x.kind === 'unary' && x.op === '*') {
      marked = true;
      add(x.x, true);
    } else {
      disjuncts.push({ value: compiler.expression(x), default: mark });
    }
  };
  add(binary, false);
  return { tag: 'disjunction-expression', disjuncts, marked, at: compiler.at(binary.opOffset) };
};

/** What can never become concrete. */
const NEVER_CONCRETE: ReadonlySet<Expression['tag']> = new Set([
  'bound-expression',
  'top',
  'type',
  'conjunction',
]);

const assertConcretePossible = (
  compiler: Compiler,
  syntax: ast.Expression,
  x: Expression,
  op: string,
): void => {
  if (NEVER_CONCRETE.has(x.tag))
    compiler.refuse(syntax.offset, `invalid operand ('${op}' requires concrete value)`);
};
