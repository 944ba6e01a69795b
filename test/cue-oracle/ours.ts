import { compileCue } from '#core/cue/cue';
import { CueError } from '#core/cue/syntax/cue-error';
import type { CueCase } from './case.ts';

/** Our engine's answer in the oracle's words; `fault` marks an error that is none of the engine's own kinds. */
export interface OurAnswer {
  readonly verdict: 'PASS' | 'FAIL' | 'UNSUPPORTED';
  readonly reason: string;
  readonly fault: boolean;
}

const refusals = new Set(['CUE_SYNTAX', 'CUE_COMPILE']);

/** Evaluates as cosign would, without normalisation of the payload. Never throws. */
export function ourAnswer({ policies, document }: CueCase): OurAnswer {
  try {
    const files = policies.map((text, index) => ({ name: `policy${index}.cue`, text }));
    const { verdict, errors } = compileCue(files).evaluate(document);
    if (verdict === 'pass') return { verdict: 'PASS', reason: '', fault: false };
    const reason = errors.map(({ code, message }) => `${code}: ${message}`).join('; ');
    return { verdict: 'FAIL', reason, fault: false };
  } catch (error) {
    if (!(error instanceof CueError)) {
      return { verdict: 'UNSUPPORTED', reason: `INTERNAL_ERROR: ${String(error)}`, fault: true };
    }
    const verdict = refusals.has(error.code) ? 'FAIL' : 'UNSUPPORTED';
    return { verdict, reason: `${error.code}: ${error.message}`, fault: false };
  }
}
