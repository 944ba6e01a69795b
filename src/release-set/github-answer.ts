import { EdgesealError, refuse } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import { arrayOf, at, objectOf, optionalStringAt, stringAt, type Where } from '#core/json/shape';
import { member, type JsonObject, type JsonValue } from '#core/json/value';

/** `owner/repo`. */
export interface GithubRepository {
  readonly owner: string;
  readonly repository: string;
}

/** `github:owner/repo@tag`. */
export interface GithubReleaseName extends GithubRepository {
  readonly tag: string;
}

/** A file of a release as GitHub lists it. */
export interface GithubAsset {
  readonly id: number;
  readonly name: string;
  /** Octets. */
  readonly size: number;
  /** False: its upload did not end. */
  readonly isUploaded: boolean;
  /** Lower-case hex SHA-256, where GitHub says it. */
  readonly sha256: string | undefined;
}

const OWNER = '([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))';
const REPOSITORY = '([A-Za-z0-9._-]{1,100})';
const NAME = new RegExp(`^github:${OWNER}/${REPOSITORY}@([^\\s\\\\:?*[\\u007f]{1,255})$`);
const REPOSITORY_NAME = new RegExp(`^(?:github:)?${OWNER}/${REPOSITORY}$`);
const TOP: Where = { code: 'GITHUB_ANSWER_INVALID', path: '' };

/** @throws FLAG_VALUE_INVALID */
export function parseGithubName(text: string): GithubReleaseName {
  const [, owner, repository, tag] = NAME.exec(text) ?? [];
  if (
    owner === undefined ||
    repository === undefined ||
    tag === undefined ||
    /^\.{1,2}$/.test(repository) ||
    tag.includes('..')
  ) {
    return refuse('FLAG_VALUE_INVALID', 'not a release of GitHub', {
      expected: 'github:OWNER/REPO@TAG',
      found: JSON.stringify(text.slice(0, 300)),
    });
  }
  return { owner, repository, tag };
}

/** Reads `OWNER/REPO`. @throws FLAG_VALUE_INVALID */
export function parseGithubRepository(text: string): GithubRepository {
  const [, owner, repository] = REPOSITORY_NAME.exec(text) ?? [];
  if (owner !== undefined && repository !== undefined && !/^\.{1,2}$/.test(repository))
    return { owner, repository };
  return refuse('FLAG_VALUE_INVALID', 'not a repository of GitHub', {
    expected: 'OWNER/REPO',
    found: JSON.stringify(text.slice(0, 300)),
  });
}

/** The release's number. @throws GITHUB_ANSWER_INVALID */
export function parseRelease(bytes: Uint8Array, tag: string): number {
  const release = objectOf(parseAnswer(bytes), TOP);
  const found = stringAt(release, 'tag_name', TOP);
  if (found !== tag) {
    refuse('GITHUB_ANSWER_INVALID', 'GitHub gives another release than the one that was asked for', {
      path: 'tag_name',
      expected: JSON.stringify(tag),
      found: JSON.stringify(found.slice(0, 200)),
    });
  }
  return countAt(release, 'id', TOP);
}

/** One page of a release's files. @throws GITHUB_ANSWER_INVALID */
export function parseAssets(bytes: Uint8Array): readonly GithubAsset[] {
  return arrayOf(parseAnswer(bytes), TOP).map((value, index) => {
    const where = at(TOP, index);
    const asset = objectOf(value, where);
    const digest = optionalStringAt(asset, 'digest', where);
    return {
      id: countAt(asset, 'id', where),
      name: stringAt(asset, 'name', where),
      size: countAt(asset, 'size', where),
      isUploaded: stringAt(asset, 'state', where) === 'uploaded',
      sha256: digest === undefined ? undefined : sha256Of(digest, at(where, 'digest')),
    };
  });
}

function sha256Of(digest: string, where: Where): string | undefined {
  if (!digest.startsWith('sha256:')) return undefined;
  if (/^sha256:[0-9a-f]{64}$/.test(digest)) return digest.slice('sha256:'.length);
  return refuse(where.code, `${where.path} is not a digest`, {
    path: where.path,
    expected: 'sha256: and 64 lower-case hexadecimal digits',
    found: JSON.stringify(digest.slice(0, 100)),
  });
}

/** GitHub's answer as JSON. @throws GITHUB_ANSWER_INVALID */
export function parseAnswer(bytes: Uint8Array): JsonValue {
  try {
    return parseJsonBytes(bytes, "GitHub's answer");
  } catch (cause) {
    if (!(cause instanceof EdgesealError)) throw cause;
    return refuse('GITHUB_ANSWER_INVALID', "GitHub's answer is not JSON", { found: cause.message, cause });
  }
}

function countAt(object: JsonObject, key: string, where: Where): number {
  const value = member(object, key);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  const { path } = at(where, key);
  return refuse(where.code, `${path} is not a number of octets or an id`, { path, expected: 'an integer' });
}
