import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { refuse } from '#core/errors/error';
import {
  cosignArguments,
  cosignVersion,
  readCosignAnswer,
  type CosignQuestion,
  type SecondOpinion,
} from '#core/verify/second-opinion';
import type { Io } from './io.ts';

/** Versions that take the question as it is asked. */
const SUPPORTED_COSIGN = '>=3.0.0 <4.0.0';

/** Milliseconds for one run, and octets of its output. */
const PATIENCE = 60_000;
const OUTPUT = 1024 * 1024;

/** An installed cosign that can be asked. */
export interface Cosign {
  /** As `cosign v3.1.3`. */
  readonly who: string;
  readonly path: string;
}

/** What is asked about some bundles: whether any one of them answers it. */
export interface CosignRequest extends Pick<CosignQuestion, 'flags' | 'digest'> {
  readonly bundles: readonly (Uint8Array | string)[];
  readonly trustedRoot: Uint8Array;
  /** PEM. */
  readonly key: string | undefined;
}

/**
 * Finds cosign (EDGESEAL_COSIGN, else the first on PATH) and asks for its version.
 * @param patience milliseconds for a run
 * @throws SECOND_OPINION_UNAVAILABLE
 */
export async function findCosign(env: Io['env'], patience = PATIENCE): Promise<Cosign> {
  const path = pathOf(env);
  const { stdout } = await withFolder((folder) => run(path, ['version', '--json'], env, folder, patience));
  const version = cosignVersion(stdout);
  const { satisfies } = await import('semver');
  if (version !== undefined && satisfies(version, SUPPORTED_COSIGN))
    return { who: `cosign v${version}`, path };
  return unavailable('cosign is of a version that is not supported', {
    expected: SUPPORTED_COSIGN,
    found: version ?? 'no version',
    hint: 'name another by EDGESEAL_COSIGN',
  });
}

/**
 * Asks cosign about the bundles, one after the other, until it accepts one. It gets files in a folder of its
 * own, the search path, and nothing else of the environment.
 * @param patience milliseconds for all
 * @throws SECOND_OPINION_UNAVAILABLE
 */
export async function askCosign(
  { who, path }: Cosign,
  request: CosignRequest,
  env: Io['env'],
  patience = PATIENCE,
): Promise<SecondOpinion> {
  const deadline = performance.now() + patience;
  return withFolder(async (folder) => {
    const write = (name: string, content: Uint8Array | string): string => {
      const file = join(folder, name);
      writeFileSync(file, content);
      return file;
    };
    const trustedRoot = write('trusted_root.json', request.trustedRoot);
    const key = request.key === undefined ? undefined : write('key.pub', request.key);
    let opinion: SecondOpinion = { who, accepts: false, says: '"there is nothing to judge"' };
    for (const [index, content] of request.bundles.entries()) {
      const bundle = write(`bundle-${index}.json`, content);
      const question = { bundle, trustedRoot, key, flags: request.flags, digest: request.digest };
      const left = Math.max(1, deadline - performance.now());
      const { status, stderr } = await run(path, cosignArguments(question), env, folder, left);
      const answer = readCosignAnswer(who, status, stderr.toString('utf8'));
      if (answer.accepts) return answer;
      if (index === 0) opinion = answer;
    }
    return opinion;
  });
}

function pathOf(env: Io['env']): string {
  const named = env['EDGESEAL_COSIGN'];
  const candidates =
    named !== undefined && named !== ''
      ? [named]
      : (env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'cosign'));
  const found = candidates.find((path) => isAbsolute(path) && isExecutable(path));
  if (found !== undefined) return found;
  return unavailable('no cosign was found', {
    expected: 'an executable file at the absolute path in EDGESEAL_COSIGN, or cosign on PATH',
    hint: 'install cosign, or leave out --second-opinion',
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'edgeseal-cosign-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Ended {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

async function run(
  path: string,
  argv: readonly string[],
  env: Io['env'],
  folder: string,
  patience: number,
): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const child = spawn(path, argv, {
    cwd: folder,
    env: { HOME: folder, PATH: env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stopped: string | undefined;
  const stop = (why: string): void => {
    stopped ??= why;
    child.kill('SIGKILL');
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const timer = setTimeout(() => stop(`no answer within ${Math.ceil(patience)} ms`), patience);
  const outputs = [child.stdout, child.stderr].map((stream) => {
    const chunks: Buffer[] = [];
    let length = 0;
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > OUTPUT) stop(`more than ${OUTPUT} octets of output`);
      else chunks.push(chunk);
    });
    return chunks;
  });
  child.on('error', ({ message }) => {
    stopped ??= JSON.stringify(message.slice(0, 200));
  });
  child.on('close', (status, signal) => {
    clearTimeout(timer);
    const [stdout, stderr] = outputs.map((chunks) => Buffer.concat(chunks));
    if (stopped === undefined && status !== null && stdout !== undefined && stderr !== undefined)
      resolve({ status, stdout, stderr });
    else reject(failure(stopped ?? `ended by ${signal}`));
  });
  return promise;
}

function failure(found: string): unknown {
  try {
    return unavailable('cosign could not be run to its end', {
      found,
      hint: 'check the cosign that is installed',
    });
  } catch (error) {
    return error;
  }
}

function unavailable(message: string, detail: Parameters<typeof refuse>[2]): never {
  return refuse('SECOND_OPINION_UNAVAILABLE', message, detail);
}
