import { createHash } from 'node:crypto';
import { release } from '#core/bytes/release';
import { refuse } from '#core/errors/error';
import { limits } from '#core/limits';
import type { HttpResponse } from '#core/oci/http';
import type { Attempt } from '#core/oci/repetitions';
import type { GithubAsset } from './github-answer.ts';
import { shownName } from './path.ts';
import { mayTellOfOthers, START } from './read-document.ts';
import { fileOfBytes, fileOfDigests } from './read-file.ts';
import type { ReleaseFile } from './release-file.ts';

/**
 * Hashes a file as it comes; only what may tell of others is kept meanwhile. One that ends too soon is to be
 * asked for again.
 * @param progress gets the octets so far
 * @throws GITHUB_CONTENT_MISMATCH, and what the connection throws
 */
export async function receiveFile(
  response: HttpResponse,
  asset: GithubAsset,
  path: string,
  progress: (bytes: number) => void,
): Promise<Attempt<ReleaseFile>> {
  const intake = new Intake(path, asset.size);
  for await (const chunk of response.body) {
    if (intake.length + chunk.length > asset.size) mismatch(asset, `${asset.size} octets`, 'more');
    intake.add(chunk);
    progress(intake.length);
  }
  const { length } = intake;
  if (length < asset.size) {
    const giveUp = (): never => mismatch(asset, `${asset.size} octets`, `${length} octets, each time`);
    return { after: undefined, giveUp };
  }
  const file = intake.file();
  const { sha256 } = file.digests;
  if (asset.sha256 !== undefined && sha256 !== asset.sha256)
    mismatch(asset, `sha256:${asset.sha256}`, `sha256:${sha256}`);
  return { answer: file };
}

/** Decides by the beginning whether the rest is kept. */
class Intake {
  length = 0;
  readonly #path: string;
  readonly #size: number;
  readonly #sha256 = createHash('sha256');
  readonly #sha512 = createHash('sha512');
  #kept: Uint8Array[] | undefined = [];

  constructor(path: string, size: number) {
    this.#path = path;
    this.#size = size;
  }

  add(chunk: Uint8Array): void {
    const isBeginning = this.length < START;
    this.length += chunk.length;
    this.#kept?.push(chunk);
    this.#sha256.update(chunk);
    this.#sha512.update(chunk);
    if (isBeginning && this.length >= START && !this.#isOfUse()) this.#kept = undefined;
    if (this.#kept === undefined) release(chunk);
  }

  file(): ReleaseFile {
    if (this.#kept !== undefined && this.#size <= limits.evidenceFile)
      return fileOfBytes(this.#path, Buffer.concat(this.#kept, this.length));
    const digests = { sha256: this.#sha256.digest('hex'), sha512: this.#sha512.digest('hex') };
    return fileOfDigests(this.#path, digests);
  }

  #isOfUse(): boolean {
    const start = Buffer.concat(this.#kept ?? []);
    return this.#size <= limits.evidenceFile && mayTellOfOthers(this.#path, start);
  }
}

function mismatch({ name }: GithubAsset, expected: string, found: string): never {
  return refuse('GITHUB_CONTENT_MISMATCH', `${shownName(name)} is not what GitHub says that it is`, {
    path: name.slice(0, 200),
    expected,
    found,
    hint: 'fetch it again; if it stays so, do not use it',
  });
}
