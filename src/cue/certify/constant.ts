/** Fields at a policy's root whose value it gives in full: checks of others rest on just that value. */

import type { StructExpression } from '../compile/expression.ts';
import type { Context } from '../evaluate/context.ts';
import type { Vertex } from '../evaluate/vertex.ts';
import type { Label } from '../value/label.ts';
import { checkOf, listCheck, type Check } from './check.ts';

/** The check of exactly a vertex's value, whatever it was made from; undefined for a struct. */
export function constantCheck(given: Vertex): Check | undefined {
  const v = given.deref();
  if (!v.isList()) return checkOf(v);
  const items = v.arcs.map(constantCheck).filter((check) => check !== undefined);
  return items.length === v.arcs.length ? listCheck(items, undefined) : undefined;
}

/** Whether a document leaves all these fields at the value that the policy gives them. */
export const keepsConstants = (
  context: Context,
  check: Check,
  constants: ReadonlySet<Label>,
  document: StructExpression,
): boolean =>
  document.declarations.every(
    (d) => d.tag === 'field' && (!constants.has(d.label) || check.at?.(d.label)?.(context, d.value) === true),
  );
