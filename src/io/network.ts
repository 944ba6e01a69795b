import { spawn } from 'node:child_process';
import type { RunHelper } from '#core/oci/credentials';
import type { Clock } from '#core/oci/http';
import { nodeHttp } from './http.ts';
import type { Io, Network } from './io.ts';

/** Octets that a credential helper may answer, and milliseconds that it may take. */
const ANSWER = 1024 * 1024;
const PATIENCE = 30_000;

/** Time that runs on; nothing of it enters a verdict. */
export const nodeClock: Clock = {
  now: () => Number(process.hrtime.bigint()) / 1e6,
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/**
 * One turn of the event loop: connections on this machine stand, questions are written, answers are taken. The first
 * of the two ends the turn that is running, in which new connections are not looked at any more.
 */
const turn = async (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });

/** Runs a program of docker's credential helper protocol: `NAME get`, its input on standard input. */
export const runHelper: RunHelper = async (name, input) => {
  const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<RunHelper>>>();
  const child = spawn(name, ['get'], { stdio: ['pipe', 'pipe', 'ignore'], timeout: PATIENCE });
  const chunks: Buffer[] = [];
  let length = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > ANSWER) child.kill('SIGKILL');
    else chunks.push(chunk);
  });
  // What cannot be run has failed, and so has what does not read its input: its exit code says so.
  child.on('error', () => resolve({ status: -1, stdout: Buffer.alloc(0) }));
  child.stdin.on('error', () => undefined);
  child.on('close', (status) => resolve({ status: status ?? -1, stdout: Buffer.concat(chunks) }));
  child.stdin.end(input);
  return promise;
};

/** The network of this machine. */
export function nodeNetwork(env: Io['env']): Network {
  return { http: (tls) => nodeHttp({ env, tls }), clock: nodeClock, turn, runHelper };
}
