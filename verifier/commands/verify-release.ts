import { basename, resolve } from 'node:path';
import { decodeUtf8 } from '#core/bytes/utf8';
import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { limits } from '#core/limits';
import { parseNamespace, parseReference } from '#core/oci/reference';
import type { FoundEvidence } from '#core/release-set/claims';
import { NO_EXPECTATION, parseExpectation, type Expectation } from '#core/release-set/expectation';
import {
  parseGithubName,
  parseGithubRepository,
  type GithubRepository,
} from '#core/release-set/github-answer';
import type { ReleaseImage } from '#core/release-set/judge-images';
import type { ReleaseFile } from '#core/release-set/release-file';
import { verifyRelease } from '#core/release-set/verify-release';
import { defineCommand } from '#core/cli/command';
import type { Flags } from '#core/cli/flags';
import { nameOf } from '../inputs/evidence.ts';
import { findAttestations } from '../inputs/found-attestations.ts';
import { readGithubRelease } from '../inputs/github-release.ts';
import { openLog } from '../inputs/log-search.ts';
import { readPolicies } from '../inputs/policies.ts';
import { unsupportedRegistryFlags } from '../inputs/registry-flags.ts';
import { readReleaseFolder } from '../inputs/release-folder.ts';
import { readReleaseImages } from '../inputs/release-images.ts';
import { filesWithLogEntries, imagesWithLogEntries } from '../inputs/release-log-entries.ts';
import { loadTrustedRoot, trustFor } from '../inputs/trust.ts';
import { exitCode } from '../judge.ts';
import { criteria } from '../report/criteria.ts';
import { writeRelease } from '../report/write-release.ts';
import { formatOf, quietUnlessText } from '../report/write-verdicts.ts';
import { flags as table } from './verify-release.flags.ts';

type Given = Flags<typeof table>;

export const command = defineCommand({
  name: 'verify-release',
  usage: '--policy FILE [flags] [SOURCE]',
  about: [
    'Verifies a whole release at once: every file is proven by an attestation that satisfies the policies, under its own name; checksum files agree with the bytes and list every file; bills of materials are about something that is there; images verify; nothing is missing and nothing else is there. docs/verify-release.md says exactly what that means.',
    'SOURCE is a folder, or a release of GitHub as github:OWNER/REPO@TAG. It may be left out where the release consists of images only.',
    "Images are named one by one (--image, or in --expect), or looked for where they are pushed: --images-from registry.example/kubeedge asks the registry's catalog which repositories are there, and verifies the image with the release's tag in each. Where a registry has no catalog (Docker Hub, ghcr.io, quay.io), list the repositories in --expect.",
    'Attestations are found in the release by their content. About the files of a release of GitHub that none of them names, the attestations API of its repository is asked, as gh attestation verify does; about those of a folder, where --github-attestations names a repository. GitHub is asked without a login, or with the token in GH_TOKEN or GITHUB_TOKEN, which goes to api.github.com only.',
    'Envelopes of older releases carry no log entry: with --rekor-url the log is searched for the entries of those in the release and of those attached to its images.',
    'Each file, each image and each thing that is missing gets a verdict, and the release one more, the last. Several policies judge each what their subjects name; what none of them names is refused.',
  ],
  operands: { name: 'SOURCE', min: 0, max: 1 },
  flags: table,
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
    {
      about: 'All images that a registry has of it, by a policy of their own',
      command:
        'edgeseal verify-release --policy files.json --policy images.json --images-from registry.example/kubeedge --tag v1.20.0 dist',
    },
    {
      about: 'Downloaded from GitHub, with attestations that GitHub keeps',
      command: 'edgeseal verify-release --policy release.json --github-attestations kubeedge/kubeedge dist',
    },
  ],
  run: async (flags, [source], outer) => {
    const format = formatOf(flags.text('output'));
    const io = quietUnlessText(outer, format);
    const policies = await readPolicies(io, flags.texts('policy'));
    const expectation = readExpectation(io, flags.text('expect'));
    const listed = [...new Set([...flags.texts('image'), ...expectation.images])];
    const namespace = namespaceOf(flags, source, expectation);
    const repository = repositoryOf(flags, source);
    if (source === undefined && listed.length === 0 && namespace === undefined) {
      refuse('FLAG_REQUIRED', 'there is no release to verify', {
        expected: 'a folder, github:OWNER/REPO@TAG, or images by --images-from or --image',
        found: 'nothing',
      });
    }
    for (const policy of policies) io.stderr(criteria(policy));
    const log = await openLog(io, flags);
    const trust = await trustFor(policies, [], () => loadTrustedRoot(io, flags));
    const registry = {
      text: (name: Parameters<typeof flags.text>[0] | 'platform') =>
        name === 'platform' ? undefined : flags.text(name),
      on: (name: Parameters<typeof flags.on>[0] | 'local-image') =>
        name === 'local-image' ? undefined : flags.on(name),
    };
    const { repositories } = expectation;
    const task = { listed, namespace, repositories, flags: registry, policies };
    const isOffline = flags.on('offline') === true;
    const [files, images] = await Promise.all([
      readFiles(io, source, isOffline).then(async (found) => filesWithLogEntries(log, found, trust)),
      readReleaseImages(io, task).then(async (found) => imagesWithLogEntries(log, found, trust)),
    ]);
    const elsewhere =
      repository === undefined ? [] : await findAttestations(io, repository, files, expectation);
    const verdicts = verifyRelease({
      name: expectation.name ?? nameOfRelease(source, namespace),
      files,
      images,
      elsewhere,
      expectation,
      policies,
      trust,
      now: io.now(),
      ecdsaDigest: await ecdsaFor(files, images, elsewhere),
      step: stepsOf(io, files.length + images.length),
    });
    await writeRelease(outer, format, verdicts);
    return exitCode(verdicts);
  },
});

async function readFiles(
  io: Io,
  source: string | undefined,
  isOffline: boolean,
): Promise<readonly ReleaseFile[]> {
  if (source === undefined) return [];
  return isOfGithub(source) ? readGithubRelease(io, source, isOffline) : readReleaseFolder(io, source);
}

function isOfGithub(source: string | undefined): source is string {
  return source?.startsWith('github:') === true;
}

function nameOfRelease(
  source: string | undefined,
  namespace: { readonly text: string; readonly tag: string } | undefined,
): string {
  if (isOfGithub(source)) return source;
  if (source !== undefined) return basename(resolve(source));
  return namespace === undefined ? 'images' : `${namespace.text}:${namespace.tag}`;
}

/** Where images are looked for, and by which tag. @throws FLAG_REQUIRED, FLAG_CONFLICT, IMAGE_REFERENCE_INVALID */
function namespaceOf(
  flags: Given,
  source: string | undefined,
  { repositories }: Expectation,
): { readonly text: string; readonly tag: string } | undefined {
  const text = flags.text('images-from');
  if (text === undefined) {
    if (flags.given('tag')) {
      refuse('FLAG_CONFLICT', '--tag says nothing without --images-from', {
        expected: '--images-from REGISTRY/PATH, or the tag in --image NAME:TAG',
      });
    }
    if (repositories.length > 0) {
      refuse('FLAG_REQUIRED', 'the expectation lists repositories, and not where they are', {
        expected: '--images-from REGISTRY/PATH',
        found: 'none',
      });
    }
    return undefined;
  }
  const tag = flags.text('tag') ?? (isOfGithub(source) ? parseGithubName(source).tag : undefined);
  if (tag !== undefined) {
    parseNamespace(text);
    parseReference(`image:${tag}`);
    return { text, tag };
  }
  return refuse('FLAG_REQUIRED', '--images-from needs the tag of the release', {
    expected: '--tag TAG, as --tag v1.20.0',
    found: 'none',
  });
}

/** Whose attestations GitHub is asked for. @throws FLAG_CONFLICT, FLAG_VALUE_INVALID */
function repositoryOf(flags: Given, source: string | undefined): GithubRepository | undefined {
  const named = flags.text('github-attestations');
  if (named === undefined) return isOfGithub(source) ? parseGithubName(source) : undefined;
  if (flags.on('offline') === true) {
    refuse('FLAG_CONFLICT', '--offline and --github-attestations exclude each other', {
      expected: 'attestations among the files of the release',
      hint: 'gh attestation download writes them to files: put those into the folder',
    });
  }
  return parseGithubRepository(named);
}

function readExpectation(io: Io, path: string | undefined): Expectation {
  if (path === undefined) return NO_EXPECTATION;
  const name = nameOf(path);
  return parseExpectation(decodeUtf8(io.files.read(path, limits.configFile), name), name);
}

/** ECDSA over a digest is loaded only for a signature over a file itself. */
async function ecdsaFor(
  files: readonly ReleaseFile[],
  images: readonly ReleaseImage[],
  elsewhere: readonly FoundEvidence[],
): Promise<Parameters<typeof verifyRelease>[0]['ecdsaDigest']> {
  const items = [
    ...files.flatMap(({ document }) => (document?.kind === 'evidence' ? document.items : [])),
    ...images.flatMap((image) =>
      'reason' in image ? [] : image.subjects.flatMap(({ evidence }) => evidence),
    ),
    ...elsewhere.flatMap((found) => found.items),
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
