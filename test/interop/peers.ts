import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { main } from '../../verifier/main.ts';
import { runMain } from '../cli/run-main.ts';

/** A peer named by an environment variable, else on PATH, else where the benchmarks keep it; else empty. */
export function findPeer(name: string, variable: string): string {
  const kept = join(homedir(), '.cache', 'edgeseal-peers', 'bin');
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), kept];
  const candidates = [process.env[variable] ?? '', ...folders.map((folder) => join(folder, name))];
  return candidates.find((path) => path !== '' && existsSync(path)) ?? '';
}

/** How a command line ended. */
export interface Answer {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in a folder, without a login and without whatever the caller's home knows. */
export async function runPeer(program: string, args: readonly string[], folder: string): Promise<Answer> {
  const env = { PATH: process.env['PATH'], HOME: folder, COSIGN_PASSWORD: '' };
  const child = spawn(program, args, {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 20_000,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await once(child, 'close');
  return { exit: child.exitCode, stdout, stderr };
}

/** The same, where nothing may go wrong. */
export async function mustRun(program: string, args: readonly string[], folder: string): Promise<string> {
  const { exit, stdout, stderr } = await runPeer(program, args, folder);
  if (exit !== 0) throw new Error(`${program} ${args.join(' ')}: ${exit} ${stdout} ${stderr}`);
  return stdout;
}

/** Our own command line, in a folder. */
export async function runEdgeseal(args: readonly string[], folder: string): Promise<Answer> {
  return runMain(main, args, folder);
}

/** What `jq -r .payload | base64 -d` gives, a line a payload. */
export const payloadsOf = ({ stdout }: Answer): readonly string[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { payload }: { payload: string } = JSON.parse(line);
      return Buffer.from(payload, 'base64').toString('utf8');
    });

/** go-containerregistry's registry, on a port of its own. */
export async function startRegistry(
  program: string,
): Promise<{ readonly host: string; readonly stop: () => void }> {
  const port = await freePort();
  const started: ChildProcess = spawn(program, ['-port', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await new Promise<void>((resolve, reject) => {
    started.on('error', reject);
    started.on('exit', () => reject(new Error('the registry ended')));
    started.stderr?.on('data', (chunk: Buffer) => {
      if (/port \d+/.test(chunk.toString('utf8'))) resolve();
    });
  });
  return { host: `127.0.0.1:${port}`, stop: () => void started.kill() };
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
}
