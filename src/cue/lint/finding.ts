import type { Position } from '../value/position.ts';

/**
 * What a policy in CUE may say other than its author means.
 *
 * - `absent-passes`: cosign passes what the policy constrains and the document lacks;
 * - `open-regexp`: a regular expression on an identity or a URI that fits more than it names;
 * - `bare-dot`: a dot in a regular expression that stands for any character in a host's or a file's name;
 * - `hidden-type`: `_type` without quotes, which is compared with nothing;
 * - `undeclared-condition`: a condition on a field that the policy does not declare;
 * - `never-holds`: a condition that the policy itself excludes;
 * - `time-offset`: a time with an offset, compared as the text that it is;
 * - `time-as-text`: a bound on times that is true of their texts only;
 * - `unused-definition`: a definition or a hidden field that nothing refers to;
 * - `not-in-statement`: a field at the root that no in-toto statement has;
 * - `open-predicate-type`: what is asked of the predicate is asked of every type of predicate.
 */
export type CueRule =
  | 'absent-passes'
  | 'open-regexp'
  | 'bare-dot'
  | 'hidden-type'
  | 'undeclared-condition'
  | 'never-holds'
  | 'time-offset'
  | 'time-as-text'
  | 'unused-definition'
  | 'not-in-statement'
  | 'open-predicate-type';

/** A `warning` is likely a mistake; a `note` is what the author should know. */
export type CueFinding = {
  readonly rule: CueRule;
  readonly level: 'warning' | 'note';
  readonly at: Position;
  readonly message: string;
  readonly hint: string;
};
