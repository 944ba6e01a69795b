import { refuse } from '#core/errors/error';
import type { SourceDocument } from '../description/document.ts';
import { shown, type Site } from '../description/site.ts';
import type { PlannedSource } from './plan.ts';

/** What the caller says of the source: a description that is part of it cannot name its own commit. */
export interface GivenSource {
  readonly ref: string | undefined;
  readonly commit: string | undefined;
}

/** Semantic Versioning 2.0.0. */
const VERSION =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*))*)?(?:\+[\da-zA-Z-]+(?:\.[\da-zA-Z-]+)*)?$/;
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const TAGS = 'refs/tags/';

/**
 * The one commit that is released, and the version that its tag says.
 * @throws RELEASE_SOURCE_UNPINNED, RELEASE_TAG_INVALID, FLAG_CONFLICT, FLAG_VALUE_INVALID
 */
export function resolveSource(
  document: SourceDocument,
  given: GivenSource,
  site: Site,
): { readonly source: PlannedSource; readonly tag: string; readonly version: string } {
  if (given.commit !== undefined && !COMMIT.test(given.commit)) {
    refuse('FLAG_VALUE_INVALID', '--commit is not a commit in full', {
      expected: '40 or 64 lower-case hexadecimal digits',
      found: shown(given.commit),
      hint: 'git rev-parse TAG^{commit}',
    });
  }
  const ref = oneOf('ref', document.ref, given.ref, site);
  const commit = oneOf('commit', document.commit, given.commit, site);
  const prefix = document.tagPrefix ?? 'v';
  const tag = ref.startsWith(TAGS) ? ref.slice(TAGS.length) : '';
  const version = tag.slice(prefix.length);
  if (!tag.startsWith(prefix) || version.length > 100 || !VERSION.test(version)) {
    site
      .child(...(document.ref === undefined ? [] : ['ref']))
      .refuse('RELEASE_TAG_INVALID', 'has no tag that says a version', {
        expected: `${TAGS}${prefix}MAJOR.MINOR.PATCH`,
        found: shown(ref),
        hint: 'a release is of a tag, never of a branch; "tagPrefix" is what stands before the version',
      });
  }
  return { source: { repository: document.repository, ref, commit }, tag, version };
}

function oneOf(
  name: 'ref' | 'commit',
  written: string | undefined,
  given: string | undefined,
  site: Site,
): string {
  if (written !== undefined && given !== undefined && written !== given) {
    return refuse('FLAG_CONFLICT', `--${name} is not what the description says`, {
      expected: shown(written),
      found: shown(given),
      hint: 'check out the tag that you mean, or leave the flag out',
    });
  }
  return (
    written ??
    given ??
    site.refuse('RELEASE_SOURCE_UNPINNED', `says no ${name}`, {
      expected:
        name === 'ref'
          ? '"ref": "refs/tags/v1.2.3", or --ref'
          : '"commit": 40 hexadecimal digits, or --commit',
      found: 'nothing',
      hint: name === 'ref' ? 'git describe --exact-match --tags' : 'git rev-parse HEAD',
    })
  );
}
