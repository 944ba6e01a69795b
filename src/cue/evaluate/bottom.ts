import type { Expression } from '../compile/expression.ts';
import type { Position } from '../value/position.ts';
import type { BaseValue, Bottom, Issue, Value } from '../value/value.ts';
import { CYCLE, EVALUATION, INCOMPLETE, LITERAL_BOTTOM } from '../value/value.ts';
import type { NodeState } from './node-state.ts';
import type { Vertex } from './vertex.ts';

/** Of one value no more causes are kept: enough to explain, few enough to bound. */
const MOST_ISSUES = 32;

/** Says of a vertex that is being evaluated that its value is asked for: the mark of a possible cycle. */
export const CYCLE_PLACEHOLDER: Bottom = {
  tag: 'bottom',
  code: CYCLE,
  issues: [{ message: () => 'cycle error', vertex: undefined, at: [] }],
  node: undefined,
  hasRecursive: false,
  childError: false,
  closeCheck: false,
};

export type IssueDetail = {
  readonly at?: readonly (Position | undefined)[] | undefined;
  readonly expected?: (() => string) | undefined;
  readonly found?: (() => string) | undefined;
  readonly branches?: readonly Issue[] | undefined;
};

/** A new error of a code; `node` is where it is. */
export function bottomOf(
  code: number,
  node: Vertex | undefined,
  message: () => string,
  detail: IssueDetail = {},
): Bottom {
  const at = (detail.at ?? []).filter((position) => position !== undefined);
  const issue: Issue = {
    message,
    vertex: node,
    at,
    ...(detail.expected === undefined ? {} : { expected: detail.expected }),
    ...(detail.found === undefined ? {} : { found: detail.found }),
    ...(detail.branches === undefined ? {} : { branches: detail.branches }),
  };
  return fromIssues(code, [issue], node);
}

export function fromIssues(code: number, issues: readonly Issue[], node: Vertex | undefined): Bottom {
  return { tag: 'bottom', code, issues, node, hasRecursive: false, childError: false, closeCheck: false };
}

export const isIncomplete = (b: Bottom | undefined): boolean =>
  b !== undefined && (b.code === INCOMPLETE || b.code === CYCLE);

export const isLiteralBottom = (x: Expression): boolean => x.tag === 'bottom' && x.code === LITERAL_BOTTOM;

/** Whether a base value, or what it stands for, is the mark of a vertex under evaluation. */
export function isCyclePlaceholder(v: BaseValue | undefined): boolean {
  const base = v?.tag === 'vertex' ? v.deref().base : v;
  return base === CYCLE_PLACEHOLDER;
}

/** The value under all vertices; of a vertex under evaluation its scalar or error as far as known. */
export function unwrap(v: Value | undefined): Value | undefined {
  if (v?.tag !== 'vertex') return v;
  const x = v.deref();
  const state = x.state;
  if (state !== undefined && isCyclePlaceholder(x.base)) {
    if (state.errors !== undefined && !isIncomplete(state.errors)) return state.errors;
    if (state.scalar !== undefined) return state.scalar;
  }
  return x.value();
}

/** Where a value stands in the policy, if it does. */
export function atOf(value: Value): Position | undefined {
  const v = unwrap(value);
  return v === undefined || v.tag === 'vertex' ? undefined : v.at;
}

/** Joins two errors: the more severe code wins; an incomplete one vanishes beside a real one. */
export function combine(x: Value | undefined, y: Value | undefined): Bottom | undefined {
  if (x === undefined && y === undefined) return undefined;
  const u = unwrap(x);
  const w = unwrap(y);
  let a = u?.tag === 'bottom' ? u : undefined;
  let b = w?.tag === 'bottom' ? w : undefined;
  if (a === undefined) return b;
  if (b === undefined) return a;
  if (a === b) return a === CYCLE_PLACEHOLDER ? a : fromIssues(a.code, a.issues, undefined);
  if (a.code !== b.code) {
    if (a.code > b.code) [a, b] = [b, a];
    if (b.code >= INCOMPLETE) return a;
  }
  const issues = a.issues.length >= MOST_ISSUES ? a.issues : [...a.issues, ...b.issues].slice(0, MOST_ISSUES);
  const joined = fromIssues(a.code, issues, undefined);
  joined.closeCheck = a.closeCheck || b.closeCheck;
  return joined;
}

/** Records a field's error in its struct: only a real one makes the struct itself an error. */
export function addChildError(n: NodeState, recursive: Bottom): void {
  const v = n.node;
  v.childErrors = combine(v.childErrors, recursive);
  if (isIncomplete(recursive)) return;
  const base = v.base;
  const known = base?.tag === 'bottom' ? base : undefined;
  if (known === undefined || known.closeCheck) {
    v.base = {
      tag: 'bottom',
      code: recursive.code,
      issues: recursive.issues,
      node: v,
      hasRecursive: true,
      childError: true,
      closeCheck: recursive.closeCheck,
    };
    return;
  }
  if (known === CYCLE_PLACEHOLDER) throw n.context.budget.marred();
  known.hasRecursive = true;
  if (known.code > recursive.code) known.code = recursive.code;
}

export function addBottom(n: NodeState, b: Bottom | undefined): void {
  n.errors = combine(n.errors, b);
}

export function addError(n: NodeState, message: () => string, detail: IssueDetail = {}): void {
  addBottom(n, bottomOf(EVALUATION, n.node, message, detail));
}

export const isError = (v: Value | undefined): boolean => v === undefined || v.tag === 'bottom';
