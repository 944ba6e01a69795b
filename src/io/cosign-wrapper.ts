import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { refuse } from '#core/errors/error';
import { limits } from '#core/limits';
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

/** Milliseconds for one run; octets of its output, of which the first are kept. */
const PATIENCE = 60_000;
const OUTPUT = 2 * limits.imageEvidence;
const KEPT = 1024 * 1024;

/** An installed cosign that can be asked. */
export interface Cosign {
  /** As `cosign v3.1.3`. */
  readonly who: string;
  readonly path: string;
}

/** What is asked: whether any one of some bundles, or anything attached to an image, answers it. */
export interface CosignRequest extends Pick<CosignQuestion, 'flags'> {
  readonly about: CosignBundles | CosignImage;
  readonly trustedRoot: Uint8Array;
  /** PEM. */
  readonly key: string | undefined;
}

export interface CosignBundles {
  readonly bundles: readonly (Uint8Array | string)[];
  readonly digest: { readonly algorithm: string; readonly value: string };
}

export interface CosignImage {
  /** By its digest; or the folder of an OCI layout, absolute. */
  readonly image: string;
  /** Contents of files that flags name, by the flag. */
  readonly files: Readonly<Record<string, string | undefined>>;
  /** Texts of policies in CUE. */
  readonly policies: readonly string[];
  /** A docker configuration: the only place where cosign gets credentials from. */
  readonly dockerConfig: string;
}

/** What cosign may know of the environment to find the same registry. */
const SHARED = [
  'COSIGN_REPOSITORY',
  'HTTP_PROXY',
  'http_proxy',
  'HTTPS_PROXY',
  'https_proxy',
  'NO_PROXY',
  'no_proxy',
] as const;

/**
 * Finds cosign (EDGESEAL_COSIGN, else the first on PATH) and asks for its version.
 * @param patience milliseconds for a run
 * @throws SECOND_OPINION_UNAVAILABLE
 */
export async function findCosign(env: Io['env'], patience = PATIENCE): Promise<Cosign> {
  const path = pathOf(env);
  const environment = { PATH: env['PATH'] };
  const { stdout } = await withFolder((folder) =>
    run(path, ['version', '--json'], environment, folder, patience),
  );
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
 * Asks cosign about the bundles, one after the other, until it accepts one; or about the image, its bundles
 * before its layers. It gets files in a folder of its own, the search path, for an image the way to its registry,
 * and nothing else of the environment.
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
      writeFileSync(file, content, { mode: 0o600 });
      return file;
    };
    const trustedRoot = write('trusted_root.json', request.trustedRoot);
    const key = request.key === undefined ? undefined : write('key.pub', request.key);
    let opinion: SecondOpinion = { who, accepts: false, says: '"there is nothing to judge"' };
    const { subjects, files, environment } = prepare(request.about, env, folder, write);
    const flags = { ...request.flags, ...files };
    for (const [index, subject] of subjects.entries()) {
      const argv = cosignArguments({ about: subject(), trustedRoot, key, flags });
      const left = Math.max(1, deadline - performance.now());
      const { status, stderr } = await run(path, argv, environment, folder, left);
      const answer = readCosignAnswer(who, status, stderr.toString('utf8'));
      if (answer.accepts) return answer;
      if (index === 0) opinion = answer;
    }
    return opinion;
  });
}

/** Puts what is asked about into cosign's folder; each question's own file just before it is asked. */
function prepare(
  about: CosignRequest['about'],
  env: Io['env'],
  folder: string,
  write: (name: string, content: Uint8Array | string) => string,
): {
  readonly subjects: readonly (() => CosignQuestion['about'])[];
  readonly files: CosignQuestion['flags'];
  readonly environment: Io['env'];
} {
  if ('bundles' in about) {
    const { bundles, digest } = about;
    const subjects = bundles.map((content, index) => () => ({
      bundle: write(`bundle-${index}.json`, content),
      digest,
    }));
    return { subjects, files: {}, environment: { PATH: env['PATH'] } };
  }
  write('config.json', about.dockerConfig);
  const files = Object.entries(about.files).map(
    ([flag, content]) => [flag, content === undefined ? undefined : write(flag, content)] as const,
  );
  const policy = about.policies.map((text, index) => write(`policy-${index}.cue`, text));
  const shared = SHARED.map((name) => [name, env[name]] as const).filter(([, value]) => value !== undefined);
  return {
    subjects: [false, true].map((inLayers) => () => ({ image: about.image, inLayers })),
    files: { ...Object.fromEntries(files), policy },
    environment: { PATH: env['PATH'], ...Object.fromEntries(shared), DOCKER_CONFIG: folder },
  };
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
  environment: Io['env'],
  folder: string,
  patience: number,
): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const child = spawn(path, argv, {
    cwd: folder,
    env: { ...environment, HOME: folder },
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
      else if (length <= KEPT) chunks.push(chunk);
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
