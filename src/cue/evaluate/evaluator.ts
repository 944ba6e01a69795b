import { insertArc, insertPattern } from './arcs.ts';
import { callFunction } from './call.ts';
import { insertComprehension, runComprehension } from './comprehension.ts';
import { processDisjunctions } from './disjunction.ts';
import { evaluateState, evaluateStateWithOrigin, unifyNode, value } from './evaluate-state.ts';
import { insertValue } from './insert-value.ts';
import { lookup } from './lookup.ts';
import type { Machine } from './machine.ts';
import { resolve } from './resolve.ts';
import { scheduleConjunct } from './schedule-conjunct.ts';
import { scheduleVertexConjuncts } from './schedule-vertex.ts';
import { decrement, process } from './scheduler.ts';
import { unshare } from './sharing.ts';
import { completeNodeTasks, completePending, getBareState, getState } from './state.ts';
import { finalize, unify } from './unify.ts';
import { validate } from './validate-constraint.ts';

/** All parts of the evaluator, put together. */
export const evaluatorOf = (importPackage: Machine['importPackage']): Machine => ({
  getState,
  getBareState,
  unify,
  finalize,
  lookup,
  process,
  decrement,
  completeNodeTasks,
  completePending,
  scheduleConjunct,
  scheduleVertexConjuncts,
  insertValue,
  insertArc,
  insertPattern,
  insertComprehension,
  runComprehension,
  processDisjunctions,
  unshare,
  evaluateState,
  evaluateStateWithOrigin,
  value,
  unifyNode,
  resolve,
  validate,
  callFunction,
  importPackage,
});
