/** A semantic version as tags write it: `v1`, `v1.2`, `v1.2.3`, `v1.2.3-rc.1`; build metadata is dropped. */
export interface TagVersion {
  readonly major: string;
  /** Undefined where the tag leaves it out. */
  readonly minor: string | undefined;
  readonly patch: string | undefined;
  readonly prerelease: string | undefined;
}

const NUMBER = '(0|[1-9][0-9]*)';
const IDENTIFIERS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const VERSION = new RegExp(
  `^v${NUMBER}(?:\\.${NUMBER}(?:\\.${NUMBER}(?:-(${IDENTIFIERS}))?(?:\\+${IDENTIFIERS})?)?)?$`,
);

/**
 * Reads a tag as Go's semver does (leading `v`; minor and patch may be missing, then without prerelease);
 * undefined when it is no version.
 * @see https://pkg.go.dev/golang.org/x/mod/semver
 */
export function parseTagVersion(tag: string): TagVersion | undefined {
  const match = VERSION.exec(tag);
  const [, major, minor, patch, prerelease] = match ?? [];
  if (major === undefined) return undefined;
  const leadingZero = (prerelease ?? '').split('.').some((part) => /^0[0-9]+$/.test(part));
  return leadingZero ? undefined : { major, minor, patch, prerelease };
}

/**
 * slsa-verifier's versioned tag: what the expectation names must be equal, what it leaves out is free. With a
 * patch number the whole prerelease must be equal too. Missing numbers of the tag itself are zero.
 */
export function fitsVersionedTag(tag: string, expected: TagVersion): boolean {
  const found = parseTagVersion(tag);
  if (found === undefined || found.major !== expected.major) return false;
  if (expected.minor === undefined) return true;
  if ((found.minor ?? '0') !== expected.minor) return false;
  if (expected.patch === undefined) return true;
  return (found.patch ?? '0') === expected.patch && found.prerelease === expected.prerelease;
}
