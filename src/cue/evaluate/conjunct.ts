import type { ComprehensionDeclaration, Expression } from '../compile/expression.ts';
import type { Position } from '../value/position.ts';
import type { TopValue } from '../value/value.ts';
import type { Comprehended } from './comprehended.ts';
import type { Context } from './context.ts';
import type { Conjunct, ConjunctNode, Environment, Vertex } from './vertex.ts';

export const TOP: TopValue = { tag: 'top' };

/** What a conjunct contributes: the value of its field, or the comprehension itself. */
export function elementOf(x: ConjunctNode): Expression | ComprehensionDeclaration | Comprehended {
  switch (x.tag) {
    case 'field':
    case 'let-field':
    case 'pattern-field':
    case 'dynamic-field':
      return x.value;
    case 'ellipsis':
      return x.value ?? TOP;
    default:
      return x;
  }
}

/** The expression under fields and comprehensions. */
export function expressionOf(x: ConjunctNode): Expression {
  const element = elementOf(x);
  if (element.tag === 'comprehension') return element.value;
  return element.tag === 'comprehended' ? expressionOf(element.value) : element;
}

export const sameEnvironment = (context: Context, a: Environment, b: Environment): boolean =>
  a === b || (a.up === b.up && context.vertexOf(a) === context.vertexOf(b));

/** A function of the language is one node wherever it is named, as CUE compiles it. */
const sameNode = (x: ConjunctNode, y: ConjunctNode): boolean =>
  x === y || (x.tag === 'function' && y.tag === 'function' && x.body === y.body);

export function findConjunct(
  context: Context,
  conjuncts: readonly Conjunct[],
  c: Conjunct,
): Conjunct | undefined {
  for (const x of conjuncts) if (sameNode(x.x, c.x) && sameEnvironment(context, x.env, c.env)) return x;
  return undefined;
}

export const positionOf = (x: ConjunctNode): Position | undefined => (x.tag === 'vertex' ? undefined : x.at);

/** Where the conjuncts of a vertex stand in the policy. */
export function conjunctPositions(v: Vertex): Position[] {
  const found: Position[] = [];
  for (const c of v.conjuncts) {
    const at = positionOf(c.x);
    if (at !== undefined) found.push(at);
  }
  return found;
}
