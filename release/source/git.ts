import { spawn } from 'node:child_process';
import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';

/** What git is told of the environment: where it is, whose configuration, and to look at nothing but what is here. */
export function gitEnvironment(env: Io['env']): Readonly<Record<string, string>> {
  const kept = ['PATH', 'HOME', 'XDG_CONFIG_HOME'].flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
  };
}

/** Octets that git may answer to a question, and milliseconds that it may take. */
const ANSWER = 1024 * 1024;
const PATIENCE = 60_000;

interface GitAnswer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Asks git one question.
 * @param folder in the repository
 * @throws RELEASE_SOURCE_UNAVAILABLE where there is no git
 */
async function askGit(folder: string, argv: readonly string[], env: Io['env']): Promise<GitAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<GitAnswer>();
  const child = spawn('git', ['-C', folder, ...argv], {
    env: gitEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
      if (texts[name].length > ANSWER) child.kill('SIGKILL');
    });
  }
  child.on('error', (cause) => {
    try {
      noGit(cause);
    } catch (refusal) {
      reject(refusal);
    }
  });
  child.on('close', (status) => resolve({ status: status ?? -1, ...texts }));
  return promise;
}

/** @throws RELEASE_SOURCE_UNAVAILABLE */
export function noGit(cause: unknown): never {
  return refuse('RELEASE_SOURCE_UNAVAILABLE', 'git cannot be run', {
    expected: 'git on PATH: the source is read from a repository',
    found: cause instanceof Error && 'code' in cause ? String(cause.code) : 'an unknown fault',
    hint: 'install git',
    cause,
  });
}

/**
 * The top folder of the work tree around a folder.
 * @throws RELEASE_SOURCE_UNAVAILABLE
 */
export async function findRepository(folder: string, env: Io['env']): Promise<string> {
  const { status, stdout, stderr } = await askGit(folder, ['rev-parse', '--show-toplevel'], env);
  if (status === 0) return stdout.replace(/\n$/, '');
  return refuse('RELEASE_SOURCE_UNAVAILABLE', 'the release description is in no git repository', {
    expected: 'a description in a clone of the source',
    found: firstLine(stderr),
    hint: 'clone the repository, and name the description in the clone',
  });
}

/** The commit that a ref is of; undefined where there is no such ref here. */
export async function commitOf(repository: string, ref: string, env: Io['env']): Promise<string | undefined> {
  const argv = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
  const { status, stdout } = await askGit(repository, argv, env);
  return status === 0 ? stdout.trim() : undefined;
}

/** What git says, short and on one line. */
function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line === '' ? 'nothing' : JSON.stringify(line.slice(0, 200));
}
