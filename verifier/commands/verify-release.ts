import { basename, resolve } from 'node:path';
import { decodeUtf8 } from '#core/bytes/utf8';
import type { Io } from '#core/io/io';
import { limits } from '#core/limits';
import { NO_EXPECTATION, parseExpectation, type Expectation } from '#core/release-set/expectation';
import { verifyRelease, type ReleaseImage } from '#core/release-set/verify-release';
import type { ReleaseFile } from '#core/release-set/release-file';
import { defineCommand } from '../cli/command.ts';
import { nameOf } from '../inputs/evidence.ts';
import { readGithubRelease } from '../inputs/github-release.ts';
import { readPolicy } from '../inputs/policies.ts';
import { registryFlags, unsupportedRegistryFlags } from '../inputs/registry-flags.ts';
import { readReleaseFolder } from '../inputs/release-folder.ts';
import { readReleaseImages } from '../inputs/release-images.ts';
import { outputFlag, trustFlags } from '../inputs/trust-flags.ts';
import { loadTrustedRoot, trustFor } from '../inputs/trust.ts';
import { exitCode } from '../judge.ts';
import { criteria } from '../report/criteria.ts';
import { writeRelease } from '../report/write-release.ts';
import { formatOf, quietUnlessText } from '../report/write-verdicts.ts';

/** All but where images are: a release's images are in registries. */
const { 'local-image': _local, platform: _platform, ...registries } = registryFlags;

export const command = defineCommand({
  name: 'verify-release',
  usage: '--policy FILE [flags] SOURCE',
  about: [
    'Verifies a whole release at once: every file is proven by an attestation in the release that satisfies the policy, under its own name; checksum files agree with the bytes and list every file; bills of materials are about something that is there; images verify; nothing is missing and nothing else is there. docs/verify-release.md says exactly what that means.',
    'SOURCE is a folder, or a release of GitHub as github:OWNER/REPO@TAG. GitHub is asked without a login, or with the token in GITHUB_TOKEN or GH_TOKEN, which goes to api.github.com only.',
    'Attestations, checksum files and bills of materials are found by their content. Each file, each image and each thing that is missing gets a verdict, and the release one more, the last.',
  ],
  operands: { name: 'SOURCE', min: 1, max: 1 },
  flags: {
    policy: { kind: 'text', value: 'FILE', required: true, about: 'the policy, a JSON file' },
    expect: {
      kind: 'text',
      value: 'FILE',
      about:
        'what the release must hold beside what its attestations and checksum files name: files, images, and documents that need no provenance (policies/release-expectation.schema.json)',
    },
    image: { kind: 'texts', value: 'IMAGE', about: 'an image that belongs to the release' },
    ...registries,
    ...trustFlags,
    ...outputFlag,
  },
  unsupported: unsupportedRegistryFlags,
  examples: [
    {
      about: 'A release that was downloaded',
      command: 'edgeseal verify-release --policy release.json --expect expected.json dist',
    },
    {
      about: 'A release of GitHub and its images',
      command:
        'edgeseal verify-release --policy release.json --image kubeedge/cloudcore:v1.20.0 github:kubeedge/kubeedge@v1.20.0',
    },
  ],
  run: async (flags, [source = ''], outer) => {
    const format = formatOf(flags.text('output'));
    const io = quietUnlessText(outer, format);
    const policy = await readPolicy(io, flags.text('policy') ?? '');
    const expectation = readExpectation(io, flags.text('expect'));
    io.stderr(criteria(policy));
    const trust = await trustFor([policy], [], () => loadTrustedRoot(io, flags));
    const github = source.startsWith('github:');
    const names = [...new Set([...flags.texts('image'), ...expectation.images])];
    const registry = {
      text: (name: Parameters<typeof flags.text>[0] | 'platform') =>
        name === 'platform' ? undefined : flags.text(name),
      on: (name: Parameters<typeof flags.on>[0] | 'local-image') =>
        name === 'local-image' ? undefined : flags.on(name),
    };
    const [files, images] = await Promise.all([
      github ? readGithubRelease(io, source, flags.on('offline') === true) : readReleaseFolder(io, source),
      readReleaseImages(io, names, registry, policy),
    ]);
    const verdicts = verifyRelease({
      name: expectation.name ?? (github ? source : basename(resolve(source))),
      files,
      images,
      expectation,
      policy,
      trust,
      now: io.now(),
      ecdsaDigest: await ecdsaFor(files, images),
      step: stepsOf(io, files.length + images.length),
    });
    await writeRelease(outer, format, verdicts);
    return exitCode(verdicts);
  },
});

function readExpectation(io: Io, path: string | undefined): Expectation {
  if (path === undefined) return NO_EXPECTATION;
  const name = nameOf(path);
  return parseExpectation(decodeUtf8(io.files.read(path, limits.configFile), name), name);
}

/** ECDSA over a digest is loaded only for a signature over a file itself. */
async function ecdsaFor(
  files: readonly ReleaseFile[],
  images: readonly ReleaseImage[],
): Promise<Parameters<typeof verifyRelease>[0]['ecdsaDigest']> {
  const items = [
    ...files.flatMap(({ document }) => (document?.kind === 'evidence' ? document.items : [])),
    ...images.flatMap((image) =>
      'reason' in image ? [] : image.subjects.flatMap(({ evidence }) => evidence),
    ),
  ];
  if (!items.some((item) => item.kind === 'evidence' && item.evidence.content.kind === 'message'))
    return undefined;
  return (await import('#core/crypto/ecdsa-prehashed')).verifyEcdsaDigest;
}

function stepsOf(io: Io, total: number): (done: number) => void {
  let next = io.now().getTime() + 1000;
  return (done) => {
    const now = io.now().getTime();
    if (now < next) return;
    next = now + 1000;
    io.stderr(`verifying: ${done} of ${total}\n`);
  };
}
