import type { ReasonCode } from '#core/errors/codes';
import type { Reason } from '#core/errors/reason';
import type { Statement, Subject } from '#core/in-toto-attestation/types';
import type { Signer } from '#core/sigstore/signer';
import type { Fact, Facts } from '#core/slsa/facts';
import { patternText } from './pattern.ts';
import type { Pattern } from './policy.ts';
import type { Site } from './site.ts';

/** What the rules of a requirement are evaluated on: all of it authenticated and bound to the artifact. */
export interface RuleContext {
  readonly statement: Statement;
  /** The subject that is the artifact. */
  readonly subject: Subject;
  readonly facts: Facts;
  readonly signer: Signer;
  readonly now: Date;
  /** The requirement's place in the policy. */
  readonly site: Site;
}

const SHOWN = 300;

/** A text from untrusted input, quoted and cut, for reports. */
export function shown(text: string): string {
  return JSON.stringify(cut(text));
}

/** A text cut, for reports. */
export function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}

/** What one expectation says about one value. */
export interface Expectation {
  readonly code: ReasonCode;
  /** What the value is, as `the source repository`. */
  readonly what: string;
  readonly expected: Pattern | string;
  /** Its place in the policy. */
  readonly at: Site;
  /** What to do where the value is another one. */
  readonly hint?: string | undefined;
  /** What to do where there is no value. */
  readonly absentHint?: string | undefined;
}

/** No reason where the fact fits; an absent fact never fits. */
export function expectFact(expectation: Expectation, fact: Fact<string> | undefined): readonly Reason[] {
  return expectValue(expectation, fact?.value, fact?.path);
}

/** As {@link expectFact}, for a value without label. */
export function expectValue(
  { code, what, expected, at, hint, absentHint }: Expectation,
  value: string | undefined,
  path: string | undefined,
): readonly Reason[] {
  const fits =
    typeof expected === 'string' ? value === expected : value !== undefined && expected.test(value);
  if (fits) return [];
  const absent = value === undefined;
  return [
    {
      code,
      message: absent ? `${what} is not stated` : `${what} is not the expected one`,
      path,
      expected: typeof expected === 'string' ? shown(expected) : patternText(expected),
      found: absent ? 'nothing' : shown(value),
      at: at.position(),
      hint: absent ? (absentHint ?? hint) : hint,
    },
  ];
}
