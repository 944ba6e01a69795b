import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { RunLimits } from './sandbox.ts';

/** How a process of the host ended, and what it said. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly limit?: keyof RunLimits;
  readonly log: Uint8Array;
  /** Its standard error, to a bound. */
  readonly complaint: string;
  /** What came on descriptor 3. */
  readonly report: string;
}

const COMPLAINT = 16 * 1024;
const REPORT = 1024 * 1024;

export interface BoundedProcess {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** One line for its standard input, which stays open while it runs. */
  readonly input: string;
  readonly limits: RunLimits;
  /** Ends it before. */
  readonly signal: AbortSignal;
  /** Where the pipe for its standard output is made: one with a name, for what opens /dev/stdout anew. */
  readonly pipe: { readonly file: string; readonly mkfifo: string };
  /** Whether its standard error goes the same way; else it is kept as a complaint. */
  readonly isOneStream: boolean;
}

/** Runs a program and holds it to limits: past one of them, it is killed, as when the signal says so. */
export function runBounded(bounded: BoundedProcess): Promise<ProcessEnd> {
  const { argv, environment, input, limits, signal, pipe, isOneStream } = bounded;
  const [program = '', ...rest] = argv;
  execFileSync(pipe.mkfifo, ['-m', '600', pipe.file]);
  const output = new Socket({
    fd: openSync(pipe.file, constants.O_RDONLY | constants.O_NONBLOCK),
    readable: true,
  });
  const inlet = openSync(pipe.file, constants.O_WRONLY);
  const outputEnd = new Promise<void>((resolve) => output.once('close', () => resolve()));
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      env: environment,
      stdio: ['pipe', inlet, isOneStream ? inlet : 'pipe', 'pipe'],
    });
    closeSync(inlet);
    const log: Buffer[] = [];
    let printed = 0;
    let complaint = '';
    let report = '';
    let limit: keyof RunLimits | undefined;
    const end = (which: keyof RunLimits): void => {
      limit ??= which;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => end('seconds'), limits.seconds * 1000);
    const stop = (): boolean => child.kill('SIGKILL');
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    const release = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    };
    output.on('data', (bytes: Buffer) => {
      printed += bytes.length;
      if (printed > limits.output) end('output');
      else log.push(bytes);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (complaint.length < COMPLAINT) complaint += text;
    });
    child.stdio[3]?.on('data', (bytes: Buffer) => {
      if (report.length < REPORT) report += bytes.toString('utf8');
    });
    // A program that ends before it has read its order says why otherwise.
    child.stdin?.on('error', () => undefined);
    child.stdin?.write(`${input}\n`);
    child.once('error', (error) => {
      release();
      output.destroy();
      reject(error);
    });
    child.once('close', (code, endedBy) => {
      release();
      const ended = (): void =>
        resolve({
          code,
          signal: endedBy,
          ...(limit === undefined ? {} : { limit }),
          log: Buffer.concat(log),
          complaint,
          report,
        });
      void outputEnd.then(ended);
    });
  });
}
