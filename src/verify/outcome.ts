import { reasonCodes } from '#core/errors/codes';
import type { Reason } from '#core/errors/reason';
import type { Outcome } from '#core/verdict/verdict';

/** `error` where any reason means that no answer could be reached, else `fail`; `pass` without reasons. */
export function outcomeOf(reasons: readonly Reason[]): Outcome {
  if (reasons.length === 0) return 'pass';
  return reasons.some(({ code }) => reasonCodes[code] !== 'fail') ? 'error' : 'fail';
}

/** Error before fail before pass. */
export function worstOutcome(
  reasons: readonly Reason[],
  parts: readonly { readonly outcome: Outcome }[],
): Outcome {
  const outcomes = [outcomeOf(reasons), ...parts.map(({ outcome }) => outcome)];
  return outcomes.includes('error') ? 'error' : outcomes.includes('fail') ? 'fail' : 'pass';
}
