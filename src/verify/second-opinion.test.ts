import { describe, expect, test } from 'vitest';
import type { Verdict } from '#core/verdict/verdict';
import {
  cosignArguments,
  cosignVersion,
  readCosignAnswer,
  withoutSecondOpinion,
  withSecondOpinion,
} from './second-opinion.ts';

const verdict = (outcome: Verdict['outcome']): Verdict => ({
  outcome,
  artifact: { name: 'app', digests: {} },
  policy: { name: 'flags', digest: '00', mode: 'enforce' },
  trustRoot: undefined,
  reasons: [],
  requirements: [],
});
const opinion = (accepts: boolean) => ({ who: 'cosign v3.1.3', accepts, says: '"because"' });

describe('two verifiers', () => {
  test.each([
    ['pass', true],
    ['fail', false],
    ['error', true],
    ['error', false],
  ] as const)('nothing changes: %s, and the other accepts: %s', (outcome, accepts) => {
    expect(withSecondOpinion(verdict(outcome), opinion(accepts))).toEqual(verdict(outcome));
  });
  test.each([
    ['pass', false, 'edgeseal: accepted', 'cosign v3.1.3: refused: "because"'],
    ['fail', true, 'edgeseal: refused', 'cosign v3.1.3: accepted: "because"'],
  ] as const)('disagree: %s, and the other accepts: %s', (outcome, accepts, expected, found) => {
    expect(withSecondOpinion(verdict(outcome), opinion(accepts))).toMatchObject({
      outcome: 'fail',
      reasons: [{ code: 'SECOND_OPINION_DISAGREES', expected, found }],
    });
  });
});

test.each([
  ['pass', 'error'],
  ['fail', 'fail'],
  ['error', 'error'],
] as const)('nothing passes unasked: %s becomes %s', (outcome, becomes) => {
  const reason = { code: 'SECOND_OPINION_UNAVAILABLE', message: 'cosign cannot be asked' } as const;
  expect(withoutSecondOpinion(verdict(outcome), reason)).toMatchObject({
    outcome: becomes,
    reasons: [reason],
  });
});

test('the question is asked with one word a flag, so that no value can be a flag of its own', () => {
  const flags = { type: 'custom', 'certificate-identity': '--key=x', 'certificate-oidc-issuer': undefined };
  const digest = { algorithm: 'sha256', value: 'ab' };
  const about = { bundle: '/b', digest };
  expect(cosignArguments({ about, trustedRoot: '/r', key: '/k', flags })).toEqual([
    'verify-blob-attestation',
    '--bundle=/b',
    '--trusted-root=/r',
    '--key=/k',
    '--type=custom',
    '--certificate-identity=--key=x',
    '--digest=ab',
    '--digestAlg=sha256',
  ]);
  const image = { image: 'r.example/app@sha256:ab', inLayers: true };
  expect(cosignArguments({ about: image, trustedRoot: '/r', key: undefined, flags })).toEqual([
    'verify-attestation',
    '--trusted-root=/r',
    '--type=custom',
    '--certificate-identity=--key=x',
    '--offline=true',
    '--new-bundle-format=false',
    'r.example/app@sha256:ab',
  ]);
});

test.each([
  ['{"gitVersion":"v3.1.3"}', '3.1.3'],
  ['{"gitVersion":"v3.1.3-rc.1"}', '3.1.3-rc.1'],
  ['{"gitVersion":"devel"}', undefined],
  ['{"gitVersion":3}', undefined],
  ['[]', undefined],
  ['cosign', undefined],
])('version: %s', (text, version) => {
  expect(cosignVersion(Buffer.from(text))).toBe(version);
});

describe('what cosign says', () => {
  test.each([
    [0, 'Verified OK\n', true, '"Verified OK"'],
    [0, '', true, '"nothing"'],
    [1, 'Error: no\nerror during command execution: no\n', false, '"no"'],
    [1, 'panic\n\n', false, '"panic"'],
  ])('%i %j', (status, stderr, accepts, says) => {
    expect(readCosignAnswer('cosign', status, stderr)).toEqual({ who: 'cosign', accepts, says });
  });
  test.each([
    'unknown flag: --trusted-root',
    'unknown command "verify-blob-attestation"',
    'Get "https://r.example/v2/": dial tcp: lookup r.example: no such host',
    'GET https://r.example/v2/o/a/manifests/v1: UNAUTHORIZED: ',
    'setting trusted material: tuf refresh failed: Get "https://tuf.example/1.root.json": EOF',
    'checking local image format: loading OCI layout from /x: stat /x/index.json: no such file or directory',
  ])('%s', (text) => {
    expect(() => readCosignAnswer('cosign', 1, `Error: ${text}\n`)).toThrow(
      expect.objectContaining({ code: 'SECOND_OPINION_UNAVAILABLE' }),
    );
  });
});
