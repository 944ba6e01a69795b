import { digest } from '#core/bytes/digest';
import type { DigestSet } from '#core/in-toto-attestation/types';
import { shownName } from './path.ts';
import { readDocument } from './read-document.ts';
import type { ReleaseFile } from './release-file.ts';

/** A file whose bytes are at hand. */
export function fileOfBytes(path: string, bytes: Uint8Array): ReleaseFile {
  const digests = {
    sha256: digest('sha256', bytes).toString('hex'),
    sha512: digest('sha512', bytes).toString('hex'),
  };
  return { path, digests, isEmpty: bytes.length === 0, document: readDocument(path, bytes) };
}

/** A file that was only hashed: too large to say something about others. */
export function fileOfDigests(path: string, digests: DigestSet): ReleaseFile {
  return { path, digests, isEmpty: false };
}

/** What is in the release and is no file that could be read. @param what as `a symbolic link` */
export function unsafeFile(path: string, what: string): ReleaseFile {
  return {
    path,
    digests: {},
    isEmpty: false,
    unsafe: {
      code: 'RELEASE_FILE_UNSAFE',
      message: `${shownName(path)} is not read`,
      expected: 'a file of its own, with a plain name, in the release',
      found: what,
      hint: 'a link may lead anywhere, and a name that is not plain may be taken for another',
    },
  };
}
