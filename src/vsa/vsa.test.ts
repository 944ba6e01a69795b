import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import type { Statement } from '#core/in-toto-attestation/types';
import { parseJson } from '#core/json/parse';
import type { JsonObject, JsonValue } from '#core/json/value';
import { coversLevel, parseLevel } from './level.ts';
import { parseVsa, VSA_TYPE } from './vsa.ts';

const vsa: JsonObject = {
  verifier: { id: 'https://verifier.example/v1', version: { edgeseal: '1.0' } },
  timeVerified: '2026-01-02T03:04:05Z',
  resourceUri: 'gke_node_images://cos:1',
  policy: { uri: 'https://policy.example/p', digest: { sha256: 'a'.repeat(64) } },
  inputAttestations: [{ uri: 'https://e.example/a', digest: { sha256: 'b'.repeat(64) } }],
  verificationResult: 'PASSED',
  verifiedLevels: ['SLSA_BUILD_LEVEL_3', 'SLSA_SOURCE_LEVEL_2', 'SLSA_BUILD_REPRODUCED', 'OTHER_L1'],
  dependencyLevels: { SLSA_BUILD_LEVEL_1: 3 },
  slsaVersion: '1.2',
};

function statementOf(predicate: JsonValue): Statement {
  return {
    type: 'https://in-toto.io/Statement/v1',
    subjects: [],
    predicateType: VSA_TYPE,
    predicate,
    document: {},
    payload: new Uint8Array(),
  };
}

function codeOf(predicate: JsonValue): string | undefined {
  try {
    parseVsa(statementOf(predicate));
    return undefined;
  } catch (error) {
    return reasonOf(error).code;
  }
}

describe('parseVsa', () => {
  test('reads all fields', () => {
    expect(parseVsa(statementOf(vsa))).toEqual({
      kind: 'vsa',
      predicateType: VSA_TYPE,
      verifierId: 'https://verifier.example/v1',
      resourceUri: 'gke_node_images://cos:1',
      policyUri: 'https://policy.example/p',
      verificationResult: 'PASSED',
      verifiedLevels: vsa['verifiedLevels'],
      timeVerified: '2026-01-02T03:04:05Z',
      slsaVersion: '1.2',
    });
  });

  test.each([
    ['a failure', { verificationResult: 'FAILED', verifiedLevels: [] }, undefined],
    ['unknown fields', { more: 1 }, undefined],
    [
      'null for what is optional',
      { timeVerified: null, inputAttestations: null, dependencyLevels: null, slsaVersion: null },
      undefined,
    ],
    ['no verifier', { verifier: null }, 'VSA_INVALID'],
    ['no verifier id', { verifier: {} }, 'VSA_INVALID'],
    ['a verifier id that is no URI', { verifier: { id: 'me' } }, 'VSA_INVALID'],
    ['no resource', { resourceUri: '' }, 'VSA_INVALID'],
    ['no policy', { policy: null }, 'VSA_INVALID'],
    ['a policy without URI', { policy: { digest: { sha256: 'a'.repeat(64) } } }, 'VSA_INVALID'],
    ['an empty policy', { policy: {} }, 'RESOURCE_DESCRIPTOR_INVALID'],
    ['another result', { verificationResult: 'passed' }, 'VSA_INVALID'],
    ['a result of another kind', { verificationResult: true }, 'VSA_INVALID'],
    ['levels that are no list', { verifiedLevels: 'SLSA_BUILD_LEVEL_3' }, 'VSA_INVALID'],
    ['a level that is no text', { verifiedLevels: [3] }, 'VSA_INVALID'],
    [
      'two levels of one track',
      { verifiedLevels: ['SLSA_BUILD_LEVEL_1', 'SLSA_BUILD_LEVEL_3'] },
      'VSA_INVALID',
    ],
    ['a time without Z', { timeVerified: '2026-01-02T03:04:05+01:00' }, 'VSA_INVALID'],
    ['an input without digest', { inputAttestations: [{ uri: 'https://e.example' }] }, 'VSA_INVALID'],
    ['an input with a bad digest', { inputAttestations: [{ digest: { sha256: 'B' } }] }, 'DIGEST_INVALID'],
    ['a count that is no number', { dependencyLevels: { SLSA_BUILD_LEVEL_1: '3' } }, 'VSA_INVALID'],
    ['a negative count', { dependencyLevels: { SLSA_BUILD_LEVEL_1: -1 } }, 'VSA_INVALID'],
  ])('%s', (_name, change, code) => expect(codeOf({ ...vsa, ...change })).toBe(code));

  test.each(['verifier', 'resourceUri', 'policy', 'verificationResult'])(
    'refuses a summary without %s',
    (key) => {
      const { [key]: _, ...rest } = vsa;
      expect(codeOf(rest)).toBe('VSA_INVALID');
    },
  );

  test('any JSON in any place gives facts or a reason of its own', () => {
    const anyJson = fc.json().map((text) => parseJson(text));
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(vsa)), anyJson, (key, value) => {
        expect(codeOf({ ...vsa, [key]: value })).not.toBe('INTERNAL_ERROR');
      }),
    );
  });
});

describe('levels', () => {
  const verified = [
    'SLSA_BUILD_LEVEL_3',
    'SLSA_SOURCE_LEVEL_2',
    'SLSA_BUILD_REPRODUCED',
    'SLSA_DEP_LEVEL_UNEVALUATED',
    'OTHER_L1',
  ];
  test.each([
    ['SLSA_BUILD_LEVEL_3', true],
    ['SLSA_BUILD_LEVEL_1', true],
    ['SLSA_BUILD_LEVEL_4', false],
    ['SLSA_SOURCE_LEVEL_3', false],
    ['SLSA_BUILD_REPRODUCED', true],
    ['SLSA_SOURCE_TWO_PARTY_REVIEWED', false],
    ['SLSA_DEP_LEVEL_1', false],
    ['SLSA_DEP_LEVEL_UNEVALUATED', true],
    ['OTHER_L1', true],
    ['OTHER_L0', false],
    ['', false],
  ])('%s: %s', (wanted, covered) => expect(coversLevel(verified, wanted)).toBe(covered));

  test.each([
    ['SLSA_BUILD_LEVEL_3', { track: 'BUILD', number: 3 }],
    ['SLSA_BUILD_ENV_LEVEL_2', { track: 'BUILD_ENV', number: 2 }],
    ['SLSA_BUILD_REPRODUCED', undefined],
    ['SLSA_BUILD_LEVEL_', undefined],
    ['SLSA_BUILD_LEVEL_3 ', undefined],
    ['slsa_build_level_3', undefined],
  ])('%s', (text, level) => expect(parseLevel(text)).toEqual(level));
});
