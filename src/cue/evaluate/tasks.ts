import { addBottom, addError, bottomOf, combine } from './bottom.ts';
import { concreteness, CONCRETE } from './concreteness.ts';
import {
  FIELD_CONJUNCT,
  FIELD_CONJUNCTS_KNOWN,
  FIELD_SET_KNOWN,
  GENERIC_CONJUNCT,
  GENERIC_DISJUNCTION,
  PENDING_KNOWN,
  SCALAR_KNOWN,
  SCALAR_VALUE,
  TASKS_COMPLETED,
  VALUE_KNOWN,
  YIELD,
} from './condition.ts';
import { detectCycle } from './cycle.ts';
import { describe } from './describe.ts';
import { labelOf } from './label-of.ts';
import type { Runner } from './task.ts';
import type { Presence, Resolver } from '../compile/expression.ts';
import { expressionOf } from './conjunct.ts';
import { isResolver } from './is-resolver.ts';
import type { ConjunctNode } from './vertex.ts';
import { INCOMPLETE, STRUCTURAL_CYCLE } from '../value/value.ts';
import { isIndex } from '../value/label.ts';
import { IS_CYCLIC, MEMBER, OPTIONAL, REQUIRED } from './vertex.ts';
import { unshare } from './sharing.ts';
import { runList, runListVertex } from './list-task.ts';

const isReference = (x: ConjunctNode): x is Resolver => isResolver(expressionOf(x)) && expressionOf(x) === x;

/** An expression's value. */
export const EXPRESSION: Runner = {
  name: 'expression',
  completes: GENERIC_CONJUNCT,
  priority: 0,
  run(context, t, mode) {
    if (t.x === undefined || t.env === undefined) return;
    const { value, origin } = context.machine.evaluateStateWithOrigin(context, expressionOf(t.x), {
      condition: SCALAR_KNOWN,
      mode,
    });
    if (origin.cycle === IS_CYCLIC && t.node.node.isPatternConstraint) return;
    if (value !== undefined) context.machine.insertValue(t.node, t.env, value, origin);
  },
};

/** The conjuncts of what a reference points to. */
export const RESOLVER: Runner = {
  name: 'reference',
  completes: GENERIC_CONJUNCT,
  priority: 0,
  run(context, t, mode) {
    const { x } = t;
    if (x === undefined || !isReference(x)) return;
    const resolved = context.machine.resolve(context, x, { condition: FIELD_SET_KNOWN, mode });
    if (resolved === undefined || t.env === undefined) return;
    const arc = resolved.derefNonDisjunct();
    const target = arc.derefDisjunct();
    const { origin, skip } = detectCycle(t.node, target, t.env, x, context.origin);
    if (skip) {
      unshare(t.node);
      return;
    }
    if (t.defunct) return;
    if (target.base?.tag === 'bottom' && target.base.code === STRUCTURAL_CYCLE) {
      context.add(target.base);
      return;
    }
    context.machine.scheduleVertexConjuncts(t.node, { env: t.env, x, origin }, arc, origin);
  },
};

const arcTypeOf = (presence: Presence): 0 | 1 | 2 =>
  presence === 'regular' ? MEMBER : presence === 'required' ? REQUIRED : OPTIONAL;

/** A field whose label is computed. */
export const DYNAMIC: Runner = {
  name: 'dynamic field',
  completes: FIELD_CONJUNCT,
  priority: 0,
  run(context, t, mode) {
    const field = t.x;
    if (field?.tag !== 'dynamic-field' || t.env === undefined) return;
    const v = context.machine.value(context, field.key, { condition: SCALAR_VALUE, mode });
    if (v === undefined) return;
    if (concreteness(v) !== CONCRETE) {
      const b = bottomOf(
        INCOMPLETE,
        t.node.node,
        () => `key value of dynamic field must be concrete, found ${describe(v)}`,
        { at: [field.at] },
      );
      addBottom(t.node, b);
      return;
    }
    const label = labelOf(context, field.key, v);
    if (isIndex(label)) {
      addError(t.node, () => 'integer fields not supported', { at: [field.at] });
      return;
    }
    const conjunct = { env: t.env, x: field, origin: t.origin };
    context.machine.insertArc(t.node, label, arcTypeOf(field.presence), conjunct, t.origin, true);
  },
};

/** `[filter]: value` */
export const PATTERN: Runner = {
  name: 'pattern constraint',
  completes: TASKS_COMPLETED | FIELD_CONJUNCTS_KNOWN,
  priority: 0,
  run(context, t) {
    const field = t.x;
    if (field?.tag !== 'pattern-field' || t.env === undefined) return;
    const v = context.machine.evaluateState(context, field.filter, { condition: SCALAR_VALUE, mode: YIELD });
    if (v !== undefined) context.machine.insertPattern(t.node, v, { env: t.env, x: field, origin: t.origin });
  },
};

export const COMPREHENSION: Runner = {
  name: 'comprehension',
  completes: VALUE_KNOWN | TASKS_COMPLETED | FIELD_CONJUNCTS_KNOWN | PENDING_KNOWN,
  priority: 0,
  run(context, t) {
    const { yielded } = t;
    if (yielded === undefined) return;
    const error = context.machine.runComprehension(t, yielded);
    t.error = combine(t.error, error);
    const { state } = yielded.vertex;
    if (state !== undefined) addBottom(state, error);
  },
};

export const LIST: Runner = { name: 'list', completes: FIELD_CONJUNCT, priority: 0, run: runList };

export const LIST_VERTEX: Runner = {
  name: 'list value',
  completes: FIELD_CONJUNCT,
  priority: 0,
  run: runListVertex,
};

/** All disjunctions of a vertex at once, after everything else. */
export const DISJUNCTIONS: Runner = {
  name: 'disjunctions',
  completes: GENERIC_DISJUNCTION,
  priority: 1,
  run(context, t) {
    t.error = combine(t.error, context.machine.processDisjunctions(t.node));
  },
};
