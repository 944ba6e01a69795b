import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { findPeer } from '../interop/peers.ts';
import { linesOf, type CueCase } from './case.ts';

/** What the oracle says; TIMEOUT and CRASH are its own ends, and no verdict of cosign's. */
export interface OracleAnswer {
  readonly name: string;
  readonly verdict: 'PASS' | 'FAIL' | 'TIMEOUT' | 'CRASH';
  readonly error?: string;
}

/** The oracle's program, or empty where nobody has built it. */
export const oracleProgram = findPeer('cue-oracle', 'EDGESEAL_CUE_ORACLE');

/** What the program is built from, a line a module. */
export function oracleVersion(): string {
  const { stdout, status } = spawnSync(oracleProgram, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  if (status !== 0) throw new Error('the oracle does not say its version');
  return stdout.trim().split('\n').sort().join(', ');
}

/** A process that lives through many batches. */
export class Oracle {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncGenerator<string>;

  /** @param limit for one case, as Go writes durations */
  constructor(limit = '5s') {
    this.#process = spawn(oracleProgram, ['--limit', limit], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#answers = linesOf(this.#process.stdout);
  }

  /** Answers in the order of the cases. One batch at a time. */
  async ask(cases: readonly CueCase[]): Promise<OracleAnswer[]> {
    const lines = cases.map(({ name, policies, document }) => JSON.stringify({ name, policies, document }));
    this.#process.stdin.write(lines.map((line) => `${line}\n`).join(''));
    const answers: OracleAnswer[] = [];
    while (answers.length < cases.length) {
      const { value, done } = await this.#answers.next();
      if (done === true) throw new Error('the oracle ended');
      answers.push(JSON.parse(value));
    }
    return answers;
  }

  async end(): Promise<void> {
    this.#process.stdin.end();
    for await (const line of this.#answers) throw new Error(`an answer too many: ${line}`);
  }
}
