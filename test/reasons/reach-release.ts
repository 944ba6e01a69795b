import { parseExpectation } from '#core/release-set/expectation';
import { GithubApi } from '#core/release-set/github-api';
import { parseAssets } from '#core/release-set/github-answer';
import type { HttpResponse } from '#core/oci/http';
import { reasonsAgainst } from '#core/verdict/reasons';
import { defects } from '../release/defects.ts';
import { judge, makeRelease } from '../release/made-up.ts';
import { thrown, type Reach, type Reaches } from './reach.ts';

/** What is told of the made-up release with a defect. */
function spoiled(what: string): Reach {
  return async () => {
    const found = defects.find(([name]) => name === what);
    if (found === undefined) throw new Error(`no defect is called ${what}`);
    const release = makeRelease();
    found[1](release);
    return (await judge(release)).flatMap((verdict) => reasonsAgainst(verdict).map(({ reason }) => reason));
  };
}

const name = { owner: 'o', repository: 'r', tag: 'v1' };
const asset = { id: 1, name: 'x', size: 1, isUploaded: true, sha256: undefined };

function answering(status: number, body: string): GithubApi {
  const response: HttpResponse = {
    status,
    header: () => undefined,
    body: (async function* () {
      yield await Promise.resolve(Buffer.from(body));
    })(),
    discard: () => undefined,
  };
  return new GithubApi({
    fetch: async () => Promise.resolve(response),
    clock: { now: () => 0, wait: async () => Promise.resolve() },
    api: new URL('https://api.github.com'),
  });
}

/** Codes that tell of whole releases. */
export const releaseReaches = {
  RELEASE_FILE_MISSING: spoiled('a tarball is missing'),
  RELEASE_FILE_UNPROVEN: spoiled('a file that nobody knows'),
  RELEASE_FILE_CHANGED: spoiled('a program was changed'),
  RELEASE_FILE_RENAMED: spoiled('two tarballs are each other'),
  RELEASE_FILE_EMPTY: spoiled('a tarball is empty'),
  RELEASE_FILE_UNSAFE: spoiled('a symbolic link'),
  RELEASE_DUPLICATE: spoiled('a second attestation for other bytes of a file here'),
  RELEASE_ATTESTATION_UNUSED: spoiled('an attestation by somebody else about nothing here'),
  RELEASE_IMAGE_MISSING: spoiled('an image is missing'),
  RELEASE_IMAGE_CHANGED: spoiled('an image is not the one that the release lists'),
  RELEASE_IMAGE_RENAMED: spoiled('two images are each other'),
  RELEASE_IMAGE_UNEXPECTED: spoiled('an image that the release does not list'),
  CHECKSUM_INVALID: spoiled('a list has a comment'),
  CHECKSUM_MISMATCH: spoiled('a bare checksum is another'),
  CHECKSUM_INCOMPLETE: spoiled('a list leaves a file out'),
  SBOM_SUBJECT_MISMATCH: spoiled('SPDX about other bytes'),
  SBOM_FORMAT_UNSUPPORTED: spoiled('a bill of materials in tag-value'),
  EXPECTATION_INVALID: async () => thrown(() => parseExpectation('{"file":[]}', 'expected.json')),
  GITHUB_RELEASE_NOT_FOUND: async () => thrown(async () => answering(404, '').assets(name)),
  GITHUB_RATE_LIMITED: async () => thrown(async () => answering(429, '').assets(name)),
  GITHUB_UNAVAILABLE: async () => thrown(async () => answering(500, '').assets(name)),
  GITHUB_BUNDLE_UNAVAILABLE: async () =>
    thrown(async () => answering(404, '').bundle('https://elsewhere.example/x.json.sn', 'x')),
  GITHUB_ANSWER_INVALID: async () => thrown(() => parseAssets(Buffer.from('{}'))),
  GITHUB_CONTENT_MISMATCH: async () =>
    thrown(async () => answering(200, 'too long').read(name, asset, 'x', () => undefined)),
} satisfies Reaches;
