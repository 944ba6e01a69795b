import { describe, expect, test } from 'vitest';
import { verifyEcdsaDigest } from '#core/crypto/ecdsa-prehashed';
import type { RequirementDocument } from '#core/policy/document';
import { definePolicy } from '#core/policy/define-policy';
import { parsePolicy } from '#core/policy/parse-policy';
import type { Policy } from '#core/policy/policy';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { renderJson } from '#core/verdict/json';
import type { Verdict } from '#core/verdict/verdict';
import { generatorClaims, githubIssuer } from '../../test/sigstore/claims.ts';
import {
  jsonLines,
  makeEvidence,
  makeGeneratorEvidence,
  type EvidenceFixture,
} from '../../test/sigstore/make-evidence.ts';
import { cycloneDx, githubProvenance } from '../../test/sigstore/statement.ts';
import { artifactOf, trustedKeyOf, trustOf } from '../../test/sigstore/trust.ts';
import { verify, type VerifyInput } from './verify.ts';

const NOW = new Date('2026-06-01T00:00:00Z');
const good = makeEvidence();
const anyGithub = { issuer: githubIssuer, identity: 'https://github.com/**' };
const provenance: RequirementDocument = {
  name: 'provenance',
  signers: [anyGithub],
  provenance: { source: { repository: 'https://github.com/example-org/example', tag: 'v1.2.3' } },
};

const policyOf = (...requirements: readonly RequirementDocument[]): Promise<Policy> =>
  definePolicy({ name: 'test', requirements });

async function verdictOf(
  requirement: RequirementDocument | Policy,
  bytes: Uint8Array = good.bytes,
  given: Partial<VerifyInput> = {},
): Promise<Verdict> {
  const policy = 'digest' in requirement ? requirement : await policyOf(requirement);
  const evidence = bytes.length === 0 ? [] : parseEvidence(bytes, 'evidence.jsonl');
  return verify({ artifact: artifactOf(good), evidence, policy, trust: trustOf(good), now: NOW, ...given });
}

/** All reason codes, those of attestations in brackets. */
function codes({ reasons, requirements }: Verdict): readonly string[] {
  return [
    ...reasons.map(({ code }) => code),
    ...requirements.flatMap((requirement) => [
      ...requirement.reasons.map(({ code }) => code),
      ...requirement.attestations.flatMap((attestation) =>
        attestation.reasons.map(({ code }) => `[${code}]`),
      ),
    ]),
  ];
}

const other = { name: 'other.tar.gz', content: Buffer.from('other bytes') };
/** The same signed bytes in another wrapping: another digest of the file, the same attestation. */
const rewrapped: EvidenceFixture = {
  ...good,
  bytes: Buffer.from(good.bytes.toString('utf8').replace('{', '{ ')),
};
const again = makeEvidence({
  seed: 'again',
  statement: (subjects, claims) => ({ ...githubProvenance(subjects, claims) }),
});
const someoneElse = makeEvidence({
  seed: 'else',
  claims: {
    job_workflow_ref: 'other-org/builder/.github/workflows/build.yml@refs/tags/v2.0.0',
  },
});
const sbom = makeEvidence({ statement: cycloneDx });
const aboutOther = makeEvidence({ artifact: other });
const tampered = makeEvidence({ edit: (bundle) => void (bundle.dsseEnvelope!.signatures[0]!.sig = 'AAAA') });
const message = makeEvidence({ content: 'message' });

describe('the answer', () => {
  test('genuine evidence that is what the policy asks for passes', async () => {
    const verdict = await verdictOf(provenance);
    expect(verdict).toMatchObject({
      outcome: 'pass',
      artifact: { name: good.artifact.name },
      policy: { name: 'test', mode: 'enforce' },
      trustRoot: trustOf(good).root?.digest,
      reasons: [],
      requirements: [
        {
          name: 'provenance',
          outcome: 'pass',
          reasons: [],
          attestations: [
            {
              outcome: 'pass',
              predicateType: 'https://slsa.dev/provenance/v1',
              signer: good.identity,
              issuer: githubIssuer,
              times: [{ source: 'log', time: expect.stringMatching(/^2026-01-15T10:00:00/) }],
              reasons: [],
            },
          ],
        },
      ],
    });
  });

  test('all that fails is told', async () => {
    const verdict = await verdictOf({
      signers: [{ ...anyGithub, identity: 'https://github.com/x/**' }],
      provenance: { source: { repository: 'https://github.com/x/y', tag: 'v9' } },
    });
    expect(verdict.outcome).toBe('fail');
    expect(codes(verdict)).toEqual([
      '[SIGNER_IDENTITY_MISMATCH]',
      '[SOURCE_REPOSITORY_MISMATCH]',
      '[SOURCE_TAG_MISMATCH]',
    ]);
  });

  test('a trusted builder is enough', async () => {
    const generator = makeGeneratorEvidence();
    const id = `https://github.com/${generatorClaims.job_workflow_ref.split('@')[0]}`;
    const rule = { provenance: { builders: [{ id, level: 3 as const }], level: 3 as const } };
    expect((await verdictOf(rule, generator.bytes)).outcome).toBe('pass');
    expect(codes(await verdictOf(rule))).toEqual(['[BUILDER_UNTRUSTED]']);
  });

  test('a plain key', async () => {
    const byKey = makeEvidence({ signer: 'key' });
    const trust = { root: undefined, keys: [trustedKeyOf(byKey)] };
    const rule = { signers: [{ key: { pem: byKey.publicKeyPem }, transparencyLog: 'optional' as const }] };
    const verdict = await verdictOf(rule, makeEvidence({ signer: 'key', log: 'none' }).bytes, { trust });
    expect(verdict).toMatchObject({
      outcome: 'pass',
      trustRoot: undefined,
      requirements: [{ attestations: [{ signer: 'key:key.pub' }] }],
    });
  });

  test('all requirements must pass', async () => {
    const policy = await policyOf(provenance, { name: 'sbom', signers: [anyGithub], sbom: {} });
    const both = await verdictOf(policy, jsonLines(good, sbom));
    expect(both.outcome).toBe('pass');
    const one = await verdictOf(policy, jsonLines(good));
    expect(one.requirements.map(({ outcome }) => outcome)).toEqual(['pass', 'fail']);
    expect(one.outcome).toBe('fail');
    expect(codes(one)).toEqual(['ATTESTATION_MISSING']);
  });

  test('the same input gives the same bytes, and is not changed', async () => {
    const policy = await policyOf({ ...provenance, match: 'all' });
    const bytes = jsonLines(good, sbom, tampered);
    const first = renderJson(await verdictOf(policy, bytes));
    expect(renderJson(await verdictOf(policy, Buffer.from(bytes)))).toBe(first);
  });

  test('warn changes nothing but what it says', async () => {
    const document = { name: 'w', requirements: [{ ...provenance, provenance: { source: { tag: 'v9' } } }] };
    const verdict = await verdictOf(await definePolicy({ ...document, mode: 'warn' }));
    expect(verdict).toMatchObject({ outcome: 'fail', policy: { mode: 'warn' } });
  });
});

describe('before any evidence is looked at', () => {
  test.each<[string, object, string[]]>([
    ['in force', { notBefore: '2026-06-01T00:00:00Z', expires: '2026-06-01T00:00:01Z' }, []],
    ['not yet', { notBefore: '2026-06-01T00:00:01Z' }, ['POLICY_NOT_YET_VALID']],
    ['no more', { expires: '2026-06-01T00:00:00Z' }, ['POLICY_EXPIRED']],
    ['about another artifact', { subjects: ['other-*'] }, ['POLICY_NO_MATCH']],
    ['about this artifact', { subjects: ['other-*', good.artifact.name] }, []],
    ['about this artifact, by regular expression', { subjects: [{ regexp: '.*' }] }, []],
    [
      'no requirement about this artifact',
      { requirements: [{ ...provenance, subjects: ['other-*'] }] },
      ['POLICY_NO_MATCH'],
    ],
    [
      'expired and about another',
      { expires: '2026-01-01T00:00:00Z', subjects: ['x'] },
      ['POLICY_EXPIRED', 'POLICY_NO_MATCH'],
    ],
  ])('%s', async (_, fields, expected) => {
    const policy = await parsePolicy(
      JSON.stringify({ name: 'x', requirements: [provenance], ...fields }),
      'p.json',
    );
    const verdict = await verdictOf(policy);
    expect(codes(verdict)).toEqual(expected);
    expect(verdict.outcome).toBe(expected.length === 0 ? 'pass' : 'fail');
  });

  test.each([
    ['dist/keadm.tar.gz', 'file', 'keadm.*', true],
    ['dist/keadm.tar.gz', 'file', 'dist/*', true],
    ['dist/keadm.tar.gz', 'file', '*', true],
    ['ghcr.io/kubeedge/cloudcore:v1@sha256:00', 'image', 'ghcr.io/kubeedge/*', true],
    ['ghcr.io/kubeedge/cloudcore:v1@sha256:00', 'image', 'ghcr.io/kubeedge/cloudcore', true],
    ['ghcr.io/kubeedge/cloudcore:v1@sha256:00', 'image', 'ghcr.io/kubeedge/cloudcore:v1', true],
    ['localhost:5000/cloudcore@sha256:00', 'image', 'localhost:5000/cloudcore', true],
    ['ghcr.io/evil/kubeedge/cloudcore', 'image', 'ghcr.io/kubeedge/*', false],
    ['ghcr.io/kubeedge/cloudcore', 'image', 'cloudcore', false],
    ['sha256:00', 'digest', 'ghcr.io/**', false],
  ] as const)('%s (%s) is named by %s: %s', async (name, kind, subject, applies) => {
    const policy = await definePolicy({ name: 'x', subjects: [subject], requirements: [provenance] });
    const verdict = await verdictOf(policy, undefined, { artifact: { ...artifactOf(good), name, kind } });
    expect(codes(verdict)).toEqual(applies ? [] : ['POLICY_NO_MATCH']);
  });

  test('no evidence', async () => {
    const verdict = await verdictOf(provenance, Buffer.alloc(0));
    expect(verdict).toMatchObject({
      outcome: 'fail',
      reasons: [{ code: 'EVIDENCE_EMPTY' }],
      requirements: [],
    });
  });
});

describe('evidence that is worth nothing', () => {
  test.each([
    ['a broken signature', tampered, ['[SIGNATURE_INVALID]']],
    ['of another artifact', aboutOther, ['[ARTIFACT_DIGEST_MISMATCH]']],
    ['of another type', sbom, ['ATTESTATION_MISSING']],
    ['a signature over the artifact itself', message, ['ATTESTATION_MISSING']],
    [
      'no statement in the envelope',
      makeEvidence({ payloadType: 'text/plain' }),
      ['[PAYLOAD_TYPE_UNSUPPORTED]'],
    ],
    ['another instance', makeEvidence({ signer: 'key' }), ['[KEY_UNKNOWN]']],
  ])('%s', async (_, { bytes }, expected) => {
    const verdict = await verdictOf(provenance, bytes);
    expect(verdict.outcome).toBe('fail');
    expect(codes(verdict)).toEqual(expected);
  });

  test('the missing type is explained', async () => {
    const [reason] = (
      await verdictOf({ ...provenance, predicateType: 'slsaprovenance02' }, jsonLines(good, sbom, message))
    ).requirements[0]!.reasons;
    expect(reason).toMatchObject({
      code: 'ATTESTATION_MISSING',
      expected: '"https://slsa.dev/provenance/v0.2" (slsaprovenance)',
      found:
        '"https://slsa.dev/provenance/v1" (slsaprovenance1), "https://cyclonedx.org/bom" (cyclonedx), a signature without statement',
      hint: 'ask the publisher for it, or ask for "slsaprovenance1" if that is what you mean',
    });
  });

  test('a fault of our own is an error, not an exception', async () => {
    const policy = await policyOf(provenance);
    const requirements = policy.requirements.map((requirement) => ({
      ...requirement,
      checks: [{ about: 'a fault', check: (): never => expect.unreachable('a fault') }],
    }));
    const verdict = await verdictOf({ ...policy, requirements });
    expect(verdict.outcome).toBe('error');
    expect(codes(verdict)).toEqual(['[INTERNAL_ERROR]']);
  });
});

describe('a signature over the artifact itself', () => {
  const signed = { signers: [anyGithub] };
  test.each<[string, RequirementDocument, string[]]>([
    ['a requirement that asks only for a signer', signed, []],
    [
      'another signer',
      { signers: [{ issuer: 'a', identity: 'b' }] },
      ['[SIGNER_ISSUER_MISMATCH]', '[SIGNER_IDENTITY_MISMATCH]'],
    ],
    ['a requirement on its statement', { ...signed, package: { name: 'x' } }, ['[ATTESTATION_MISSING]']],
    ['a requirement on its predicate', { ...signed, predicate: true }, ['[ATTESTATION_MISSING]']],
  ])('%s', async (_, requirement, expected) => {
    expect(codes(await verdictOf(requirement, message.bytes))).toEqual(expected);
  });

  test('of an artifact known by digest only', async () => {
    const { content: _, ...artifact } = artifactOf(good);
    expect(codes(await verdictOf(signed, message.bytes, { artifact }))).toEqual([
      '[ARTIFACT_CONTENT_REQUIRED]',
    ]);
    expect(
      (await verdictOf(signed, message.bytes, { artifact, ecdsaDigest: verifyEcdsaDigest })).outcome,
    ).toBe('pass');
  });
});

describe('how many must pass', () => {
  const two = { atLeast: 2 };
  const signers = { atLeast: 2, distinctSigners: true };
  test.each<[string, RequirementDocument['match'] & {}, readonly EvidenceFixture[], string[]]>([
    ['any: one good', 'any', [tampered, good], []],
    ['any: none good', 'any', [tampered, aboutOther], ['[SIGNATURE_INVALID]', '[ARTIFACT_DIGEST_MISMATCH]']],
    ['all: all good', 'all', [good, someoneElse], []],
    ['all: another type beside', 'all', [good, sbom], []],
    ['all: about another artifact beside', 'all', [good, aboutOther], []],
    ['all: only about another artifact', 'all', [aboutOther], ['[ARTIFACT_DIGEST_MISMATCH]']],
    ['all: one cannot be authenticated', 'all', [good, tampered], ['[SIGNATURE_INVALID]']],
    ['all: none', 'all', [sbom], ['ATTESTATION_MISSING']],
    ['two: one', two, [good], ['ATTESTATIONS_TOO_FEW']],
    ['two: the same twice', two, [good, good], ['ATTESTATIONS_TOO_FEW']],
    ['two: the same in another wrapping', two, [good, rewrapped], ['ATTESTATIONS_TOO_FEW']],
    ['two', two, [good, someoneElse], []],
    ['two signers: the same one twice', signers, [good, again], ['ATTESTATIONS_TOO_FEW']],
    ['two signers', signers, [good, someoneElse], []],
    [
      'two signers: one does not pass',
      signers,
      [good, tampered],
      ['ATTESTATIONS_TOO_FEW', '[SIGNATURE_INVALID]'],
    ],
  ])('%s', async (_, match, fixtures, expected) => {
    const requirement = { signers: [anyGithub], provenance: { level: 1 as const }, match };
    const verdict = await verdictOf(requirement, jsonLines(...fixtures));
    expect(verdict.outcome).toBe(expected.length === 0 ? 'pass' : 'fail');
    expect(verdict.outcome === 'pass' ? [] : codes(verdict)).toEqual(expected);
  });

  test('two signatures in one envelope, of which one key is trusted, are one signer', async () => {
    const options = { signer: 'key', format: 'envelope', signatures: 2 } as const;
    const twice = makeEvidence(options);
    const signer = { key: { pem: twice.publicKeyPem }, transparencyLog: 'optional' as const };
    const trust = { root: undefined, keys: [trustedKeyOf(twice)] };
    const verdict = await verdictOf({ signers: [signer], match: signers }, twice.bytes, { trust });
    expect(codes(verdict)).toEqual(['ATTESTATIONS_TOO_FEW']);
    expect(verdict.requirements[0]?.reasons[0]).toMatchObject({
      expected: 'at least 2 different signers',
      found: '1',
    });
  });
});
