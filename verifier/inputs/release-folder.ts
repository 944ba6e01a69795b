import { EdgesealError, refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { limits } from '#core/limits';
import { releasePath } from '#core/release-set/path';
import { fileOfBytes, fileOfDigests, unsafeFile } from '#core/release-set/read-file';
import type { ReleaseFile } from '#core/release-set/release-file';
import { quote } from '#core/cli/flags';
import { startProgress } from '#core/cli/progress';

/**
 * Every file of a folder and of those in it: hashed as they are read, one at a time; only what tells of others is
 * kept. Links are not followed.
 * @throws FILE_NOT_FOUND, FILE_UNREADABLE, INPUT_TOO_LARGE
 */
export function readReleaseFolder(io: Io, folder: string): readonly ReleaseFile[] {
  const found: Found[] = [];
  walk(io, folder, '', 0, found);
  const progress = startProgress(io, 'reading the release');
  const files: ReleaseFile[] = [];
  let before = 0;
  let kept = 0;
  for (const { path, unsafe } of found) {
    if (unsafe !== undefined) {
      files.push(unsafeFile(path, unsafe));
      continue;
    }
    const { file, length } = readFile(io, `${folder}/${path}`, path, (bytes) => {
      progress.step(before + bytes, `${files.length} of ${found.length} files`);
    });
    before += length;
    if (file.document !== undefined) kept += length;
    if (kept > limits.releaseDocuments) {
      refuse('INPUT_TOO_LARGE', 'the release has too many attestations and checksum files', {
        expected: `at most ${limits.releaseDocuments} octets of them`,
        found: `more, up to ${quote(path)}`,
      });
    }
    files.push(file);
    progress.step(before, `${files.length} of ${found.length} files`);
  }
  progress.end();
  return files;
}

interface Found {
  readonly path: string;
  readonly unsafe: string | undefined;
}

function walk(io: Io, folder: string, inside: string, depth: number, found: Found[]): void {
  const entries = io.files.list(inside === '' ? folder : `${folder}/${inside}`);
  if (entries === undefined) {
    refuse('FILE_NOT_FOUND', `there is no folder ${quote(folder)}`, {
      expected: 'a folder with the files of a release, or github:OWNER/REPO@TAG',
      found: 'no such folder',
    });
  }
  for (const { name, isDirectory, isFile } of entries) {
    const path = inside === '' ? name : `${inside}/${name}`;
    if (releasePath(path) !== path) found.push({ path, unsafe: 'a name that is not plain' });
    else if (isDirectory && depth >= limits.releaseDepth) found.push({ path, unsafe: 'too many folders' });
    else if (isDirectory) walk(io, folder, path, depth + 1, found);
    else found.push({ path, unsafe: isFile ? undefined : 'a symbolic link, a device or a pipe' });
    if (found.length > limits.releaseFiles) {
      refuse('INPUT_TOO_LARGE', 'the release has too many files', {
        expected: `at most ${limits.releaseFiles}`,
      });
    }
  }
}

function readFile(
  io: Io,
  place: string,
  path: string,
  step: (bytes: number) => void,
): { readonly file: ReleaseFile; readonly length: number } {
  try {
    const bytes = io.files.read(place, limits.evidenceFile);
    return { file: fileOfBytes(path, bytes), length: bytes.length };
  } catch (error) {
    if (!(error instanceof EdgesealError) || error.code !== 'INPUT_TOO_LARGE') throw error;
  }
  let length = 0;
  const digests = io.files.digest(place, (bytes) => {
    length = bytes;
    step(bytes);
  });
  return { file: fileOfDigests(path, { ...digests }), length };
}
