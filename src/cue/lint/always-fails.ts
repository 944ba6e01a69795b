import type { CueFailure } from '../failure.ts';
import type { CueFinding } from './finding.ts';

/** A policy that is in error without any document: whatever it judges, it refuses. */
export const alwaysFails = (faults: readonly CueFailure[]): readonly CueFinding[] =>
  faults.flatMap(({ code, message, positions }) => {
    const [at] = positions;
    if (at === undefined) return [];
    const waits = code === 'incomplete' || code === 'cycle';
    return [
      {
        rule: 'always-fails',
        level: 'warning',
        at,
        message: waits
          ? `no document passes: at the root, CUE does not wait for what only the document says: ${message}`
          : `no document passes: ${message}`,
        hint: waits
          ? 'put the if or for into the field that it is about: predicate: {if ... {...}}'
          : 'the policy contradicts itself, or counts on a document: it is evaluated before there is one, with open lists empty',
      } as const,
    ];
  });
