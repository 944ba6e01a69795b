import type { Expression } from '../compile/expression.ts';

/**
 * Whether an expression's value is the same whatever the document holds, in a policy none of whose references points
 * to a field that a document can change.
 */
export function isStable(x: Expression): boolean {
  switch (x.tag) {
    case 'null':
    case 'bool':
    case 'number':
    case 'string':
    case 'bytes':
    case 'top':
    case 'type':
    case 'bound':
    case 'function':
    case 'validator':
    case 'field-reference':
    case 'let-reference':
      return true;
    case 'selector':
      return x.x.tag === 'import-reference';
    case 'bound-expression':
    case 'unary':
      return isStable(x.x);
    case 'binary':
      return isStable(x.x) && isStable(x.y);
    case 'interpolation':
      return x.parts.every(isStable);
    case 'call':
      return isStable(x.fun) && x.args.every(isStable);
    case 'disjunction-expression':
      return x.disjuncts.every(({ value }) => isStable(value));
    case 'list':
      return x.elements.every((e) => e.tag !== 'comprehension' && e.tag !== 'ellipsis' && isStable(e));
    default:
      return false;
  }
}

/** Of a stable expression: whether any of its alternatives or operands is a reference. */
export function mayRefer(x: Expression): boolean {
  switch (x.tag) {
    case 'field-reference':
    case 'let-reference':
      return true;
    case 'binary':
      return mayRefer(x.x) || mayRefer(x.y);
    case 'disjunction-expression':
      return x.disjuncts.some(({ value }) => mayRefer(value));
    default:
      return false;
  }
}
