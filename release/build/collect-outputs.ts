import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import path from 'node:path';
import { refuse } from '#core/errors/error';
import type { PlannedStep } from '../plan/plan.ts';
import { isElf } from '../elf/elf.ts';
import type { FetchedWork } from '../lock/work.ts';
import type { BuiltFile } from './build-record.ts';
import { checkModules } from './check-modules.ts';
import { stepName } from './step-name.ts';

const CHUNK = 1024 * 1024;

/**
 * Puts the files that a step says it writes into the store.
 * @param work its work directory
 * @throws BUILD_OUTPUT_INVALID, BUILD_DEPENDENCY_UNLISTED
 */
export async function collectOutputs(
  step: PlannedStep,
  work: string,
  { store, lock }: FetchedWork,
): Promise<readonly BuiltFile[]> {
  const files: BuiltFile[] = [];
  for (const { output, path: below } of step.writes) {
    const found = await findFile(work, below);
    if (typeof found === 'string') {
      refuse('BUILD_OUTPUT_INVALID', `the step ${stepName(step)} did not write ${output}`, {
        path: below,
        expected: 'a file, in folders of the work directory',
        found,
        hint: 'does "path" say where the step puts it? a link is no file: it would be another thing elsewhere',
      });
    }
    const stored = await store.put(chunksOf(path.join(work, below)), { name: below });
    if (await isElfFile(path.join(work, below)))
      checkModules(step, output, bufferOf(await store.read(stored.sha256)), lock);
    files.push({ output, platform: step.platform, ...stored, executable: found.executable });
  }
  return files;
}

/** What is there, where it is no file of its own; through no link. */
async function findFile(work: string, below: string): Promise<string | { readonly executable: boolean }> {
  const parts = below.split('/');
  let at = work;
  for (const [index, part] of parts.entries()) {
    at = path.join(at, part);
    const stat = await lstat(at).catch(() => undefined);
    if (stat === undefined) return 'nothing';
    if (stat.isSymbolicLink()) return `a link at ${JSON.stringify(parts.slice(0, index + 1).join('/'))}`;
    if (index === parts.length - 1)
      return stat.isFile() ? { executable: (stat.mode & 0o111) !== 0 } : 'something else than a file';
    if (!stat.isDirectory()) return `no folder at ${JSON.stringify(parts.slice(0, index + 1).join('/'))}`;
  }
  return 'nothing';
}

/** Each chunk stands where the one before it stood. */
async function* chunksOf(name: string): AsyncGenerator<Uint8Array> {
  await using file = await open(name, constants.O_RDONLY | constants.O_NOFOLLOW);
  const buffer = Buffer.allocUnsafe(CHUNK);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

async function isElfFile(name: string): Promise<boolean> {
  await using file = await open(name, constants.O_RDONLY | constants.O_NOFOLLOW);
  const head = Buffer.alloc(4);
  await file.read(head, 0, head.length, 0);
  return isElf(head);
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
