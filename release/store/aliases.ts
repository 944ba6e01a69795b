import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { accessFault, codeOf } from './access-fault.ts';

/**
 * What content of a store is called elsewhere: SHA-256 by other digests, in files `store/by/ALGORITHM-HEX`. It only
 * saves downloads: who uses it checks the content by the other digest again.
 */
export class Aliases {
  readonly #folder: string;

  constructor(workFolder: string) {
    this.#folder = path.resolve(workFolder, 'store', 'by');
  }

  /** The SHA-256 that was noted; undefined where there is none. @throws FILE_UNREADABLE */
  async recall(algorithm: string, hex: string): Promise<string | undefined> {
    const file = this.#fileOf(algorithm, hex);
    try {
      const text = await readFile(file, 'latin1');
      return /^[0-9a-f]{64}$/.test(text) ? text : undefined;
    } catch (cause) {
      return codeOf(cause) === 'ENOENT' ? undefined : accessFault('read', file, cause);
    }
  }

  /** @throws FILE_UNWRITABLE */
  async note(algorithm: string, hex: string, sha256: string): Promise<void> {
    const file = this.#fileOf(algorithm, hex);
    const begun = `${file}.${randomUUID()}`;
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeFile(begun, sha256);
      await rename(begun, file);
    } catch (cause) {
      accessFault('write', file, cause);
    }
  }

  #fileOf(algorithm: string, hex: string): string {
    return path.join(this.#folder, `${algorithm}-${hex}`);
  }
}
