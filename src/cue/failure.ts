/** What a verdict tells: errors and missing fields, with where they stand in the document and in the policy. */

import { labelText } from './value/label.ts';
import type { Position } from './value/position.ts';
import type { Bottom, Issue } from './value/value.ts';
import type { Vertex } from './evaluate/vertex.ts';
import { REQUIRED } from './evaluate/vertex.ts';

export type CueFailureCode =
  'document' | 'evaluation' | 'user' | 'bottom' | 'structural cycle' | 'incomplete' | 'cycle' | 'required';

/** One reason why a document fails. */
export type CueFailure = {
  readonly code: CueFailureCode;
  readonly message: string;
  /** Fields and indexes from the root, as CUE writes them. */
  readonly path: readonly string[];
  /** Where the policy says so, each place once. */
  readonly positions: readonly Position[];
  readonly expected?: string;
  readonly found?: string;
  /** Of a disjunction: why each of its branches failed, the nearest to the document first. */
  readonly branches?: readonly CueFailure[];
};

const CODES = ['evaluation', 'user', 'bottom', 'structural cycle', 'incomplete', 'cycle'] as const;

/** Nesting of branches within branches beyond this is not told. */
const DEEPEST_BRANCH = 4;

export const failuresOf = (b: Bottom): CueFailure[] => b.issues.map((issue) => failureOf(issue, b.code, 0));

export const refusedDocument = (message: string): CueFailure => ({
  code: 'document',
  message,
  path: [],
  positions: [],
});

function failureOf(issue: Issue, code: number, depth: number): CueFailure {
  const required = issue.vertex?.arcType === REQUIRED;
  return {
    code: required ? 'required' : (CODES[code] ?? 'evaluation'),
    message: issue.message(),
    path: pathOf(issue.vertex),
    positions: distinct(issue.at),
    ...(issue.expected === undefined ? {} : { expected: issue.expected() }),
    ...(issue.found === undefined ? {} : { found: issue.found() }),
    ...(issue.branches === undefined || depth >= DEEPEST_BRANCH
      ? {}
      : { branches: nearestFirst(issue.branches.map((each) => failureOf(each, code, depth + 1))) }),
  };
}

/** The deeper in the document a branch failed, the more of it fitted. */
const nearestFirst = (branches: readonly CueFailure[]): CueFailure[] =>
  branches.toSorted((a, b) => depthOf(b) - depthOf(a));

const depthOf = ({ path, branches = [] }: CueFailure): number =>
  Math.max(path.length, ...branches.map(depthOf));

export function pathOf(v: Vertex | undefined): string[] {
  const path: string[] = [];
  for (let x = v; x?.parent !== undefined; x = x.parent) if (x.label !== '') path.unshift(labelText(x.label));
  return path;
}

export const distinct = (positions: readonly Position[]): Position[] =>
  positions.filter((a, i) => positions.findIndex((b) => a.file === b.file && a.offset === b.offset) === i);
