import { LIST_KIND, STRUCT_KIND, TOP_KIND } from '../value/kind.ts';
import type { BoundValue, DisjunctionValue, ValidatorValue, Value } from '../value/value.ts';
import { addBottom } from './bottom.ts';
import { simplifyBounds, simplifyValidator } from './bounds.ts';
import { addReference, updateInfo } from './closedness.ts';
import { kindOf } from './concreteness.ts';
import { SCALAR_KNOWN } from './condition.ts';
import { optional, updateCyclic } from './cycle.ts';
import { scheduleDisjunction } from './disjunction-task.ts';
import { bareValidator } from './functions.ts';
import { reportConflict, updateKind } from './node-kind.ts';
import type { NodeState } from './node-state.ts';
import { HAS_OPEN_VALIDATOR, HAS_TOP, IS_DEFAULT, MAYBE_DEFAULT, NOT_DEFAULT } from './node-state.ts';
import { holds } from './operate.ts';
import { scheduleTask, signal } from './scheduler.ts';
import { scheduleVertexConjuncts } from './schedule-vertex.ts';
import { unshare } from './sharing.ts';
import { LIST_VERTEX } from './tasks.ts';
import type { Origin, Vertex } from './vertex.ts';
import { Environment, MEMBER } from './vertex.ts';

const NOWHERE = new Environment(undefined, undefined);

/** Unifies an evaluated value into a vertex. */
export function insertValue(n: NodeState, env: Environment, value: Value, origin: Origin): void {
  if (value.tag === 'vertex') {
    insertVertex(n, env, value, origin);
    return;
  }
  if (value.tag === 'bottom') {
    unshare(n);
    addBottom(n, value);
    return;
  }
  if (value.tag === 'function') {
    unshare(n);
    const validator = bareValidator(value);
    if (validator !== undefined) {
      insertValue(n, env, validator, origin);
      return;
    }
  }
  if (!updateKind(n, kindOf(value), value, origin)) return;

  switch (value.tag) {
    case 'disjunction':
      insertDisjunction(n, env, value, origin);
      break;
    case 'conjunction':
      for (const x of value.values) insertValue(n, env, x, origin);
      break;
    case 'top':
      updateCyclic(n, origin);
      n.hasTop = true;
      updateInfo(n, TOP_KIND, origin, HAS_TOP);
      break;
    case 'type':
      unshare(n);
      updateCyclic(n, origin);
      if (value.kind !== TOP_KIND) updateInfo(n, TOP_KIND, origin, HAS_TOP);
      break;
    case 'bound':
      if (insertBound(n, env, value, origin)) return;
      break;
    case 'validator':
      if (insertValidator(n, env, value, origin)) return;
      break;
    default:
      insertScalar(n, value, origin);
  }
  joinBounds(n, env, origin);
}

function insertVertex(n: NodeState, env: Environment, x: Vertex, given: Origin): void {
  let origin = given;
  if (x.closedOnce) {
    n.node.closedOnce = true;
    if (!x.isFromDisjunction()) origin = addReference(n, x, origin, false);
  } else if (x.closedRecursive) {
    n.node.closedRecursive = true;
    if (!x.isFromDisjunction()) origin = addReference(n, x, origin, false);
  }
  if (x.base?.tag === 'struct-marker') {
    n.aStruct = true;
    updateKind(n, STRUCT_KIND, x, origin);
  }
  if (!x.holdsData()) {
    updateCyclic(n, origin);
    scheduleVertexConjuncts(n, { env, x, origin }, x, origin);
    return;
  }
  const base = x.base;
  if (base === undefined) throw new Error('a vertex of data without a value');
  if (base.tag === 'list-marker') {
    updateCyclic(n, origin);
    scheduleTask(n, LIST_VERTEX, env, x, origin);
  } else if (base.tag === 'struct-marker') {
    for (const a of x.arcs) {
      if (a.arcType !== MEMBER) continue;
      n.context.machine.insertArc(n, a.label, a.arcType, { env: NOWHERE, x: a, origin }, origin, true);
    }
    n.node.structs.push(...x.structs);
  } else {
    insertValue(n, env, base, origin);
  }
}

function insertDisjunction(n: NodeState, env: Environment, value: DisjunctionValue, given: Origin): void {
  updateCyclic(n, given);
  unshare(n);
  const mode = (i: number) =>
    value.marked ? (i < value.defaults ? IS_DEFAULT : NOT_DEFAULT) : MAYBE_DEFAULT;
  scheduleDisjunction(n, {
    env,
    origin: optional(given),
    hole: ++n.context.holes,
    disjuncts: value.values.map((d, i) => ({ value: d, error: undefined, mode: mode(i) })),
  });
}

/** Whether the value is dealt with, so that bounds need not be joined. */
function insertBound(n: NodeState, env: Environment, x: BoundValue, origin: Origin): boolean {
  const { context } = n;
  unshare(n);
  updateCyclic(n, origin);
  switch (x.op) {
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const lower = x.op === '>' || x.op === '>=';
      const y = lower ? n.lower : n.upper;
      const joined = y === undefined ? undefined : simplifyBounds(context, n.kind, x, y);
      if (joined !== undefined) {
        if (lower) n.lower = undefined;
        else n.upper = undefined;
        insertValue(n, env, joined, origin);
        return true;
      }
      if (lower) n.lower = x;
      else n.upper = x;
      return false;
    }
    case '==':
    case '!=':
      updateInfo(n, TOP_KIND, origin, HAS_OPEN_VALIDATOR | HAS_TOP);
      break;
    case '=~':
    case '!~':
      break;
  }
  let covered = false;
  n.checks = n.checks.filter((c) => {
    if (c.x.tag !== 'bound') return true;
    const simpler = simplifyBounds(context, n.kind, x, c.x);
    if (simpler === c.x) covered = true;
    return simpler === c.x || simpler !== x;
  });
  if (!covered) n.checks.push({ env, x, origin });
  return true;
}

function insertValidator(n: NodeState, env: Environment, x: ValidatorValue, origin: Origin): boolean {
  unshare(n);
  const check = { env, x, origin };
  const kind = kindOf(x);
  if ((kind & (LIST_KIND | STRUCT_KIND)) !== 0) {
    updateInfo(n, TOP_KIND, origin, x.function.nonConcrete ? HAS_OPEN_VALIDATOR | HAS_TOP : HAS_TOP);
  }
  for (let i = 0; i < n.checks.length; i++) {
    const known = n.checks[i];
    if (known?.x.tag !== 'validator' || !simplifyValidator(n.context, x, known.x)) continue;
    if (n.checks.length > 0) n.checks[i] = check;
    return true;
  }
  n.checks.push(check);
  if (kind === TOP_KIND) n.hasTop = true;
  updateKind(n, kind, x, origin);
  return false;
}

function insertScalar(n: NodeState, value: Value, origin: Origin): void {
  unshare(n);
  updateCyclic(n, origin);
  const known = n.scalar;
  if (known !== undefined) {
    if (!holds(n.context, '==', known, value)) reportConflict(n, known, value, kindOf(known), kindOf(value));
    return;
  }
  n.scalar = value;
  signal(n, SCALAR_KNOWN);
}

/** A lower and an upper bound that leave one value, or none, become that. */
function joinBounds(n: NodeState, env: Environment, origin: Origin): void {
  if (n.lower === undefined || n.upper === undefined) return;
  const joined = simplifyBounds(n.context, n.kind, n.lower, n.upper);
  if (joined === undefined) return;
  n.lower = undefined;
  n.upper = undefined;
  insertValue(n, env, joined, origin);
}
