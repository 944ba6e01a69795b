import { spawn } from 'node:child_process';
import { pipeline } from 'node:stream/promises';
import { refuse } from '#core/errors/error';
import type { CallerEnvironment } from '../tools.ts';

export type EngineName = 'docker' | 'podman';

/** A container engine by its command line. */
export interface Engine {
  readonly name: EngineName;
  /** Where its program is. */
  readonly program: string;
  readonly environment: CallerEnvironment;
}

/** Octets of what an engine says that are kept. */
const ANSWER = 64 * 1024;

/**
 * What an engine prints when it is asked something.
 * @param input for its standard input
 * @throws SANDBOX_UNAVAILABLE where it fails
 */
export async function askEngine(
  { name, program, environment }: Engine,
  words: readonly string[],
  input?: AsyncIterable<Uint8Array>,
): Promise<string> {
  const child = spawn(program, words, { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
  const answer = collect(child.stdout);
  const complaint = collect(child.stderr);
  const end = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // An engine that ends before it has read everything says why by its exit code.
  await (input === undefined ? child.stdin.end() : pipeline(input, child.stdin).catch(() => undefined));
  const code = await end;
  if (code === 0) return (await answer).trim();
  return refuse('SANDBOX_UNAVAILABLE', `${name} ${words[0] ?? ''} failed`, {
    expected: 'exit code 0',
    found: `${code}: ${JSON.stringify((await complaint).trim().slice(0, 500))}`,
    hint: `is the engine there, and may you use it? ${name} info says`,
  });
}

async function collect(stream: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream) {
    if (size < ANSWER) parts.push(part);
    size += part.length;
  }
  return Buffer.concat(parts).toString('utf8');
}
