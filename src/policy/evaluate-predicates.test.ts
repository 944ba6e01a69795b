import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#core/json/value';
import type { PublishFacts, SbomFacts, VsaFacts, VulnerabilityFacts } from '#core/slsa/facts';
import { anyGithubSigner, codesOf, provenance, reasonsFor } from '../../test/policy/fixtures.ts';
import { parsePackageUrl } from './evaluate-package.ts';

const signers = [anyGithubSigner];

describe('package', () => {
  const publish: PublishFacts = {
    kind: 'publish',
    predicateType: 'p',
    name: '@kubeedge/keadm',
    version: '1.20.1',
    registry: undefined,
  };
  test.each([
    ['name and version', { name: '@kubeedge/keadm', version: '1.20.1' }, provenance, []],
    ['another name', { name: 'keadm' }, provenance, ['PACKAGE_NAME_MISMATCH']],
    ['another version', { version: '1.20.2' }, provenance, ['PACKAGE_VERSION_MISMATCH']],
    ['what the registry says too', { name: '@kubeedge/keadm', version: '1.20.1' }, publish, []],
    [
      'a registry that says otherwise',
      { name: '@kubeedge/keadm', version: '1.20.1' },
      { ...publish, name: 'x', version: '2' },
      ['PACKAGE_NAME_MISMATCH', 'PACKAGE_VERSION_MISMATCH'],
    ],
    [
      'a subject and a registry that say otherwise',
      { name: 'x' },
      publish,
      ['PACKAGE_NAME_MISMATCH', 'PACKAGE_NAME_MISMATCH'],
    ],
  ])('%s', async (_, rule, facts, codes) => {
    expect(codesOf(await reasonsFor({ signers, package: rule }, { facts }))).toEqual(codes);
  });

  test.each([
    ['pkg:npm/%40scope/name@1.0.0', '@scope/name', '1.0.0'],
    ['pkg:npm/name@1.0.0?arch=x#y', 'name', '1.0.0'],
    ['pkg:golang/github.com/o/r@v1.0.0', 'github.com/o/r', 'v1.0.0'],
    ['pkg:npm/name', 'name', undefined],
    ['name@1.0.0', undefined, undefined],
    ['pkg:npm/%zz@1', undefined, undefined],
  ])('%s is %s, %s', (purl, name, version) => {
    expect(parsePackageUrl(purl)).toEqual(name === undefined ? undefined : { name, version });
  });
});

describe('vsa', () => {
  const vsa: VsaFacts = {
    kind: 'vsa',
    predicateType: 'https://slsa.dev/verification_summary/v1',
    verifierId: 'https://example.com/verifier',
    resourceUri: 'pkg:oci/x',
    policyUri: undefined,
    verificationResult: 'PASSED',
    verifiedLevels: ['SLSA_BUILD_LEVEL_2', 'EXAMPLE_CHECKED', 'SLSA_BUILD_REPRODUCED'],
    timeVerified: undefined,
    slsaVersion: undefined,
  };
  const all = {
    verifierId: 'https://example.com/verifier',
    resourceUri: 'pkg:oci/*',
    verifiedLevels: ['SLSA_BUILD_LEVEL_1', 'EXAMPLE_CHECKED'],
  };
  test.each([
    ['all as expected', all, vsa, []],
    ['another verifier', { verifierId: 'https://example.com/' }, vsa, ['VSA_VERIFIER_MISMATCH']],
    ['another resource', { resourceUri: 'pkg:oci/y' }, vsa, ['VSA_RESOURCE_MISMATCH']],
    ['a failed summary', {}, { ...vsa, verificationResult: 'FAILED' as const }, ['VSA_RESULT_NOT_PASSED']],
    ['the same level', { verifiedLevels: ['SLSA_BUILD_LEVEL_2'] }, vsa, []],
    ['a higher level', { verifiedLevels: ['SLSA_BUILD_LEVEL_3'] }, vsa, ['VSA_LEVEL_TOO_LOW']],
    ['another track', { verifiedLevels: ['SLSA_SOURCE_LEVEL_1'] }, vsa, ['VSA_LEVEL_TOO_LOW']],
    ['a property', { verifiedLevels: ['SLSA_BUILD_REPRODUCED'] }, vsa, []],
    [
      'no levels',
      { verifiedLevels: ['SLSA_BUILD_LEVEL_1'] },
      { ...vsa, verifiedLevels: [] },
      ['VSA_LEVEL_TOO_LOW'],
    ],
    ['provenance', {}, provenance, ['VSA_INVALID']],
    [
      'everything wrong',
      { ...all, verifierId: 'x', resourceUri: 'y', verifiedLevels: ['z'] },
      { ...vsa, verificationResult: 'FAILED' as const },
      ['VSA_VERIFIER_MISMATCH', 'VSA_RESOURCE_MISMATCH', 'VSA_RESULT_NOT_PASSED', 'VSA_LEVEL_TOO_LOW'],
    ],
  ])('%s', async (_, rule, facts, codes) => {
    expect(codesOf(await reasonsFor({ signers, vsa: rule }, { facts }))).toEqual(codes);
  });

  test('a failed summary never passes, also where the policy has no rule about it', async () => {
    const facts = { ...vsa, verificationResult: 'FAILED' as const };
    expect(codesOf(await reasonsFor({ signers }, { facts }))).toEqual(['VSA_RESULT_NOT_PASSED']);
  });
});

describe('sbom', () => {
  const sbom: SbomFacts = {
    kind: 'sbom',
    predicateType: 'https://cyclonedx.org/bom',
    format: 'CycloneDX',
    version: '1.6',
    created: undefined,
    packages: [
      { name: 'lodash', version: '4.17.0', purl: 'pkg:npm/lodash@4.17.0', licenses: [] },
      { name: 'left-pad', version: '1.0.0', purl: undefined, licenses: [] },
    ],
  };
  test.each([
    ['format', { formats: ['CycloneDX'] }, sbom, []],
    ['another format', { formats: ['SPDX'] }, sbom, ['SBOM_MISMATCH']],
    ['enough packages', { minimumPackages: 2 }, sbom, []],
    ['too few packages', { minimumPackages: 3 }, sbom, ['SBOM_MISMATCH']],
    ['a forbidden package', { forbidPackages: ['pkg:npm/lodash@4.*'] }, sbom, ['SBOM_MISMATCH']],
    ['a forbidden package without URL', { forbidPackages: ['left-*'] }, sbom, ['SBOM_MISMATCH']],
    ['a package that is not there', { forbidPackages: ['pkg:npm/react@*'] }, sbom, []],
    ['provenance', {}, provenance, ['SBOM_MISMATCH']],
  ])('%s', async (_, rule, facts, codes) => {
    expect(codesOf(await reasonsFor({ signers, sbom: rule }, { facts }))).toEqual(codes);
  });
});

describe('vulnerabilities', () => {
  const report: VulnerabilityFacts = {
    kind: 'vulnerabilities',
    predicateType: 'v',
    scanner: undefined,
    scanFinishedOn: '2026-06-01T11:00:00Z',
    findings: [
      { id: 'CVE-1', severity: 'High' },
      { id: 'CVE-2', severity: 'low' },
    ],
  };
  test.each([
    ['fresh', { maxAge: 3600 }, report, []],
    ['a second too old', { maxAge: 3599 }, report, ['VULNERABILITY_SCAN_STALE']],
    ['no time', { maxAge: 3600 }, { ...report, scanFinishedOn: undefined }, ['VULNERABILITY_SCAN_STALE']],
    [
      'a time that is none',
      { maxAge: 3600 },
      { ...report, scanFinishedOn: 'today' },
      ['VULNERABILITY_SCAN_STALE'],
    ],
    [
      'in the future',
      { maxAge: 3600 },
      { ...report, scanFinishedOn: '2027-01-01T00:00:00Z' },
      ['VULNERABILITY_SCAN_STALE'],
    ],
    ['a clock a little ahead', { maxAge: 3600 }, { ...report, scanFinishedOn: '2026-06-01T12:01:00Z' }, []],
    [
      'a forbidden severity, in other letters',
      { forbidSeverities: ['CRITICAL', 'HIGH'] },
      report,
      ['VULNERABILITY_FOUND'],
    ],
    ['none of the forbidden', { forbidSeverities: ['critical'] }, report, []],
    [
      'an unknown severity',
      { forbidSeverities: ['critical'] },
      { ...report, findings: [{ id: 'CVE-3', severity: undefined }] },
      ['VULNERABILITY_FOUND'],
    ],
    ['provenance', { maxAge: 1 }, provenance, ['PREDICATE_INVALID']],
  ])('%s', async (_, rule, facts, codes) => {
    expect(codesOf(await reasonsFor({ signers, vulnerabilities: rule }, { facts }))).toEqual(codes);
  });
});

describe('predicate schema', () => {
  const facts = { kind: 'other' as const, predicateType: 'urn:test' };
  const schema = {
    type: 'object',
    required: ['result'],
    properties: {
      result: { const: 'ok' },
      tests: { type: 'array', items: { type: 'object', required: ['name'] } },
      id: { type: 'string', pattern: '^x' },
    },
  };
  test.each([
    ['fits', { result: 'ok', tests: [{ name: 'a' }] }, schema, []],
    ['lacks a field', {}, schema, ['predicate']],
    ['another value', { result: 'no' }, schema, ['predicate.result']],
    ['deep', { result: 'ok', tests: [{ name: 'a' }, {}] }, schema, ['predicate.tests[1]']],
    ['a pattern', { result: 'ok', id: 'y' }, schema, ['predicate.id']],
    ['a field that only Object has', {}, { type: 'object', required: ['constructor'] }, ['predicate']],
    ['several', { tests: [{}], id: 'y' }, schema, ['predicate', 'predicate.tests[0]', 'predicate.id']],
    ['an unwanted field', { a: 1 }, { type: 'object', additionalProperties: false }, ['predicate.a']],
    ['false refuses everything', {}, false, ['predicate']],
    ['true nothing', {}, true, []],
    [
      'a number beyond doubles is no integer it could check',
      { n: 2n ** 70n },
      { type: 'object', properties: { n: { type: 'integer' } } },
      ['predicate.n'],
    ],
  ])('%s', async (_, predicate, predicateSchema, paths) => {
    const reasons = await reasonsFor({ signers, predicate: predicateSchema }, { facts, predicate });
    expect(new Set(reasons.map(({ path }) => path))).toEqual(new Set(paths));
    expect(new Set(codesOf(reasons)).size).toBe(paths.length === 0 ? 0 : 1);
  });

  test('a reason', async () => {
    const [reason] = await reasonsFor({ signers, predicate: schema }, { facts, predicate: { result: 'no' } });
    expect(reason).toMatchObject({
      code: 'PREDICATE_SCHEMA_MISMATCH',
      path: 'predicate.result',
      expected: '"ok"',
      found: '"no"',
      at: { file: 'policy.json', line: 11, column: 20 },
    });
  });

  test('long keys are cut, and of many failures ten are told', async () => {
    const predicate = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`${i}${'k'.repeat(5000)}`, 1]),
    );
    const reasons = await reasonsFor(
      { signers, predicate: { type: 'object', additionalProperties: false } },
      { facts, predicate },
    );
    expect(reasons).toHaveLength(10);
    for (const { message, path, found, hint } of reasons) {
      expect(`${message}${path}${found}`.length).toBeLessThan(800);
      expect(hint).toBe('20 more failures are left out');
    }
  });

  test('each pattern is its own', async () => {
    const two = {
      type: 'object',
      properties: { a: { type: 'string', pattern: '^a' }, b: { type: 'string', pattern: 'b$' } },
    };
    const failing = async (predicate: JsonObject): Promise<readonly (string | undefined)[]> =>
      (await reasonsFor({ signers, predicate: two }, { facts, predicate })).map(({ path }) => path);
    expect(await failing({ a: 'ax', b: 'xb' })).toEqual([]);
    expect(await failing({ a: 'xb', b: 'xb' })).toEqual(['predicate.a']);
    expect(await failing({ a: 'ax', b: 'ax' })).toEqual(['predicate.b']);
  });

  test('patterns take linear time', async () => {
    const evil = { type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } };
    const started = performance.now();
    expect(
      await reasonsFor({ signers, predicate: evil }, { facts, predicate: { a: `${'a'.repeat(5000)}b` } }),
    ).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
