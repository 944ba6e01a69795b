/**
 * What can be known of a vertex while it is evaluated, as bits. A task says which of them it contributes to; a
 * condition with a counter is met when all its contributors ran, the others are signalled.
 */
export type Condition = number;

export const ANCESTORS_PROCESSED = 1;
export const ARC_TYPE_KNOWN = 2;
export const VALUE_KNOWN = 4;
export const SCALAR_KNOWN = 8;
export const FIELD_CONJUNCTS_KNOWN = 16;
export const FIELD_SET_KNOWN = 32;
export const TASKS_COMPLETED = 64;
export const SUBFIELDS_PROCESSED = 128;
export const PENDING_KNOWN = 256;
export const DISJUNCTION_TASK = 512;

export const CONDITION_COUNT = 10;
export const ALL_KNOWN = 0x7fff;
export const NEVER_KNOWN = 0x8000;

export const COUNTED =
  ARC_TYPE_KNOWN | VALUE_KNOWN | FIELD_CONJUNCTS_KNOWN | TASKS_COMPLETED | PENDING_KNOWN | DISJUNCTION_TASK;

export const GENERIC_CONJUNCT = TASKS_COMPLETED | SCALAR_KNOWN | VALUE_KNOWN | FIELD_CONJUNCTS_KNOWN;
export const GENERIC_DISJUNCTION = GENERIC_CONJUNCT | DISJUNCTION_TASK;
export const FIELD_CONJUNCT = TASKS_COMPLETED | FIELD_CONJUNCTS_KNOWN;
export const SCALAR_VALUE = SCALAR_KNOWN | DISJUNCTION_TASK;
export const NEED_FIELD_CONJUNCTS = FIELD_CONJUNCTS_KNOWN | ANCESTORS_PROCESSED;
export const NEED_FIELD_SET = FIELD_SET_KNOWN | ANCESTORS_PROCESSED;
export const NEED_TASKS_DONE = ANCESTORS_PROCESSED | TASKS_COMPLETED;

/** Conditions that a deadlock settles: what is not known now cannot become known. */
export const AUTO_UNBLOCK = SCALAR_KNOWN | ARC_TYPE_KNOWN;

/** What to do where a condition is not met: nothing at all, go on, suspend the task, or force it. */
export type Mode = 0 | 1 | 2 | 3 | 4;
export const IGNORE = 1;
export const ATTEMPT = 2;
export const YIELD = 3;
export const FINALIZE = 4;

/** How an expression is evaluated: what must be known of what it refers to, and what to do if it is not. */
export type Flags = {
  readonly condition: Condition;
  readonly mode: Mode;
  readonly concrete?: boolean;
  /** Evaluation within a check against bottom: how far a composite may be looked at. */
  readonly final?: boolean;
};
