import { spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { gitEnvironment, noGit } from '../source/git.ts';
import type { Published } from './published.ts';

/** Milliseconds that fetching a repository may take, and octets of what git says that are kept. */
const PATIENCE = 1_800_000;
const SAID = 2000;

/**
 * Brings the one commit that the provenance names into a folder, with its description as a file.
 * @returns the description's file
 * @throws RELEASE_SOURCE_UNAVAILABLE
 */
export async function cloneSource(
  { repository, ref, commit, recipe }: Published,
  folder: string,
  env: Io['env'],
): Promise<string> {
  if (recipe === undefined) {
    return refuse('RELEASE_SOURCE_UNAVAILABLE', 'the release description is no part of the source', {
      expected: 'its name, after the flags',
      found: 'nothing',
      hint: 'the provenance has its digest: ask the publisher for the file',
    });
  }
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const git = async (...argv: readonly string[]): Promise<void> => runGit(folder, argv, repository, env);
  await git('init', '--quiet');
  await git('fetch', '--quiet', '--depth', '1', '--', repository, `${ref}:${ref}`);
  // A path of the commit, never an option; the commit is checked against the ref when the source is read.
  await git('checkout', '--quiet', commit, '--', recipe);
  return path.join(folder, recipe);
}

async function runGit(
  folder: string,
  argv: readonly string[],
  repository: string,
  env: Io['env'],
): Promise<void> {
  const child = spawn('git', ['-C', folder, ...argv], {
    env: { ...gitEnvironment(env), GIT_ALLOW_PROTOCOL: 'https' },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(0, SAID)));
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('close', resolve);
  const code = await promise.catch(noGit);
  if (code === 0) return;
  refuse('RELEASE_SOURCE_UNAVAILABLE', `git ${argv[0] ?? ''} did not bring the source`, {
    expected: repository,
    found: JSON.stringify(said.trim()),
    hint: 'or name the description in a clone that has the commit, after the flags',
  });
}
