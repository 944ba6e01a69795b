import type { Random } from '../../fuzz/random.ts';
import type { Json } from './alphabet.ts';

const digest = { sha256: '6dcf3f1a9a8f5b6f3cb1a1d5a8e0c3e0f1ab2f4f1c0b3b8f3c1f0a9e8d7c6b5a' };
const commit = '8a1b2c3d4e5f60718293a4b5c6d7e8f901234567';
const repository = 'https://github.com/kubeedge/kubeedge';
const subject: Json = [{ name: 'ghcr.io/kubeedge/cloudcore', digest }];

const slsa1: Json = {
  buildDefinition: {
    buildType: 'https://actions.github.io/buildtypes/workflow/v1',
    externalParameters: {
      workflow: { ref: 'refs/tags/v1.20.0', repository, path: '.github/workflows/release.yml' },
    },
    internalParameters: { github: { event_name: 'push', repository_id: '1' } },
    resolvedDependencies: [{ uri: `git+${repository}@refs/tags/v1.20.0`, digest: { gitCommit: commit } }],
  },
  runDetails: {
    builder: { id: `${repository}/.github/workflows/release.yml@refs/tags/v1.20.0`, version: { 'x-y': '1' } },
    metadata: {
      invocationId: `${repository}/actions/runs/1/attempts/1`,
      startedOn: '2024-05-01T10:00:00Z',
      finishedOn: '2024-05-01T10:20:30.5Z',
    },
  },
};

const slsa02: Json = {
  builder: { id: 'https://github.com/kubeedge/builder@v1' },
  buildType: 'https://example.com/build',
  invocation: {
    configSource: {
      uri: `git+${repository}@refs/heads/master`,
      digest: { sha1: commit },
      entryPoint: 'release.yml',
    },
    parameters: {},
    environment: { GITHUB_RUN_ID: '1', runner: { arch: 'X64' } },
  },
  metadata: {
    buildStartedOn: '2024-05-01T10:00:00Z',
    completeness: { parameters: true, environment: false, materials: false },
    reproducible: false,
  },
  materials: [
    { uri: `git+${repository}`, digest: { sha1: commit } },
    { uri: 'pkg:golang/example.com/x@v1.2.3', digest },
  ],
};

const vuln: Json = {
  invocation: { uri: '', event_id: '', 'builder.id': '' },
  scanner: {
    uri: 'pkg:github/aquasecurity/trivy@0.50.0',
    version: '0.50.0',
    db: { uri: '', version: '2' },
    result: [
      { vulnerability: { id: 'CVE-2024-1' }, severity: [{ method: 'nvd', score: '7.5' }], score: 7.5 },
      { vulnerability: { id: 'CVE-2024-2' }, severity: [{ method: 'nvd', score: '3.1' }], score: 3 },
    ],
  },
  metadata: { scanStartedOn: '2024-05-01T10:00:00Z', scanFinishedOn: '2024-05-01T10:01:00Z' },
};

const sbom: Json = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  version: 1,
  metadata: { timestamp: '2024-05-01T10:00:00Z', component: { name: 'cloudcore', type: 'container' } },
  components: [
    {
      type: 'library',
      name: 'golang.org/x/net',
      version: 'v0.20.0',
      purl: 'pkg:golang/golang.org/x/net@v0.20.0',
    },
    { type: 'library', name: 'log4j', version: '2.17.1', licenses: [{ license: { id: 'Apache-2.0' } }] },
  ],
};

const spdx: Json = {
  spdxVersion: 'SPDX-2.3',
  SPDXID: 'SPDXRef-DOCUMENT',
  creationInfo: { created: '2024-05-01T10:00:00Z', creators: ['Tool: syft-1.0.0', 'Organization: KubeEdge'] },
  packages: [{ name: 'busybox', versionInfo: '1.36.1', SPDXID: 'SPDXRef-1', filesAnalyzed: false }],
};

const kinds: readonly (readonly [type: string, predicate: Json])[] = [
  ['https://slsa.dev/provenance/v1', slsa1],
  ['https://slsa.dev/provenance/v0.2', slsa02],
  ['https://cosign.sigstore.dev/attestation/vuln/v1', vuln],
  ['https://cyclonedx.org/bom', sbom],
  ['https://spdx.dev/Document', spdx],
];

/** A statement in the manner of real ones. */
export function statementOf(random: Random): Json {
  const [predicateType, predicate] = random.pick(kinds);
  const type = random.pick(['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1']);
  return { _type: type, subject, predicateType, predicate };
}
