import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import type { Statement } from '#core/in-toto-attestation/types';
import { parseJson } from '#core/json/parse';
import type { JsonObject, JsonValue } from '#core/json/value';
import { isSbomType, parseSbom } from './sbom.ts';
import { isVulnerabilityType, parseVulnerabilities } from './vulnerabilities.ts';

const CYCLONEDX = 'https://cyclonedx.org/bom';
const SPDX = 'https://spdx.dev/Document';
const VULNS = 'https://in-toto.io/attestation/vulns/v0.2';
const COSIGN_VULN = 'https://cosign.sigstore.dev/attestation/vuln/v1';

const statementOf = (predicateType: string, predicate: JsonValue): Statement => ({
  type: 'https://in-toto.io/Statement/v1',
  subjects: [],
  predicateType,
  predicate,
  document: {},
  payload: new Uint8Array(),
});

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return reasonOf(error).code;
  }
}

const anyJson = fc.json().map((text) => parseJson(text));

const cyclonedx: JsonObject = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  metadata: { timestamp: '2026-01-02T03:04:05Z' },
  components: [
    {
      type: 'library',
      name: 'a',
      version: '1.0',
      purl: 'pkg:npm/a@1.0',
      licenses: [{ license: { id: 'MIT' } }, { license: { name: 'Own' } }, { expression: 'MIT OR ISC' }],
      components: [{ type: 'library', name: 'inside' }],
    },
  ],
};
const spdx2: JsonObject = {
  spdxVersion: 'SPDX-2.3',
  creationInfo: { created: '2026-01-02T03:04:05Z', creators: ['Tool: x'] },
  packages: [
    {
      name: 'a',
      versionInfo: '1.0',
      licenseConcluded: 'NOASSERTION',
      licenseDeclared: 'MIT',
      externalRefs: [
        { referenceCategory: 'SECURITY', referenceType: 'cpe23Type', referenceLocator: 'cpe:x' },
        { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: 'pkg:npm/a@1.0' },
      ],
    },
    { name: 'b' },
  ],
};
const spdx3: JsonObject = {
  '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
  '@graph': [
    { type: 'CreationInfo', specVersion: '3.0.1', created: '2026-01-02T03:04:05Z' },
    {
      type: 'software_Package',
      name: 'a',
      software_packageVersion: '1.0',
      software_packageUrl: 'pkg:npm/a@1.0',
    },
    { type: 'Relationship' },
  ],
};

describe('parseSbom', () => {
  test('CycloneDX: components, those inside others too', () => {
    expect(parseSbom(statementOf(`${CYCLONEDX}/v1.6`, cyclonedx))).toEqual({
      kind: 'sbom',
      predicateType: `${CYCLONEDX}/v1.6`,
      format: 'CycloneDX',
      version: '1.6',
      created: '2026-01-02T03:04:05Z',
      packages: [
        { name: 'a', version: '1.0', purl: 'pkg:npm/a@1.0', licenses: ['MIT', 'Own', 'MIT OR ISC'] },
        { name: 'inside', version: undefined, purl: undefined, licenses: [] },
      ],
    });
  });

  test('SPDX 2', () => {
    expect(parseSbom(statementOf(SPDX, spdx2))).toMatchObject({
      format: 'SPDX',
      version: '2.3',
      packages: [
        { name: 'a', version: '1.0', purl: 'pkg:npm/a@1.0', licenses: ['MIT'] },
        { name: 'b', licenses: [] },
      ],
    });
  });

  test('SPDX 3', () => {
    expect(parseSbom(statementOf(`${SPDX}/v3`, spdx3))).toMatchObject({
      format: 'SPDX',
      version: '3.0.1',
      created: '2026-01-02T03:04:05Z',
      packages: [{ name: 'a', version: '1.0', purl: 'pkg:npm/a@1.0', licenses: [] }],
    });
  });

  test.each([
    ['no object', CYCLONEDX, []],
    ['no format', CYCLONEDX, { ...cyclonedx, bomFormat: 'x' }],
    ['an unknown version', CYCLONEDX, { ...cyclonedx, specVersion: '2.0' }],
    ['SPDX as CycloneDX', CYCLONEDX, spdx2],
    ['a component without name', CYCLONEDX, { ...cyclonedx, components: [{}] }],
    ['a licence of neither form', CYCLONEDX, { ...cyclonedx, components: [{ name: 'a', licenses: [{}] }] }],
    ['a bad time', CYCLONEDX, { ...cyclonedx, metadata: { timestamp: 'yesterday' } }],
    ['CycloneDX as SPDX', SPDX, cyclonedx],
    ['SPDX 1', SPDX, { ...spdx2, spdxVersion: 'SPDX-1.2' }],
    ['SPDX 2 as 3', `${SPDX}/v3`, spdx2],
    ['SPDX 3 as 2', `${SPDX}/v2.3`, spdx3],
    ['SPDX 3 without creation info', SPDX, { '@graph': [] }],
    ['no creation info', SPDX, { ...spdx2, creationInfo: null }],
    ['packages that are no list', SPDX, { ...spdx2, packages: {} }],
    ['a package without name', SPDX, { ...spdx2, packages: [{}] }],
  ])('refuses %s', (_name, type, document) => {
    expect(codeOf(() => parseSbom(statementOf(type, document)))).toBe('SBOM_INVALID');
  });

  test('any JSON in any place gives facts or a reason of its own', () => {
    const keys = ['components', 'packages', '@graph', 'metadata', 'creationInfo', 'specVersion'] as const;
    const documents = fc.constantFrom(cyclonedx, spdx2, spdx3);
    fc.assert(
      fc.property(documents, fc.constantFrom(...keys), anyJson, (document, key, value) => {
        const statement = statementOf(document === cyclonedx ? CYCLONEDX : SPDX, {
          ...document,
          [key]: value,
        });
        expect(codeOf(() => parseSbom(statement)) ?? 'SBOM_INVALID').toBe('SBOM_INVALID');
      }),
    );
  });
});

describe('parseVulnerabilities', () => {
  const report = (result: JsonValue, type = VULNS): Statement =>
    statementOf(type, {
      scanner: { uri: 'pkg:github/scanner@1', result },
      metadata: { scanFinishedOn: '2026-01-02T03:04:05Z' },
    });
  const findings = (statement: Statement): unknown => parseVulnerabilities(statement).findings;

  test('reads scanner and time', () => {
    expect(parseVulnerabilities(report([]))).toEqual({
      kind: 'vulnerabilities',
      predicateType: VULNS,
      scanner: 'pkg:github/scanner@1',
      scanFinishedOn: '2026-01-02T03:04:05Z',
      findings: [],
    });
  });

  test.each([
    ['9.8', 'CRITICAL'],
    ['7', 'HIGH'],
    ['6.9', 'MEDIUM'],
    ['0.1', 'LOW'],
    ['0.0', 'NONE'],
    ['HIGH', 'HIGH'],
    ['11', undefined],
    ['', undefined],
  ])('in-toto: a score of %j is %s', (score, severity) => {
    expect(findings(report([{ id: 'CVE-1', severity: [{ method: 'nvd', score }] }]))).toEqual([
      { id: 'CVE-1', severity },
    ]);
  });

  test('in-toto: a finding without severity is a finding', () => {
    expect(findings(report([{ id: 'CVE-1' }]))).toEqual([{ id: 'CVE-1', severity: undefined }]);
  });

  test.each([
    [
      'Trivy',
      {
        Results: [
          { Vulnerabilities: [{ VulnerabilityID: 'CVE-1', Severity: 'LOW' }] },
          { Vulnerabilities: null },
        ],
      },
    ],
    ['Grype', { matches: [{ vulnerability: { id: 'CVE-1', severity: 'LOW' } }] }],
  ])('cosign: output of %s', (_name, result) => {
    expect(findings(report(result, COSIGN_VULN))).toEqual([{ id: 'CVE-1', severity: 'LOW' }]);
  });

  test.each([
    ['cosign: no result', COSIGN_VULN, null],
    ['cosign: output of another scanner', COSIGN_VULN, { runs: [] }],
    ['cosign: findings that are no list', COSIGN_VULN, { Results: 'none' }],
    ['in-toto: a result that is no list', VULNS, { matches: [] }],
    ['in-toto: a finding without id', VULNS, [{}]],
    ['in-toto: a severity without score', VULNS, [{ id: 'x', severity: [{}] }]],
  ])('refuses %s', (_name, type, result) => {
    expect(codeOf(() => parseVulnerabilities(report(result, type)))).toBe('PREDICATE_INVALID');
  });

  test('refuses a bad time and a report without scanner', () => {
    expect(codeOf(() => parseVulnerabilities(statementOf(VULNS, {})))).toBe('PREDICATE_INVALID');
    const predicate = { scanner: {}, metadata: { scanFinishedOn: 'now' } };
    expect(codeOf(() => parseVulnerabilities(statementOf(VULNS, predicate)))).toBe('PREDICATE_INVALID');
  });

  test('any JSON as result gives facts or a reason of its own', () => {
    fc.assert(
      fc.property(fc.constantFrom(VULNS, COSIGN_VULN), anyJson, (type, result) => {
        const code = codeOf(() => parseVulnerabilities(report(result, type)));
        expect(code ?? 'PREDICATE_INVALID').toBe('PREDICATE_INVALID');
      }),
    );
  });
});

test.each([
  [SPDX, true, false],
  [`${SPDX}/v2.3`, true, false],
  [`${CYCLONEDX}/v1.6`, true, false],
  [`${CYCLONEDX}/x`, false, false],
  [VULNS, false, true],
  ['https://in-toto.io/attestation/vulns', false, true],
  ['https://in-toto.io/attestation/vulns/v9', false, false],
  [COSIGN_VULN, false, true],
])('%s: SBOM %s, vulnerabilities %s', (type, sbom, vulnerabilities) => {
  expect([isSbomType(type), isVulnerabilityType(type)]).toEqual([sbom, vulnerabilities]);
});
