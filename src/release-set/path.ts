// oxlint-disable-next-line no-control-regex -- finding them is the purpose
const UNSAFE = /[\\\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Cs}/u;
const LONGEST = 1024;

/**
 * A name as a path inside the release, `/` between its parts; undefined where it leaves the release, is not
 * relative, or has characters that are not shown, reorder text or mean something else elsewhere (`\`).
 */
export function releasePath(name: string): string | undefined {
  const path = name.startsWith('./') ? name.slice(2) : name;
  if (path.length > LONGEST || UNSAFE.test(path)) return undefined;
  return path.split('/').some((part) => part === '' || part === '.' || part === '..') ? undefined : path;
}

/** The path of a name that is meant from the folder of another path. */
export function besides(path: string, name: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1) + name;
}

export function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * Whether an attestation's name for a file means the path: equal, or the one is the end of the other, part by
 * part. A build often knows more folders, or fewer, than the release has.
 */
export function isSameName(name: string, path: string): boolean {
  const plain = name.startsWith('./') ? name.slice(2) : name;
  return plain === path || plain.endsWith(`/${path}`) || path.endsWith(`/${plain}`);
}

/** A name as reasons show it. */
export function shownName(name: string): string {
  return JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}...` : name);
}
