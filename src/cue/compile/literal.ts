/** Literals: values as they are written. */

import type * as ast from '../syntax/ast.ts';
import { FLOAT_KIND, INT_KIND } from '../value/kind.ts';
import { LITERAL_BOTTOM, type Value } from '../value/value.ts';
import type { Compiler } from './compiler.ts';
import type { Expression, InterpolationExpression } from './expression.ts';

export type Literal =
  ast.StringLit | ast.BytesLit | ast.NumberLit | ast.BoolLit | ast.NullLit | ast.BottomLit;

/** `_|_` stays a value: it is an error only where it is evaluated. */
export const compileLiteral = (compiler: Compiler, x: Literal): Value => {
  const at = compiler.at(x.offset);
  switch (x.kind) {
    case 'string':
      return { tag: 'string', value: x.value, at };
    case 'bytes':
      return { tag: 'bytes', value: x.value, at };
    case 'number':
      return { tag: 'number', kind: x.int ? INT_KIND : FLOAT_KIND, value: x.value, at };
    case 'bool':
      return { tag: 'bool', value: x.value, at };
    case 'null':
      return { tag: 'null', at };
    case 'bottom':
    default:
      return {
        tag: 'bottom',
        code: LITERAL_BOTTOM,
        issues: [{ message: () => 'explicit error (_|_ literal) in source', vertex: undefined, at: [at] }],
        node: undefined,
        hasRecursive: false,
        childError: false,
        closeCheck: false,
        at,
      };
  }
};

export const compileInterpolation = (compiler: Compiler, x: ast.Interpolation): InterpolationExpression => {
  const at = compiler.at(x.offset);
  const literals: readonly Value[] = x.bytes
    ? x.strings.map((value) => ({ tag: 'bytes', value, at }))
    : x.strings.map((value) => ({ tag: 'string', value, at }));
  const parts: Expression[] = [];
  for (const [i, literal] of literals.entries()) {
    parts.push(literal);
    const next = x.expressions[i];
    if (next !== undefined) parts.push(compiler.expression(next));
  }
  return { tag: 'interpolation', bytes: x.bytes, parts, at };
};
