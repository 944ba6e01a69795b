import type { Verdict } from '#core/verdict/verdict';

/** A verdict that has a bit of everything, hostile text included. */
export const refusedVerdict: Verdict = {
  outcome: 'fail',
  artifact: { name: 'keadm <&> "x".tar.gz', digests: { sha256: 'e'.repeat(64) } },
  policy: { name: 'release', digest: 'p'.repeat(64), mode: 'enforce' },
  trustRoot: 't'.repeat(64),
  reasons: [],
  requirements: [
    {
      name: 'provenance',
      outcome: 'fail',
      reasons: [],
      attestations: [
        {
          digest: 'a'.repeat(64),
          source: 'keadm.intoto.jsonl:1',
          outcome: 'fail',
          predicateType: 'https://slsa.dev/provenance/v1',
          signer: 'https://github.com/o/r/.github/workflows/b.yml@refs/tags/v1',
          issuer: 'https://token.actions.githubusercontent.com',
          times: [
            { source: 'log', time: '2026-01-15T10:00:00.000Z', authority: 'https://rekor.sigstore.dev' },
          ],
          reasons: [
            {
              code: 'SOURCE_TAG_MISMATCH',
              message: 'the source tag is not the expected one',
              path: 'predicate.buildDefinition.externalParameters.workflow.ref',
              expected: '"v1.20.1"',
              found: '"v1.20.0\u001b[2J\u202e"',
              at: { file: 'release policy.json', line: 12, column: 18 },
              hint: 'this was built from something else',
            },
            {
              code: 'BUILD_LEVEL_TOO_LOW',
              message: 'the level is too low',
              expected: 'level 3',
              found: 'level 1',
              at: { file: '--level', line: 1, column: 1 },
            },
          ],
        },
      ],
    },
    {
      name: 'sbom',
      outcome: 'error',
      reasons: [{ code: 'INTERNAL_ERROR', message: 'a fault' }],
      attestations: [],
    },
    { name: 'signature', outcome: 'pass', reasons: [], attestations: [] },
  ],
};

export const passedVerdict: Verdict = {
  ...refusedVerdict,
  outcome: 'pass',
  artifact: { name: 'keadm', digests: { sha256: 'e'.repeat(64) } },
  requirements: [{ name: 'signature', outcome: 'pass', reasons: [], attestations: [] }],
};
