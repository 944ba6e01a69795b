import type { Label } from '../value/label.ts';
import { isDefinition, isHidden, isIndex, isLet, isString, labelIndex, labelText } from '../value/label.ts';
import { LIST_KIND, STRUCT_KIND, BOTTOM_KIND } from '../value/kind.ts';
import type { Position } from '../value/position.ts';
import type { Bottom } from '../value/value.ts';
import { EVALUATION, INCOMPLETE } from '../value/value.ts';
import { bottomOf, isCyclePlaceholder } from './bottom.ts';
import { kindOf } from './concreteness.ts';
import type { Context } from './context.ts';
import { matchesPattern } from './match-pattern.ts';
import type { Vertex } from './vertex.ts';

/** A field that is not there: incomplete where it may yet come, else an error. Recorded. */
export function missingField(context: Context, v: Vertex, at: Position | undefined, label: Label): Bottom {
  return report(context, v, at, label, () =>
    isIndex(label)
      ? `index out of range [${labelIndex(label)}] with length ${v.arcs.filter((a) => isIndex(a.label)).length}`
      : `undefined field: ${labelText(label)}`,
  );
}

export function fieldCycle(context: Context, v: Vertex, label: Label): Bottom {
  return report(context, v, context.at, label, () => `cyclic reference to field ${labelText(label)}`);
}

function report(
  context: Context,
  v: Vertex,
  at: Position | undefined,
  label: Label,
  message: () => string,
): Bottom {
  const own = v.bottom();
  let code = INCOMPLETE;
  if (own !== undefined && !isCyclePlaceholder(own)) code = own.code;
  else if (!accepts(context, v, label)) code = EVALUATION;
  const b = bottomOf(code, v, message, { at: [at] });
  context.add(b);
  return b;
}

/** Whether a field could come to a vertex. */
function accepts(context: Context, given: Vertex, label: Label): boolean {
  if (isDefinition(label) || isHidden(label) || isLet(label)) return true;
  const v = given.deref();
  const base = v.base;
  if (base?.tag === 'disjunction') {
    return base.values.some((x) => x.tag === 'vertex' && accepts(context, x, label));
  }
  const kind = kindOf(v);
  if (isIndex(label)) {
    if (base?.tag !== 'list-marker') return (kind & LIST_KIND) !== 0;
    return labelIndex(label) < v.arcs.filter((a) => isIndex(a.label)).length || base.open;
  }
  if ((kind & STRUCT_KIND) === 0 && isString(label) && (kind !== BOTTOM_KIND || v.structs.length === 0))
    return false;
  if (v.isOpenStruct() || v.arc(label) !== undefined) return true;
  return (v.patterns ?? []).some((p) => matchesPattern(context, p.pattern, label));
}
