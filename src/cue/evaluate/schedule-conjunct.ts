import type { BuiltinCallExpression, Expression } from '../compile/expression.ts';
import { LIST_KIND, STRUCT_KIND, TOP_KIND } from '../value/kind.ts';
import { isString } from '../value/label.ts';
import { elementOf } from './conjunct.ts';
import { embeddedOrigin, fieldOrigin, structOrigin, updateInfo } from './closedness.ts';
import { markNonCyclic, optional, updateCyclic } from './cycle.ts';
import { scheduleDisjunction } from './disjunction-task.ts';
import { insertValue } from './insert-value.ts';
import type { NodeState } from './node-state.ts';
import { HAS_ELLIPSIS, HAS_STRUCT, IS_DEFAULT, MAYBE_DEFAULT, NOT_DEFAULT } from './node-state.ts';
import { updateKind } from './node-kind.ts';
import { scheduleTask } from './scheduler.ts';
import { scheduleVertexConjuncts } from './schedule-vertex.ts';
import { unshare } from './sharing.ts';
import { DYNAMIC, EXPRESSION, LIST, PATTERN, RESOLVER } from './tasks.ts';
import type { Conjunct, Origin } from './vertex.ts';
import { Environment, IS_CYCLIC, MEMBER, OPTIONAL, REQUIRED } from './vertex.ts';
import type { Presence, StructExpression } from '../compile/expression.ts';

const arcTypeOf = (presence: Presence): 0 | 1 | 2 =>
  presence === 'regular' ? MEMBER : presence === 'required' ? REQUIRED : OPTIONAL;

/** Splits a conjunct into its parts: what is literal goes into the vertex, the rest becomes tasks. Runs nothing. */
export function scheduleConjunct(n: NodeState, c: Conjunct, origin: Origin): void {
  n.context.budget.step();
  if (c.origin.fromDefinition) n.node.closedRecursive = true;
  markNonCyclic(n, origin);
  const { env } = c;
  const x = elementOf(c.x);

  switch (x.tag) {
    case 'vertex':
      if (x.holdsData()) {
        unshare(n);
        insertValue(n, env, x, origin);
      } else {
        scheduleVertexConjuncts(n, c, x, origin);
      }
      return;
    case 'binary':
      if (x.op === '&') {
        scheduleConjunct(n, { env, x: x.x, origin }, origin);
        scheduleConjunct(n, { env, x: x.y, origin }, origin);
        return;
      }
      unshare(n);
      scheduleTask(n, EXPRESSION, env, x, origin);
      return;
    case 'struct':
      unshare(n);
      scheduleStruct(n, env, x, origin);
      return;
    case 'list':
      unshare(n);
      updateCyclic(n, origin);
      updateKind(n, LIST_KIND, x, origin);
      scheduleTask(n, LIST, new Environment(env, n.node), x, origin);
      return;
    case 'disjunction-expression': {
      unshare(n);
      const own = optional(origin);
      const mode = (marked: boolean) => (x.marked ? (marked ? IS_DEFAULT : NOT_DEFAULT) : MAYBE_DEFAULT);
      scheduleDisjunction(n, {
        env,
        origin: own,
        hole: ++n.context.holes,
        disjuncts: x.disjuncts.map((d) => ({ value: d.value, error: undefined, mode: mode(d.default) })),
      });
      updateInfo(n, TOP_KIND, own, 0);
      return;
    }
    case 'comprehension':
    case 'comprehended':
      n.context.machine.insertComprehension(n, env, x, origin);
      return;
    case 'field-reference':
    case 'value-reference':
    case 'dynamic-reference':
    case 'import-reference':
    case 'let-reference':
    case 'selector':
    case 'index':
      scheduleTask(n, RESOLVER, env, x, origin);
      return;
    case 'call':
      unshare(n);
      // A call could recurse for ever: it waits until something that is not cyclic comes.
      if (origin.cycle === IS_CYCLIC && !n.hasNonCycle && !n.hasNonCyclic && callRefers(x)) {
        n.hasAncestorCycle = true;
        n.cyclic.push({ conjunct: c, arc: undefined });
        return;
      }
      scheduleTask(n, EXPRESSION, env, x, origin);
      return;
    case 'label-reference':
    case 'slice':
    case 'interpolation':
    case 'unary':
    case 'bound-expression':
      unshare(n);
      scheduleTask(n, EXPRESSION, env, x, origin);
      return;
    default:
      insertValue(n, env, x, origin);
  }
}

const callRefers = (x: BuiltinCallExpression): boolean => x.args.some(refers);

/** Whether an expression contains a reference, as far as can be told without evaluation. */
function refers(x: Expression): boolean {
  switch (x.tag) {
    case 'null':
    case 'bool':
    case 'number':
    case 'string':
    case 'bytes':
    case 'top':
    case 'type':
    case 'bound':
    case 'conjunction':
    case 'disjunction':
    case 'function':
    case 'validator':
    case 'bottom':
    case 'vertex':
      return false;
    case 'binary':
      return refers(x.x) || refers(x.y);
    case 'unary':
      return refers(x.x);
    case 'call':
      return callRefers(x);
    case 'list':
      return x.elements.some((e) => e.tag !== 'comprehension' && e.tag !== 'ellipsis' && refers(e));
    default:
      return true;
  }
}

function scheduleStruct(n: NodeState, env: Environment, s: StructExpression, given: Origin): void {
  const { machine } = n.context;
  updateCyclic(n, given);
  updateInfo(n, STRUCT_KIND, given, HAS_STRUCT);
  // Here references get their meaning: what stands in the struct resolves in the vertex that it is unified into.
  const child = new Environment(env, n.node);
  n.hasStruct = true;
  n.context.counted.add(s);
  addStruct(n, s);

  let embeds = s.embeds;
  const origin = s.embeds && !s.comprehension ? structOrigin(n, s, given) : given;
  let ellipsis = false;

  for (const d of s.declarations) {
    switch (d.tag) {
      case 'field': {
        if (d.presence === 'regular' && isString(d.label)) {
          n.aStruct = true;
          updateKind(n, STRUCT_KIND, s, origin);
        }
        const field = fieldOrigin(origin);
        const own = d.presence === 'optional' ? optional(field) : field;
        machine.insertArc(n, d.label, arcTypeOf(d.presence), { env: child, x: d, origin: own }, own, true);
        break;
      }
      case 'let-field': {
        const own = fieldOrigin(origin);
        machine.insertArc(n, d.label, MEMBER, { env: child, x: d, origin: own }, own, true);
        break;
      }
      case 'comprehension':
        machine.insertComprehension(n, child, d, embeddedOrigin(n, d, origin));
        embeds = true;
        break;
      case 'ellipsis':
        ellipsis = true;
        break;
      case 'dynamic-field':
        if (d.presence === 'regular') {
          n.aStruct = true;
          updateKind(n, STRUCT_KIND, s, origin);
        }
        scheduleTask(n, DYNAMIC, child, d, fieldOrigin(origin));
        break;
      case 'pattern-field':
        scheduleTask(n, PATTERN, child, d, optional(fieldOrigin(origin)));
        break;
      default: {
        const own = embeddedOrigin(n, d, origin);
        scheduleConjunct(n, { env: child, x: d, origin: own }, own);
        embeds = true;
      }
    }
  }
  if (ellipsis) {
    n.node.hasEllipsis = true;
    updateInfo(n, TOP_KIND, origin, HAS_ELLIPSIS);
  }
  if (!embeds) {
    n.aStruct = true;
    updateKind(n, STRUCT_KIND, s, origin);
  }
}

function addStruct(n: NodeState, s: StructExpression): void {
  if (!n.node.structs.some((info) => info.struct === s)) n.node.structs.push({ struct: s });
}
