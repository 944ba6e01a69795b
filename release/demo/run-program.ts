import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The clone that this is part of. */
export const CLONE = fileURLToPath(new URL('../..', import.meta.url));

/** The programs, as they lie in a clone. */
const PROGRAMS = {
  edgeseal: 'verifier/bin/edgeseal.ts',
  'edgeseal-release': 'release/bin/edgeseal-release.ts',
} as const;

export type ProgramName = keyof typeof PROGRAMS;

export interface ProgramRun {
  /** As a person would type it. */
  readonly command: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface ProgramCall {
  readonly program: ProgramName;
  readonly args: readonly string[];
  /** What it has beside PATH, HOME and the like. */
  readonly env?: Readonly<Record<string, string>>;
  /** Gets what it says for people, as it comes. */
  readonly onStderr?: (text: string) => void;
}

/** Runs one of our programs as a process of its own, in the clone. */
export async function runProgram(call: ProgramCall): Promise<ProgramRun> {
  const { program, args } = call;
  const began = performance.now();
  const child = spawn(process.execPath, [path.join(CLONE, PROGRAMS[program]), ...args], {
    cwd: CLONE,
    env: { ...process.env, ...call.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    call.onStderr?.(text);
  });
  await once(child, 'close');
  return {
    command: [program, ...args.map(quoted)].join(' '),
    exitCode: child.exitCode ?? 128,
    stdout,
    stderr,
    seconds: (performance.now() - began) / 1000,
  };
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`);
