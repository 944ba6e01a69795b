import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describePolicy } from './describe-policy.ts';
import { definePolicy } from './define-policy.ts';
import { parsePolicy } from './parse-policy.ts';

const readme = readFileSync(new URL('../../policies/README.md', import.meta.url), 'utf8');

describe('criteria', () => {
  test('of the policy in policies/README.md', async () => {
    const text = /```json\n(.*?)```/s.exec(readme)?.[1] ?? '';
    const policy = await parsePolicy(text, 'README.md');
    expect(describePolicy(policy)).toEqual([
      `policy "KubeEdge releases" (sha256:${policy.digest})`,
      'it is in force until 2027-01-01T00:00:00Z, then it refuses everything',
      'it speaks about artifacts named "keadm-*" or "kubeedge-*"; any other is refused',
      'provenance: at least one attestation of type https://slsa.dev/provenance/v0.2 (slsaprovenance) or https://slsa.dev/provenance/v1 (slsaprovenance1) passes',
      'provenance: built by https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml (trusted for level 3)',
      'provenance: SLSA Build level is at least 3',
      'provenance: source repository is "https://github.com/kubeedge/kubeedge"',
      'provenance: source tag is a version in ">=1.16.0"',
    ]);
  });

  test('of every rule', async () => {
    const policy = await definePolicy({
      name: 'all',
      mode: 'warn',
      notBefore: '2026-01-01T00:00:00Z',
      requirements: [
        {
          subjects: ['a'],
          match: { atLeast: 2, distinctSigners: true },
          signers: [
            { issuer: 'https://i', identity: { regexp: 'x.*' }, extensions: { buildTrigger: 'push' } },
            { key: { sha256: 'a'.repeat(64) } },
          ],
          provenance: {
            source: {
              ref: 'refs/tags/*',
              digest: 'd'.repeat(40),
              branch: 'main',
              tag: 'v1',
              versionedTag: 'v1',
              repositoryId: '1',
              ownerId: '2',
            },
            buildType: 'https://b',
            workflow: 'w.yml',
            triggers: ['push', 'release'],
            runnerEnvironment: 'github-hosted',
            workflowInputs: { a: 'b' },
            externalParameters: { c: true },
            builders: [{ id: 'https://b', level: 3 }],
            hermetic: true,
            dependenciesComplete: true,
            dependencyHosts: ['github.com'],
          },
          package: { name: 'p', version: '1' },
          predicate: true,
        },
        {
          signers: [{ key: { sha256: 'b'.repeat(64) }, transparencyLog: 'optional' }],
          match: 'all',
          vsa: { verifierId: 'v', resourceUri: 'r', verifiedLevels: ['L'] },
        },
        {
          signers: [{ issuer: 'i', identity: 'j' }],
          match: { atLeast: 3 },
          sbom: { formats: ['SPDX'], minimumPackages: 1, forbidPackages: ['x'] },
        },
        {
          signers: [{ issuer: 'i', identity: 'j' }],
          predicateType: 'vuln',
          vulnerabilities: { maxAge: 60, forbidSeverities: ['HIGH'] },
        },
      ],
    });
    expect(describePolicy(policy).slice(1)).toMatchInlineSnapshot(`
      [
        "it only warns",
        "it is in force from 2026-01-01T00:00:00Z",
        "requirement 1: attestations of type https://slsa.dev/provenance/v0.2 (slsaprovenance) or https://slsa.dev/provenance/v1 (slsaprovenance1) by at least 2 different signers pass",
        "requirement 1: only for artifacts named "a"",
        "requirement 1: signed by identity the regular expression "x.*" of issuer "https://i" with buildTrigger "push", or by the key sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, proved by a transparency log",
        "requirement 1: built by https://b (trusted for level 3)",
        "requirement 1: source ref is "refs/tags/*"",
        "requirement 1: source commit is "dddddddddddddddddddddddddddddddddddddddd"",
        "requirement 1: source branch is "main"",
        "requirement 1: source tag is "v1"",
        "requirement 1: source tag is a tag of version "v1"",
        "requirement 1: source repository's number is "1"",
        "requirement 1: source owner's number is "2"",
        "requirement 1: workflow input "a" is "b"",
        "requirement 1: build type is "https://b"",
        "requirement 1: workflow file is "w.yml"",
        "requirement 1: started by push or release",
        "requirement 1: runner environment is "github-hosted"",
        "requirement 1: external parameters are exactly "c"",
        "requirement 1: the builder states a build without network",
        "requirement 1: the builder states all dependencies",
        "requirement 1: dependencies come only from "github.com"",
        "requirement 1: package name is "p"",
        "requirement 1: package version is "1"",
        "requirement 1: the predicate satisfies the policy's JSON Schema",
        "requirement 2: every attestation of type https://slsa.dev/verification_summary/v1 passes, and there is one",
        "requirement 2: signed by the key sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        "requirement 2: the verification summary says PASSED",
        "requirement 2: the summary is by "v"",
        "requirement 2: the summary is about "r"",
        "requirement 2: the summary covers L",
        "requirement 3: at least 3 attestations of type https://cyclonedx.org/bom (cyclonedx) or https://spdx.dev/Document (spdx) pass",
        "requirement 3: signed by identity "j" of issuer "i"",
        "requirement 3: the bill of materials is SPDX",
        "requirement 3: it lists at least 1 packages",
        "requirement 3: it lists no package "x"",
        "requirement 4: at least one attestation of type https://cosign.sigstore.dev/attestation/vuln/v1 (vuln) passes",
        "requirement 4: signed by identity "j" of issuer "i"",
        "requirement 4: the scan is at most 60 seconds old",
        "requirement 4: no finding has severity HIGH",
      ]
    `);
  });
});
