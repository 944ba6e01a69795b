import type { Expression, Resolver } from '../compile/expression.ts';

/** Whether an expression points to a vertex. */
export const isResolver = (x: Expression): x is Resolver => {
  switch (x.tag) {
    case 'field-reference':
    case 'value-reference':
    case 'dynamic-reference':
    case 'import-reference':
    case 'let-reference':
    case 'selector':
    case 'index':
      return true;
    default:
      return false;
  }
};
