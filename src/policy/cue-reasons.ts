import type { CueMissing } from '#core/cue/evaluate/presence';
import type { CueFailure } from '#core/cue/failure';
import type { CueVerdict } from '#core/cue/cue';
import type { CueError } from '#core/cue/syntax/cue-error';
import type { Position as CuePosition } from '#core/cue/value/position';
import { formatPath, type Position, type Reason } from '#core/errors/reason';
import { lineAndColumn } from '#core/json/parse';
import { cut } from './rule-context.ts';

/** More are not reported one by one. */
const REPORTED = 10;
/** What an in-toto statement has: nothing of it is ever only a variable of the policy. */
const STATEMENT_FIELDS: ReadonlySet<string> = new Set(['_type', 'subject', 'predicateType', 'predicate']);

/** Why the document does not satisfy the policy, in CUE's words. */
export function failureReasons({ verdict, errors }: CueVerdict): readonly Reason[] {
  if (verdict === 'pass') return [];
  const reasons = errors
    .slice(0, REPORTED)
    .map((failure) => failureReason(failure, 'the CUE policy does not hold: '));
  if (reasons.length === 0) return [{ code: 'CUE_MISMATCH', message: 'the CUE policy does not hold' }];
  return leftOut(reasons, errors.length);
}

/** What the policy constrains and the document lacks, or leaves open. */
export function missingReasons({ errors, missing }: CueVerdict): readonly Reason[] {
  const told = new Set(errors.map(({ path }) => path.join('\0')));
  const gaps = missing.filter((gap) => !isVariable(gap) && !told.has(gap.path.join('\0')));
  return leftOut(gaps.slice(0, REPORTED).map(gapReason), gaps.length);
}

/** A policy that no document satisfies. */
export function neverReasons(own: readonly CueFailure[]): readonly Reason[] {
  return own.map((failure) => ({
    ...failureReason(failure, 'no statement satisfies the CUE policy: '),
    code: 'POLICY_CUE_INVALID',
    hint:
      failure.code === 'incomplete'
        ? 'put a condition on the statement into a field, not at the root'
        : undefined,
  }));
}

/** A policy that cannot be evaluated at all. */
export function errorReason({ code, message, file, offset }: CueError): Reason {
  const isPolicy = file.name !== 'document';
  return {
    code: POLICY_CODES[code],
    message: `${isPolicy ? 'the CUE policy' : 'the statement'} ${POLICY_WORDS[code]}: ${cut(message)}`,
    at: isPolicy ? positionOf({ file, offset }) : undefined,
    hint: POLICY_HINTS[code],
  };
}

const POLICY_CODES = {
  CUE_SYNTAX: 'POLICY_CUE_INVALID',
  CUE_COMPILE: 'POLICY_CUE_INVALID',
  CUE_UNSUPPORTED: 'POLICY_CUE_UNSUPPORTED',
  CUE_LIMIT: 'POLICY_CUE_LIMIT',
} as const;

const POLICY_WORDS = {
  CUE_SYNTAX: 'is not CUE',
  CUE_COMPILE: 'is in error',
  CUE_UNSUPPORTED: 'has what is not supported',
  CUE_LIMIT: 'takes more than is allowed',
} as const;

const POLICY_HINTS = {
  CUE_SYNTAX: undefined,
  CUE_COMPILE: undefined,
  CUE_UNSUPPORTED: 'state it in another way; what is not supported is never evaluated on a guess',
  CUE_LIMIT: 'state it more simply',
} as const;

function failureReason(failure: CueFailure, prefix: string): Reason {
  const { code, message, path, positions, expected, found, branches } = failure;
  const [at, ...also] = positions.map(positionOf);
  const isAbsent = code === 'required';
  return {
    code: isAbsent ? 'CUE_FIELD_MISSING' : 'CUE_MISMATCH',
    message: `${prefix}${cut(message)}`,
    path: pathText(path),
    expected: expected === undefined ? undefined : cut(expected),
    found: isAbsent ? 'nothing' : found === undefined ? undefined : cut(found),
    at,
    ...(also.length === 0 ? {} : { also }),
    ...(branches === undefined || branches.length === 0
      ? {}
      : { alternatives: branches.slice(0, REPORTED).map((branch) => failureReason(branch, '')) }),
  };
}

function gapReason({ kind, path, positions, message }: CueMissing): Reason {
  const [at, ...also] = positions.map(positionOf);
  const places = { path: pathText(path), at, ...(also.length === 0 ? {} : { also }) };
  if (kind === 'undecided') {
    return {
      code: 'CUE_UNDECIDED',
      message: `what the CUE policy asks could not be decided: ${cut(message)}`,
      ...places,
      hint: 'cosign passes over it; the policy has to say what must be there for it to be decided',
    };
  }
  return {
    code: 'CUE_FIELD_MISSING',
    message: 'the CUE policy constrains a field that the statement does not have',
    expected: 'a value',
    found: 'nothing',
    ...places,
    hint: hintFor(path),
  };
}

function hintFor(path: readonly string[]): string {
  const name = cut(path.at(-1) ?? '');
  if (path.length === 1 && !STATEMENT_FIELDS.has(nameOf(name)))
    return `an in-toto statement has no field ${name}: if it is a variable of the policy, write it as let, or hidden as _${name}`;
  const hint = `write ${name}?: where it may be absent`;
  return name.startsWith('"') ? hint : `${hint}; a variable of the policy is written let ${name} = ...`;
}

/**
 * A field at the root to which the policy itself gives the value and refers, and which is none of a statement: a
 * variable, as policies for cosign have them.
 */
function isVariable({ variable, path }: CueMissing): boolean {
  return variable && !STATEMENT_FIELDS.has(nameOf(path[0] ?? ''));
}

/** The name that a label of CUE stands for. */
function nameOf(label: string): string {
  if (!label.startsWith('"')) return label;
  const name: unknown = JSON.parse(label);
  return typeof name === 'string' ? name : label;
}

function pathText(path: readonly string[]): string | undefined {
  if (path.length === 0) return undefined;
  return cut(formatPath(path.map((label) => (/^\d+$/.test(label) ? Number(label) : nameOf(label)))));
}

function positionOf({ file, offset }: CuePosition): Position {
  return { file: file.name, ...lineAndColumn(file.text, offset) };
}

function leftOut(reasons: readonly Reason[], total: number): readonly Reason[] {
  if (total <= reasons.length) return reasons;
  const rest = `${total - reasons.length} more of the kind are left out`;
  return reasons.map((reason, index) =>
    index === 0
      ? { ...reason, hint: [reason.hint, rest].filter((part) => part !== undefined).join('; ') }
      : reason,
  );
}
