import { findCosign } from '#core/io/cosign-wrapper';
import { withSecondOpinion } from '#core/verify/second-opinion';
import { thrown, type Reaches } from './reach.ts';

/** Codes about what another verifier says. */
export const secondOpinionReaches = {
  SECOND_OPINION_DISAGREES: () =>
    withSecondOpinion(
      {
        outcome: 'pass',
        artifact: { name: 'app', digests: {} },
        policy: { name: 'flags', digest: '00', mode: 'enforce' },
        trustRoot: undefined,
        reasons: [],
        requirements: [],
      },
      { who: 'cosign v3.1.3', accepts: false, says: '"no"' },
    ).reasons,
  SECOND_OPINION_UNAVAILABLE: () => thrown(() => findCosign({ PATH: '' })),
} satisfies Reaches;
