import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { compileCue, prepareCue } from '#core/cue/cue';
import { Oracle, oracleProgram } from '../test/cue-oracle/oracle.ts';
import { statement } from './cue/statement.ts';
import { median, quantile, table } from './statistics.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const policyFile = path.join(root, 'bench', 'cue', 'policy.cue');

/** What the others stand beside. */
const CUE = 'CUE’s own (cosign’s function): load, build and verdict';
const NODE = 'new process: nothing, Node alone';

interface Figure {
  readonly name: string;
  /** Microseconds, one a round. */
  readonly times: readonly number[];
}

/** A policy in CUE: verdicts from a policy compiled once, compilation in a new process, CUE's own evaluator. */
export async function benchCue(short: boolean): Promise<void> {
  const rounds = short ? 5 : 21;
  execFileSync(process.execPath, [path.join(root, 'scripts', 'build.ts')], { cwd: root, stdio: 'ignore' });
  const folder = mkdtempSync(path.join(tmpdir(), 'edgeseal-bench-'));
  try {
    console.log(`node ${process.versions.node}, ${cpus()[0]?.model ?? 'unknown processor'}`);
    console.log(`policy ${readFileSync(policyFile).length} octets, statement ${statement.length}\n`);
    const figures = [
      ...(await warm(rounds, short ? 2000 : 10_000)),
      ...(await cold(rounds, folder)),
      ...(await oracle(rounds)),
    ];
    const beside = [CUE, NODE].map((peer) => figures.find(({ name }) => name === peer)?.times ?? []);
    const rows = figures.map(({ name, times }) => [
      name,
      median(times).toFixed(1),
      quantile(times, 0).toFixed(1),
      quantile(times, 0.9).toFixed(1),
      ...beside.map((peer) => (median(times) / median(peer)).toFixed(3)),
    ]);
    console.log(table(['microseconds', 'median', 'min', 'p90', 'x CUE', 'x Node'], rows));
    const file = path.join(root, 'dist', 'bench', 'cue.json');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
    console.log(`\nfigures: ${path.relative(process.cwd(), file)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In this process, in microseconds of processor time, so that others on the machine do not count. */
async function warm(rounds: number, turns: number): Promise<readonly Figure[]> {
  await prepareCue();
  const policy = compileCue([{ name: 'policy.cue', text: readFileSync(policyFile, 'utf8') }]);
  const refused = statement.replace('actions/runner/github-hosted', 'actions/runner/self-hosted');
  const works: readonly (readonly [string, number, () => unknown])[] = [
    ['a verdict: pass', turns, () => policy.evaluate(statement)],
    ['a verdict: pass, without the short way', turns / 10, () => policy.evaluateFully(statement)],
    ['a verdict: fail, explained', turns / 10, () => policy.evaluate(refused)],
  ];
  return works.map(([name, count, work]) => {
    for (let turn = 0; turn < count; turn++) work();
    const times = Array.from({ length: rounds }, () => {
      const before = process.cpuUsage();
      for (let turn = 0; turn < count; turn++) work();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / count;
    });
    return { name, times };
  });
}

/** What a new process does in turn; cold.ts prints the times of each. */
const STEPS = [
  'load what every command loads',
  'load the engine and RE2',
  'compile (source text to policy, all loaded)',
  'first verdict',
] as const;

/**
 * In new processes, with the scripts and the code caches of the executable (`npm run build`): wall time and processor
 * time of each step, of loading the engine and compiling together, and of the whole process beside one that does nothing.
 */
async function cold(rounds: number, folder: string): Promise<readonly Figure[]> {
  const executable = path.join(root, 'dist', 'bundle');
  if (!existsSync(path.join(executable, 'edgeseal.cjs'))) {
    console.log('new processes: left out, nobody has built the executable here (npm run build)');
    return [];
  }
  const script = path.join(folder, 'cold.cjs');
  await bundleScript(path.join(root, 'bench', 'cue', 'cold.ts'), script);
  const empty = path.join(folder, 'empty.cjs');
  writeFileSync(empty, '');

  const steps: (readonly (readonly [wall: number, processor: number])[])[] = [];
  const whole: number[] = [];
  const nothing: number[] = [];
  for (let round = 0; round < rounds; round++) {
    nothing.push(spawned([empty]).wall);
    const { wall, stdout } = spawned([script, executable, policyFile]);
    whole.push(wall);
    steps.push(JSON.parse(stdout));
  }
  const of = (step: number, clock: 0 | 1): readonly number[] =>
    steps.map((each) => each[step]?.[clock] ?? Number.NaN);
  const ofBoth = (clock: 0 | 1): readonly number[] =>
    of(1, clock).map((time, round) => time + (of(2, clock)[round] ?? Number.NaN));
  return [
    ...STEPS.flatMap((name, step) => [
      { name: `new process: ${name}`, times: of(step, 0) },
      { name: '  processor time', times: of(step, 1) },
    ]),
    { name: 'new process: load the engine and RE2, and compile', times: ofBoth(0) },
    { name: '  processor time', times: ofBoth(1) },
    { name: 'new process: all of this, from its start to its end', times: whole },
    { name: NODE, times: nothing },
  ];
}

async function bundleScript(input: string, file: string): Promise<void> {
  const build = await rolldown({ input, platform: 'node', logLevel: 'silent' });
  await build.write({ file, format: 'cjs', minify: true, codeSplitting: false });
  await build.close();
}

function spawned(argv: readonly string[]): { readonly wall: number; readonly stdout: string } {
  const before = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  const wall = (performance.now() - before) * 1000;
  if (status !== 0) throw new Error(`a new process ends with ${status}: ${stderr}`);
  return { wall, stdout };
}

/** CUE's own evaluator as cosign calls it, wall time: it compiles the policy for every verdict. */
async function oracle(rounds: number): Promise<readonly Figure[]> {
  if (oracleProgram === '') {
    console.log('cue-oracle: left out, nobody has built it here (.ci/run does)');
    return [];
  }
  const program = new Oracle();
  const batch = Array.from({ length: 50 }, (_, index) => ({
    name: `${index}`,
    policies: [readFileSync(policyFile, 'utf8')],
    document: statement,
  }));
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const before = performance.now();
    const answers = await program.ask(batch);
    if (answers.some(({ verdict }) => verdict !== 'PASS')) throw new Error('the oracle refuses the policy');
    if (round > 0) times.push(((performance.now() - before) * 1000) / batch.length);
  }
  await program.end();
  return [{ name: CUE, times }];
}
