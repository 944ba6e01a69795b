import { createHash } from 'node:crypto';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { definePolicy } from '#core/policy/define-policy';
import type { Policy } from '#core/policy/policy';
import { parseExpectation, type Expectation } from '#core/release-set/expectation';
import { fileOfBytes } from '#core/release-set/read-file';
import type { ReleaseFile } from '#core/release-set/release-file';
import { absentImage, type ReleaseImage } from '#core/release-set/judge-images';
import { verifyRelease } from '#core/release-set/verify-release';
import { reasonsAgainst } from '#core/verdict/reasons';
import type { Verdict } from '#core/verdict/verdict';
import { githubIssuer } from '../sigstore/claims.ts';
import { makeEvidence, type EvidenceOptions } from '../sigstore/make-evidence.ts';

import { trustOf } from '../sigstore/trust.ts';

export type Files = Map<string, Buffer>;

/** An image by its manifest, and the bundles that its registry has for it. */
export interface MadeImage {
  readonly name: string;
  manifest: Buffer;
  bundles: Buffer[];
  /** Its registry does not have it. */
  isMissing?: boolean;
  isUnlisted?: boolean;
  /** The digest that the release lists. */
  pinned?: string;
}

/** A release that tests may spoil. */
export interface MadeRelease {
  readonly files: Files;
  readonly images: MadeImage[];
  expectation: Expectation;
  /** Files that are there but are no files of their own. */
  readonly links: ReleaseFile[];
  /** Whether bills of materials may be attested too (default: only provenance is asked for). */
  policy?: 'sbom';
}

export const hex = (algorithm: string, bytes: Uint8Array): string =>
  createHash(algorithm).update(bytes).digest('hex');

/** KubeEdge's: three programs, several platforms each. */
const tarballs = ['kubeedge', 'keadm', 'edgesite'].flatMap((program) =>
  ['linux-amd64', 'linux-arm64', 'linux-arm'].map((platform) => `${program}-v1.2.3-${platform}.tar.gz`),
);
const binaries = ['linux-amd64', 'linux-arm64', 'linux-arm', 'windows-amd64'].map(
  (platform) => `edgeseal-${platform}`,
);
const imageNames = [
  'cloudcore',
  'admission',
  'edgesite-agent',
  'edgesite-server',
  'csidriver',
  'iptables-manager',
  'iptables-manager-nft',
  'edgemark',
  'installation-package',
  'controller-manager',
  'conformance',
  'nodeconformance',
];

/** A bundle about files, by their bytes. */
export function attest(
  named: readonly (readonly [string, Uint8Array])[],
  options: EvidenceOptions = {},
): Buffer {
  const subjects = named.map(([name, bytes]) => ({ name, digest: { sha256: hex('sha256', bytes) } }));
  return makeEvidence({ subjects, ...options }).bytes;
}

export const lines = (...items: readonly Uint8Array[]): Buffer =>
  Buffer.from(items.map((item) => `${Buffer.from(item).toString()}\n`).join(''));

/** SPDX and CycloneDX files that name what they are about. */
function cycloneDxFile(name: string, bytes: Uint8Array): Buffer {
  return Buffer.from(
    JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      metadata: {
        component: { type: 'file', name, hashes: [{ alg: 'SHA-256', content: hex('sha256', bytes) }] },
      },
      components: [],
    }),
  );
}

function spdxFile(name: string, bytes: Uint8Array): Buffer {
  return Buffer.from(
    JSON.stringify({
      spdxVersion: 'SPDX-2.3',
      SPDXID: 'SPDXRef-DOCUMENT',
      creationInfo: { created: '2026-01-15T09:58:00Z', creators: ['Tool: example'] },
      packages: [
        {
          SPDXID: 'SPDXRef-it',
          name,
          packageFileName: name,
          downloadLocation: 'NOASSERTION',
          checksums: [{ algorithm: 'SHA256', checksumValue: hex('sha256', bytes) }],
        },
      ],
      relationships: [
        {
          spdxElementId: 'SPDXRef-DOCUMENT',
          relationshipType: 'DESCRIBES',
          relatedSpdxElement: 'SPDXRef-it',
        },
      ],
    }),
  );
}

/** 40 files and 12 images, all proven. */
export function makeRelease(): MadeRelease {
  const files: Files = new Map();
  const put = (name: string, content: string | Buffer): Buffer => {
    const bytes = Buffer.from(content);
    files.set(name, bytes);
    return bytes;
  };
  // 9 tarballs, a checksum file beside each, one file of attestations.
  const made = tarballs.map((name) => [name, put(name, `the bytes of ${name}\n`)] as const);
  for (const [name, bytes] of made) put(`checksum_${name}.txt`, hex('sha512', bytes));
  put('multiple.intoto.jsonl', lines(attest(made.slice(0, 6)), attest(made.slice(6), { seed: 'second' })));
  // 4 programs with a bundle, a checksum file and a bill of materials each, in a folder of their own.
  const programs = binaries.map((name) => [name, put(`bin/${name}`, `the bytes of ${name}\n`)] as const);
  for (const [index, [name, bytes]] of programs.entries()) {
    put(`bin/${name}.sigstore.json`, attest([[name, bytes]], { seed: name }));
    put(`bin/${name}.sha512`, `${hex('sha512', bytes)}  ${name}\n`);
    const isSpdx = index % 2 === 1;
    put(
      isSpdx ? `bin/${name}.spdx.json` : `bin/${name}.cdx.json`,
      isSpdx ? spdxFile(name, bytes) : cycloneDxFile(name, bytes),
    );
  }
  // 4 bills of materials in all, vouched for by the checksum list, which is attested.
  const sboms = [...files.keys()].filter((name) => /\.(cdx|spdx)\.json$/.test(name));
  const listed = [...tarballs, ...binaries.map((name) => `bin/${name}`), ...sboms];
  const list = put(
    'SHA256SUMS',
    listed.map((name) => `${hex('sha256', files.get(name) ?? Buffer.alloc(0))}  ${name}\n`).join(''),
  );
  put('SHA256SUMS.sigstore.json', attest([['SHA256SUMS', list]], { seed: 'list' }));
  put(
    'checksums.txt',
    listed
      .map((name) => `SHA512 (${name}) = ${hex('sha512', files.get(name) ?? Buffer.alloc(0))}\n`)
      .join(''),
  );
  put('CHANGES.md', '# Changes\n');
  put('LICENSE', 'Apache-2.0\n');
  const images = imageNames.map((short): MadeImage => {
    const manifest = Buffer.from(`{"manifest of":"${short}"}`);
    const bundle = attest([[`ghcr.io/example-org/${short}`, manifest]], { seed: short });
    return { name: `ghcr.io/example-org/${short}:v1.2.3`, manifest, bundles: [bundle] };
  });
  const expectation = parseExpectation(
    JSON.stringify({
      name: 'example v1.2.3',
      files: ['kubeedge-v*-linux-*.tar.gz', 'keadm-v*-linux-arm64.tar.gz', 'bin/edgeseal-windows-*'],
      documents: ['*.md', 'LICENSE'],
      images: images.map(({ name }) => name),
    }),
    'expected.json',
  );
  return { files, images, expectation, links: [] };
}

/** Only provenance of the example's own release workflow, at its tag; SBOM attestations are not asked for. */
async function releasePolicies(kind?: MadeRelease['policy']): Promise<readonly Policy[]> {
  const identity = 'https://github.com/example-org/example/.github/workflows/release.yml@refs/tags/v*';
  const signers = [{ issuer: githubIssuer, identity }];
  const policy = await definePolicy({
    name: 'release',
    requirements: [
      ...(kind === undefined
        ? []
        : [{ name: 'sbom', subjects: ['keadm-v1.2.3-linux-amd64.tar.gz'], signers, sbom: {} }]),
      {
        name: 'provenance',
        predicateType: 'slsaprovenance1',
        signers,
        provenance: { source: { repository: 'https://github.com/example-org/example', tag: 'v1.2.3' } },
      },
    ],
  });
  return [policy];
}

function imageOf({ name, manifest, bundles, isMissing, isUnlisted, pinned }: MadeImage): ReleaseImage {
  if (isMissing === true) return { name, reason: absentImage(name) };
  const digest = hex('sha256', manifest);
  const evidence = bundles.flatMap((bytes) => parseEvidence(bytes, `${name.split(':')[0]}@sha256:${digest}`));
  const artifact = { name, kind: 'image' as const, digests: { sha256: digest } };
  return { name, isUnlisted, pinned, subjects: [{ artifact, evidence }] };
}

export async function judge(release: MadeRelease): Promise<readonly Verdict[]> {
  return verifyRelease({
    name: release.expectation.name ?? 'example',
    files: [...[...release.files].map(([name, bytes]) => fileOfBytes(name, bytes)), ...release.links],
    images: release.images.map(imageOf),
    expectation: release.expectation,
    policies: await releasePolicies(release.policy),
    trust: trustOf(makeEvidence()),
    now: new Date('2026-06-01T00:00:00Z'),
  });
}

/** `CODE name` of every reason in every verdict. */
export function told(verdicts: readonly Verdict[]): readonly string[] {
  return verdicts
    .flatMap((verdict) =>
      reasonsAgainst(verdict).map(({ reason }) => `${reason.code} ${verdict.artifact.name}`),
    )
    .toSorted();
}
