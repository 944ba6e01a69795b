import { isDefinition } from '../value/label.ts';
import type { Value } from '../value/value.ts';
import { scopeOrigin } from './closedness.ts';
import type { Context } from './context.ts';
import { getBareState, getState } from './state.ts';
import { Environment, Vertex } from './vertex.ts';

/**
 * Two values unified and evaluated, each with its own closedness.
 *
 * @param begin is given the vertex before it is evaluated
 */
export function unifyValues(context: Context, a: Value, b: Value, begin?: (v: Vertex) => void): Vertex {
  const around = context.vertex;
  const v = new Vertex(around?.parent, around?.label ?? '');
  begin?.(v);
  add(context, v, a);
  add(context, v, b);
  const s = getState(context, v);
  if (s !== undefined) {
    s.dropParentRequirements = true;
    if (around?.state !== undefined) s.hasNonCyclic = around.state.hasNonCyclic;
  }
  context.machine.finalize(context, v);
  return v;
}

function add(context: Context, v: Vertex, value: Value): void {
  let origin = { ...context.origin, fromDefinition: false };
  if (value.tag === 'vertex') {
    const n = getBareState(context, v);
    if (n !== undefined) origin = { ...scopeOrigin(n, origin) };
    for (let p: Vertex | undefined = value; p !== undefined; p = p.parent) {
      if (!isDefinition(p.label)) continue;
      origin = { ...origin, topDefinition: true };
      break;
    }
  }
  v.conjuncts.push({ env: new Environment(undefined, undefined), x: value, origin });
}
