import type { ReasonCode } from './codes.ts';

/** A place in a text: `line` and `column` count from 1, `column` in UTF-16 code units. */
export interface Position {
  /** The document's name as the caller gave it, or the flag that stated the expectation (`--source-tag`). */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Why something was refused: what was expected, what was found, where in the policy (`at`) and in the
 * judged document (`path`), and what to do next (`hint`).
 */
export interface Reason {
  readonly code: ReasonCode;
  /** One sentence without a period at its end; it never holds a secret or a control character. */
  readonly message: string;
  /** Where in the judged document, as `subject[0].digest.sha256`. */
  readonly path?: string | undefined;
  readonly expected?: string | undefined;
  readonly found?: string | undefined;
  /** Where the expectation stands. */
  readonly at?: Position | undefined;
  /** Further places that have a part in it. */
  readonly also?: readonly Position[] | undefined;
  readonly hint?: string | undefined;
  /** Of a choice, none of which holds: why each does not, the nearest first. */
  readonly alternatives?: readonly Reason[] | undefined;
}

/** A path of keys and indexes as people write it: `a.b[0]["odd key"]`. */
export function formatPath(segments: readonly (string | number)[]): string {
  let out = '';
  for (const segment of segments) {
    if (typeof segment === 'number') out += `[${segment}]`;
    else if (/^[A-Za-z_$][\w$-]*$/.test(segment)) out += out === '' ? segment : `.${segment}`;
    else out += `[${JSON.stringify(segment)}]`;
  }
  return out;
}
