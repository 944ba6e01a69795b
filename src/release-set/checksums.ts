import { reasonOf, refuse } from '#core/errors/error';
import type { Reason } from '#core/errors/reason';
import { decodeUtf8 } from '#core/bytes/utf8';
import { besides, lastPart, releasePath, shownName } from './path.ts';

/** One line of a checksum file. */
export interface ChecksumEntry {
  /** From 1. */
  readonly line: number;
  /** The file that it names, as a path in the release. */
  readonly path: string;
  readonly algorithm: ChecksumAlgorithm;
  /** Lower-case hex. */
  readonly digest: string;
}

export type ChecksumAlgorithm = 'sha256' | 'sha512';

/** A checksum file, read. Lines that cannot be read are reasons, and do not hide the others. */
export interface ChecksumFile {
  readonly entries: readonly ChecksumEntry[];
  readonly faults: readonly Reason[];
  /** The one file that it stands beside (`app.tar.gz.sha256`); absent for a list of files. */
  readonly sidecarOf: string | undefined;
}

const LIST = /^(?:.*[._-])?(?:(?:sha(?:1|256|384|512)|md5)sums?|checksums?)(?:\.txt)?$/i;
const SIDECAR = /^(.+)\.(?:sha(?:1|256|384|512)(?:sum)?|md5(?:sum)?)(?:\.txt)?$/i;
/** KubeEdge's: `checksum_keadm-v1.20.0-linux-amd64.tar.gz.txt`, with a bare SHA-512 in it. */
const PREFIXED = /^checksum_(.+)\.txt$/;
const GNU = /^([0-9a-f]{32,128}) [ *](.+)$/;
const BSD = /^([A-Z][A-Z0-9-]{2,11}) \((.+)\) = ([0-9a-f]{32,128})$/;
const BARE = /^[0-9a-f]{32,128}$/;
const ALGORITHMS: Readonly<Record<number, string>> = {
  32: 'md5',
  40: 'sha1',
  64: 'sha256',
  96: 'sha384',
  128: 'sha512',
};

/** Whether a file is one of checksums, by its name. */
export function isChecksumName(path: string): boolean {
  const name = lastPart(path);
  return LIST.test(name) || SIDECAR.test(name) || PREFIXED.test(name);
}

/** Whether a text begins like a list of checksums, whatever it is called. */
export function beginsLikeChecksums(start: string): boolean {
  const [first = ''] = start.split('\n', 1);
  return GNU.test(first) || BSD.test(first);
}

/**
 * Reads a checksum file strictly: `HEX  NAME` and `HEX *NAME` (GNU), `SHA256 (NAME) = HEX` (BSD), and in a file
 * that stands beside one other also that file's bare HEX. No comments, no empty lines, no carriage returns.
 * @param path of the checksum file in the release; the names in it are relative to its folder
 */
export function parseChecksums(bytes: Uint8Array, path: string): ChecksumFile {
  const sidecarOf = sidecarTarget(path);
  const entries: ChecksumEntry[] = [];
  const faults: Reason[] = [];
  const seen = new Set<string>();
  const lines = decodeUtf8(bytes, path).replace(/\n$/, '').split('\n');
  for (const [index, text] of lines.entries()) {
    try {
      const entry = parseLine(text, index + 1, path, sidecarOf);
      const key = `${entry.algorithm} ${entry.path}`;
      if (seen.has(key)) invalid(path, index + 1, 'names a file a second time', shownName(entry.path));
      seen.add(key);
      entries.push(entry);
    } catch (error) {
      faults.push(reasonOf(error));
    }
  }
  return { entries, faults, sidecarOf };
}

/** The file that a checksum file stands beside, by its name. */
export function sidecarTarget(path: string): string | undefined {
  const name = lastPart(path);
  if (LIST.test(name) && !PREFIXED.test(name)) return undefined;
  const target = PREFIXED.exec(name)?.[1] ?? SIDECAR.exec(name)?.[1];
  return target === undefined ? undefined : besides(path, target);
}

function parseLine(text: string, line: number, path: string, sidecarOf: string | undefined): ChecksumEntry {
  const [, gnuDigest, gnuName] = GNU.exec(text) ?? [];
  if (gnuDigest !== undefined && gnuName !== undefined)
    return entryOf(gnuDigest, gnuName, undefined, line, path, sidecarOf);
  const [, tag, bsdName, bsdDigest] = BSD.exec(text) ?? [];
  if (bsdDigest !== undefined && bsdName !== undefined)
    return entryOf(bsdDigest, bsdName, tag, line, path, sidecarOf);
  if (!BARE.test(text)) {
    return invalid(
      path,
      line,
      'is no checksum',
      text === '' ? 'an empty line' : shownName(text),
      '"HEX  NAME" or "SHA256 (NAME) = HEX", lower-case hexadecimal digits',
    );
  }
  if (sidecarOf === undefined)
    return invalid(path, line, 'names no file', 'a checksum alone', 'a checksum and the name of its file');
  return entryOf(text, lastPart(sidecarOf), undefined, line, path, sidecarOf);
}

function entryOf(
  digest: string,
  name: string,
  tag: string | undefined,
  line: number,
  path: string,
  sidecarOf: string | undefined,
): ChecksumEntry {
  const safe = releasePath(name);
  if (safe === undefined)
    return invalid(path, line, 'names a file outside', shownName(name), 'a path in the release');
  const target = besides(path, safe);
  if (sidecarOf !== undefined && target !== sidecarOf)
    invalid(path, line, 'speaks of another file', shownName(target), shownName(sidecarOf));
  const algorithm = ALGORITHMS[digest.length];
  const announced = tag === undefined ? announcedBy(path) : tag.toLowerCase().replace('-', '');
  if (algorithm !== 'sha256' && algorithm !== 'sha512') {
    return invalid(
      path,
      line,
      'has a checksum that proves nothing here',
      algorithm ?? `${digest.length} digits`,
      'SHA-256 or SHA-512',
    );
  }
  if (announced !== undefined && announced !== algorithm)
    invalid(path, line, 'has a checksum of another algorithm', algorithm, announced);
  return { line, path: target, algorithm, digest };
}

/** The algorithm that the file's own name announces. */
function announcedBy(path: string): string | undefined {
  return /(?:^|[._-])(sha(?:1|256|384|512)|md5)(?:sums?)?(?:\.txt)?$/i
    .exec(lastPart(path))?.[1]
    ?.toLowerCase();
}

function invalid(path: string, line: number, what: string, found: string, expected?: string): never {
  return refuse('CHECKSUM_INVALID', `line ${line} of ${shownName(path)} ${what}`, {
    path: `${path}:${line}`,
    expected,
    found,
  });
}
