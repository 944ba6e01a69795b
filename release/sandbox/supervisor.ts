import { execFile, spawn } from 'node:child_process';
import { closeSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { runControl, type ControlReport } from './control.ts';
import type { NetworkProbe } from './evidence.ts';
import { countAttempts, networkNamespace, probeNetwork } from './probe.ts';

/** What the supervisor inside of a sandbox is told: one line of JSON on its standard input. */
export interface SupervisorOrder {
  /** The run, with what takes its rights away before it. */
  readonly command: readonly string[];
  /** The negative control, started in the same way; it prints a {@link ControlReport}. */
  readonly control: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly umask: number;
}

/** What was seen around a run. */
export interface WatcherReport {
  readonly namespace: string;
  readonly before: NetworkProbe;
  readonly control: ControlReport;
  readonly after: NetworkProbe;
  readonly attempts: number;
}

/** What it tells in the end. */
export interface SupervisorReport extends WatcherReport {
  readonly code: number | null;
  readonly signal: string | null;
}

/** Where the report is written: a pipe that the run does not have. */
const REPORT = 3;
/** O_CLOEXEC of Linux, as /proc/PID/fdinfo shows it. */
const CLOSE_ON_EXEC = 0o2000000;

/**
 * The first process in a sandbox: looks at the network, has the negative control try it, runs, looks again, and ends
 * all that is left. It ends, and everything with it, when whoever began it does.
 * @param argv nothing; `control PORT` for the negative control alone; `watch PORT` for the looking alone
 */
export async function supervise(argv: readonly string[]): Promise<void> {
  const [verb, port] = argv;
  if (verb === 'control') {
    process.stdout.write(JSON.stringify(await runControl(Number(port))));
    return;
  }
  if (verb === 'watch') return watch(Number(port));
  closeInherited();
  const lines = createInterface({ input: process.stdin });
  const text = await new Promise<string>((resolve) => lines.once('line', resolve));
  lines.once('close', () => process.exit(1));
  const order: SupervisorOrder = JSON.parse(text);
  const before = await probeNetwork();
  const control: ControlReport = JSON.parse(await outputOf(order.control));
  const counted = countAttempts();
  process.umask(order.umask);
  const { code, signal } = await run(order);
  if (process.pid === 1) endAll();
  const attempts = countAttempts() - counted;
  const after = await probeNetwork();
  const report: SupervisorReport = {
    namespace: networkNamespace(),
    before,
    control,
    after,
    attempts,
    code,
    signal,
  };
  writeFileSync(REPORT, JSON.stringify(report));
  process.exit(0);
}

/**
 * Looks at a network that others are in: before it writes its first line, and after it has read one, when it writes
 * what it has seen.
 */
async function watch(port: number): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  const end = new Promise<void>((resolve) => lines.once('close', resolve).once('line', () => resolve()));
  const before = await probeNetwork();
  const control = await runControl(port);
  const counted = countAttempts();
  process.stdout.write('ready\n');
  await end;
  const attempts = countAttempts() - counted;
  const after = await probeNetwork();
  const report: WatcherReport = { namespace: networkNamespace(), before, control, after, attempts };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

/**
 * Files that whoever began all this had open, and left open for what it began: a folder of the host among them
 * would be a way out.
 */
function closeInherited(): void {
  for (const name of readdirSync('/proc/self/fd')) {
    const fd = Number(name);
    if (fd > REPORT && staysOpen(name)) closeSync(fd);
  }
}

/** Whether a program that is run next would have it. */
function staysOpen(fd: string): boolean {
  try {
    const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'));
    return flags !== null && (Number.parseInt(flags[1] ?? '0', 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    // It was the one that the folder was read through.
    return false;
  }
}

function run({ command, environment }: SupervisorOrder): Promise<Pick<SupervisorReport, 'code' | 'signal'>> {
  const [program = '', ...rest] = command;
  return new Promise((resolve, reject) => {
    // The run has nothing on descriptor 3: it cannot write the report.
    const child = spawn(program, rest, { env: environment, stdio: ['ignore', 1, 1, 'ignore'] });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

/** As the first process of a process namespace: every other process in it. */
function endAll(): void {
  try {
    process.kill(-1, 'SIGKILL');
  } catch {
    // There was no other.
  }
}

function outputOf([program = '', ...rest]: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, rest, { env: {} }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(error);
    });
  });
}
