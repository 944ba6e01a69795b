import { describe, expect, test } from 'vitest';
import { matchSubject } from './match-subject.ts';
import { aliasOfPredicateType, predicateTypeMatches, resolvePredicateType } from './predicate-type.ts';
import type { DigestSet, Statement } from './types.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);
const C = 'c'.repeat(128);
const D = 'd'.repeat(128);

function statementOf(...digests: DigestSet[]): Statement {
  return {
    type: 'https://in-toto.io/Statement/v1',
    subjects: digests.map((digest, i) => ({ name: `s${i}`, uri: undefined, digest })),
    predicateType: 'https://example.com/x',
    predicate: {},
    document: {},
    payload: new Uint8Array(),
  };
}

describe('matchSubject', () => {
  test.each([
    ['one digest', [{ sha256: A }], { sha256: A }, 0, 'sha256'],
    ['the second subject', [{ sha256: B }, { sha256: A }], { sha256: A }, 1, 'sha256'],
    ['all common algorithms', [{ sha256: A, sha512: C }], { sha256: A, sha512: C }, 0, 'sha512'],
    ['one common algorithm of two', [{ sha512: C }], { sha256: A, sha512: C }, 0, 'sha512'],
    ['an algorithm of the caller', [{ gce_image_id: '42' }], { gce_image_id: '42' }, 0, 'gce_image_id'],
    ['weak algorithms are ignored', [{ md5: 'x', sha256: A }], { sha256: A, md5: 'y' }, 0, 'sha256'],
  ])('%s', (_name, digests, artifact, index, algorithm) => {
    const match = matchSubject(statementOf(...digests), artifact);
    expect([match.index, match.algorithm]).toEqual([index, algorithm]);
  });

  test.each([
    ['another digest', [{ sha256: B }], { sha256: A }],
    ['one of two contradicts', [{ sha256: A, sha512: D }], { sha256: A, sha512: C }],
    ['another value of the caller', [{ gce_image_id: '42' }], { gce_image_id: '43' }],
    ['sha1 is not acceptable', [{ sha1: 'e'.repeat(40) }], { sha1: 'e'.repeat(40) }],
    ['no common algorithm', [{ sha512: C }], { sha256: A }],
    ['an inherited name is no digest', [{}], { toString: 'x' }],
  ])('refuses: %s', (_name, digests, artifact) => {
    expect(() => matchSubject(statementOf(...digests), artifact)).toThrow(
      expect.objectContaining({ code: 'ARTIFACT_DIGEST_MISMATCH' }),
    );
  });

  test('says what was expected and shows at most three subjects', () => {
    const digests = Array.from({ length: 9 }, () => ({ sha256: B }));
    expect(() => matchSubject(statementOf(...digests), { sha256: A })).toThrow(
      expect.objectContaining({
        reason: expect.objectContaining({
          expected: `sha256:${A}`,
          found: expect.stringContaining('and 6 more'),
        }),
      }),
    );
  });
});

describe('predicate types', () => {
  test.each([
    ['slsaprovenance', 'https://slsa.dev/provenance/v0.2', true],
    ['slsaprovenance1', 'https://slsa.dev/provenance/v1', true],
    ['slsaprovenance1', 'https://slsa.dev/provenance/v1.0', true],
    ['slsaprovenance', 'https://slsa.dev/provenance/v1', false],
    ['slsaprovenance1', 'https://slsa.dev/provenance/v10', false],
    ['spdxjson', 'https://spdx.dev/Document/v2.3', true],
    ['https://spdx.dev/Document', 'https://spdx.dev/Document/v3', true],
    ['https://spdx.dev/Document/v2.3', 'https://spdx.dev/Document', false],
    ['https://spdx.dev/Document', 'https://spdx.dev/Document/evil', false],
    ['https://spdx.dev/Document', 'https://spdx.dev/Documents', false],
    ['cyclonedx', 'https://cyclonedx.org/bom/v1.6', true],
    ['custom', 'https://cosign.sigstore.dev/attestation/v1', true],
    ['https://example.com/a', 'https://example.com/a', true],
    ['https://example.com/a', 'https://example.com/a/v1', false],
  ])('%s is met by %s: %s', (wanted, found, expected) =>
    expect(predicateTypeMatches(wanted, found)).toBe(expected),
  );

  test('aliases both ways', () => {
    expect(resolvePredicateType('vuln')).toBe('https://cosign.sigstore.dev/attestation/vuln/v1');
    expect(resolvePredicateType('toString')).toBe('toString');
    expect(aliasOfPredicateType('https://openvex.dev/ns')).toBe('openvex');
    expect(aliasOfPredicateType('https://example.com')).toBeUndefined();
  });
});
