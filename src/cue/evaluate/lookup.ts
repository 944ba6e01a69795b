import type { Label } from '../value/label.ts';
import { labelText } from '../value/label.ts';
import type { Position } from '../value/position.ts';
import { INCOMPLETE } from '../value/value.ts';
import { bottomOf, combine } from './bottom.ts';
import type { Flags } from './condition.ts';
import { ARC_TYPE_KNOWN, ATTEMPT, FIELD_SET_KNOWN, FINALIZE, NEED_TASKS_DONE, YIELD } from './condition.ts';
import type { Context } from './context.ts';
import { missingField } from './lookup-error.ts';
import type { NodeState } from './node-state.ts';
import { meets, process } from './scheduler.ts';
import { completeNodeTasks, completePending, getState } from './state.ts';
import { EVALUATING, MEMBER, NOT_PRESENT, OPTIONAL, PENDING, REQUIRED, Vertex } from './vertex.ts';

const rootOf = (v: Vertex): Vertex => {
  let root = v;
  while (root.parent !== undefined) root = root.parent;
  return root;
};

/** A field of a vertex; where it is not there, and cannot come, an error is recorded. */
export function lookup(
  context: Context,
  given: Vertex,
  at: Position | undefined,
  label: Label,
  flags: Flags,
): Vertex | undefined {
  context.budget.step();
  const v = given.deref();
  const state = getState(context, v);
  if (state !== undefined) {
    addForeignError(context, state, v);
    completeNodeTasks(state, ATTEMPT);
  }

  const found = v.arc(label);
  let arc: Vertex;
  let arcState: NodeState | undefined;
  if (found !== undefined) {
    arc = found.derefNonRooted();
    if (arc.arcType === MEMBER) return found;
    arcState = getState(context, arc);
  } else if (state === undefined || meets(state, NEED_TASKS_DONE)) {
    missingField(context, v, at, label);
    return undefined;
  } else {
    // It may yet come: whoever adds it finds it pending.
    arc = new Vertex(state.node, label);
    arc.arcType = PENDING;
    v.arcs.push(arc);
    arcState = getState(context, arc);
  }

  if (arcState !== undefined && (!meets(arcState, NEED_TASKS_DONE) || !meets(arcState, ARC_TYPE_KNOWN))) {
    if (!settle(context, arc, arcState, flags)) return found;
  }
  return judge(context, v, at, label, arc, found);
}

/** Finds out whether a field is there, as far as the mode goes; false: it stays open. */
function settle(context: Context, arc: Vertex, arcState: NodeState, flags: Flags): boolean {
  completePending(arcState, ATTEMPT);
  completeNodeTasks(arcState, YIELD);
  const needs = flags.condition | ARC_TYPE_KNOWN;
  switch (flags.mode) {
    case YIELD:
      process(arcState, needs, YIELD);
      return true;
    case FINALIZE:
      if (needs === (ARC_TYPE_KNOWN | FIELD_SET_KNOWN)) {
        context.machine.unify(context, arc, needs, FINALIZE, false);
      } else if (!context.machine.unify(context, arc, needs, ATTEMPT, false)) {
        process(arcState, needs, YIELD);
      }
      if (arc.arcType === PENDING) arc.arcType = NOT_PRESENT;
      return true;
    default:
      return arc.arcType !== PENDING;
  }
}

function judge(
  context: Context,
  v: Vertex,
  at: Position | undefined,
  label: Label,
  arc: Vertex,
  found: Vertex | undefined,
): Vertex | undefined {
  switch (arc.arcType) {
    case MEMBER:
      return found;
    case REQUIRED:
      context.add(bottomOf(INCOMPLETE, v, () => `required field missing: ${labelText(label)}`, { at: [at] }));
      return found;
    case OPTIONAL:
      context.add(
        bottomOf(INCOMPLETE, v, () => `cannot reference optional field: ${labelText(label)}`, { at: [at] }),
      );
      return undefined;
    case PENDING:
      // CUE gives up where this is still open
      throw context.budget.fault();
    case NOT_PRESENT:
      missingField(context, v, at, label);
      return undefined;
  }
}

/** An error of another package is not found by evaluating this one. */
function addForeignError(context: Context, state: NodeState, v: Vertex): void {
  const any =
    v.childErrors !== undefined ||
    (v.isFinal() && v.status > EVALUATING && v.bottom() !== undefined) ||
    context.errors !== undefined ||
    state.errors !== undefined;
  if (!any) return;
  state.errors = combine(state.errors, context.takeErrors());
  const err = state.errors;
  if (err?.node !== undefined && rootOf(err.node) !== rootOf(v)) context.add(err);
}
