import type { EllipsisDeclaration } from '../compile/expression.ts';
import { fromInteger } from '../number/decimal.ts';
import { INT_KIND, LIST_KIND } from '../value/kind.ts';
import { indexLabel } from '../value/label.ts';
import { addBottom, addError } from './bottom.ts';
import { fieldOrigin } from './closedness.ts';
import { yieldAll } from './clauses.ts';
import type { Mode } from './condition.ts';
import type { Context } from './context.ts';
import { optional, updateCyclic } from './cycle.ts';
import { updateKind } from './node-kind.ts';
import { conjunctPositions, TOP } from './conjunct.ts';
import type { NodeState } from './node-state.ts';
import type { Task } from './task.ts';
import type { ConjunctNode, Origin } from './vertex.ts';
import { Environment, MEMBER, ROOT_ORIGIN } from './vertex.ts';

const NOWHERE = new Environment(undefined, undefined);

/** A list literal: its elements, and what may follow them. */
export function runList(context: Context, t: Task, mode: Mode): void {
  const n = t.node;
  const list = t.x;
  const { env } = t;
  if (list?.tag !== 'list' || env === undefined) return;
  updateCyclic(n, t.origin);
  const origin = fieldOrigin(t.origin);
  let index = 0;
  let comprehended = false;
  let ellipsis: EllipsisDeclaration | undefined;

  const insert = (at: Environment, x: ConjunctNode) => {
    context.budget.step();
    context.machine.insertArc(n, indexLabel(index++), MEMBER, { env: at, x, origin }, origin, true);
  };
  for (const element of list.elements) {
    if (element.tag === 'comprehension') {
      comprehended = true;
      const error = yieldAll(context, undefined, env, element.clauses, mode, element.at, (e) =>
        insert(e, element.value),
      );
      if (error !== undefined) {
        addBottom(n, error);
        return;
      }
    } else if (element.tag === 'ellipsis') {
      ellipsis = element;
      const own = optional(origin);
      const from = { tag: 'number', kind: INT_KIND, value: fromInteger(index) } as const;
      context.machine.insertPattern(
        n,
        { tag: 'bound', op: '>=', value: from },
        { env, x: element.value ?? TOP, origin: own },
      );
    } else {
      insert(env, element);
    }
    if (n.listClosed && index > n.listLength) {
      wrongLength(n, n.listLength, index);
      return;
    }
  }

  const closed = ellipsis === undefined;
  if (index < n.listLength) {
    if (closed) {
      wrongLength(n, index, n.listLength);
      return;
    }
  } else if (
    index > n.listLength ||
    (closed && !n.listClosed) ||
    (closed === n.listClosed && !comprehended)
  ) {
    n.listLength = index;
    n.listClosed = closed;
  }
  updateList(n, list, origin, closed);
}

/** A list that is data already. */
export function runListVertex(context: Context, t: Task): void {
  const n = t.node;
  const list = t.x;
  if (list?.tag !== 'vertex') return;
  const elements = list.arcs.filter((a) => a.label.startsWith('i'));
  const closed = list.isClosedList();
  if (elements.length < n.listLength) {
    if (closed) {
      wrongLength(n, elements.length, n.listLength);
      return;
    }
  } else if (elements.length > n.listLength) {
    if (n.listClosed) {
      wrongLength(n, n.listLength, elements.length);
      return;
    }
    n.listClosed = closed;
    n.listLength = elements.length;
  } else if (closed) n.listClosed = true;

  for (const a of elements) {
    if (a.conjuncts.length === 0) {
      context.machine.insertArc(
        n,
        a.label,
        MEMBER,
        { env: NOWHERE, x: a, origin: ROOT_ORIGIN },
        ROOT_ORIGIN,
        true,
      );
    }
    for (const c of a.conjuncts) context.machine.insertArc(n, a.label, MEMBER, c, t.origin, true);
  }
  updateList(n, list, t.origin, closed);
}

function wrongLength(n: NodeState, a: number, b: number): void {
  addError(n, () => `incompatible list lengths (${a} and ${b})`, {
    at: [n.context.at, ...conjunctPositions(n.node)],
  });
}

function updateList(n: NodeState, list: ConjunctNode, origin: Origin, closed: boolean): void {
  if (n.kind === 0) return;
  const base = n.node.base;
  if (base?.tag === 'list-marker') base.open = base.open && !closed;
  else n.node.base = { tag: 'list-marker', open: !closed };
  if (n.kind !== LIST_KIND) updateKind(n, LIST_KIND, list, origin);
}
