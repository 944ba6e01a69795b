import { compileCue, prepareCue } from '#core/cue/cue';
import { CueError } from '#core/cue/syntax/cue-error';

/** Our engine's answer in the oracle's words; `fault` marks an error that is none of the engine's own kinds. */
export interface OurAnswer {
  readonly verdict: 'PASS' | 'FAIL' | 'UNSUPPORTED';
  readonly reason: string;
  readonly fault: boolean;
}

await prepareCue();

const refusals = new Set(['CUE_SYNTAX', 'CUE_COMPILE']);

function attempt(work: () => OurAnswer): OurAnswer {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CueError)) {
      return { verdict: 'UNSUPPORTED', reason: `INTERNAL_ERROR: ${String(error)}`, fault: true };
    }
    const verdict = refusals.has(error.code) ? 'FAIL' : 'UNSUPPORTED';
    return { verdict, reason: `${error.code}: ${error.message}`, fault: false };
  }
}

/**
 * Compiles a policy's files once, to evaluate documents as cosign would, without normalisation of the payload.
 * Neither this nor what it answers throws.
 *
 * @param twice that what passes the short way must pass the long way too
 */
export function judge(policies: readonly string[], twice = false): (document: string) => OurAnswer {
  const files = policies.map((text, index) => ({ name: `policy${index}.cue`, text }));
  let compiled: ReturnType<typeof compileCue> | undefined;
  const refused = attempt(() => {
    compiled = compileCue(files);
    return { verdict: 'PASS', reason: '', fault: false };
  });
  return (document) =>
    attempt(() => {
      if (compiled === undefined) return refused;
      const { verdict, errors } = compiled.evaluate(document);
      if (verdict === 'pass') {
        const fault = twice && compiled.evaluateFully(document).verdict !== 'pass';
        return { verdict: 'PASS', reason: fault ? 'the long way fails it' : '', fault };
      }
      const reason = errors.map(({ code, message }) => `${code}: ${message}`).join('; ');
      return { verdict: 'FAIL', reason, fault: false };
    });
}
