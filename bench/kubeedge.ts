import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readBuild } from '../release/build/build-file.ts';
import { runProgram } from '../release/demo/run-program.ts';
import { readPlan } from '../release/plan/plan-file.ts';
import type { PlannedStep } from '../release/plan/plan.ts';
import { COMMITTED } from '../test/kubeedge/kubeedge-source.ts';
import { makeLocalRelease, REF, type LocalRelease } from '../test/kubeedge/local-release.ts';
import { measured, report, type Figures } from './pairs.ts';

const COMPONENT = 'keadm';

/** The whole of `edgeseal-release build` for one component of KubeEdge, beside the same command of Go in a checkout. */
export async function benchKubeEdge(goRoot: string, short: boolean): Promise<void> {
  const { EDGESEAL_KUBEEDGE_SRC: from = '' } = process.env;
  if (from === '') {
    console.log('KubeEdge: left out, EDGESEAL_KUBEEDGE_SRC does not say where its source is');
    return;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'edgeseal-bench-'));
  const source = path.join(folder, 'source');
  mkdirSync(source);
  try {
    const release = await makeLocalRelease(source, from, goRoot, [COMPONENT]);
    const work = path.join(folder, 'work');
    const given = ['--offline', '--ref', REF, '--commit', release.commit];
    await run('fetch', '--work', work, ...given, release.description);
    const [step] = (await readPlan(work)).value.steps;
    if (step === undefined) throw new Error('the plan has no step');
    const inside: Figures[] = [];
    const outside: Figures[] = [];
    for (let round = 0; round < (short ? 1 : 3); round++) {
      inside.push(await measured(async () => run('build', '--work', work)));
      const home = path.join(folder, `home-${round}`);
      mkdirSync(home);
      outside.push(await measured(async () => buildOutside(step, release, goRoot, home)));
      await compare(work, step, source);
    }
    report(`${COMPONENT} of KubeEdge, from an empty cache`, { inside, outside }, 'kubeedge');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function run(...args: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await runProgram({ program: 'edgeseal-release', args });
  if (exitCode !== 0) throw new Error(stderr);
}

async function buildOutside(
  { run: argv, environment }: PlannedStep,
  { folder }: LocalRelease,
  goRoot: string,
  home: string,
): Promise<void> {
  const [program = '', ...args] = argv.map((word) =>
    word.replaceAll('{input.go}', goRoot).replaceAll('{date}', COMMITTED),
  );
  const { PATH } = process.env;
  execFileSync(program, args, { cwd: folder, env: { PATH, HOME: home, ...environment } });
}

/** The same octets, or it was not the same build. */
async function compare(work: string, { writes: [binary] }: PlannedStep, source: string): Promise<void> {
  const { value } = await readBuild(work);
  const inside = value.outputs.find(({ output }) => output === binary?.output)?.sha256;
  if (hash('sha256', readFileSync(path.join(source, binary?.path ?? '')), 'hex') !== inside)
    throw new Error('the build outside wrote other octets');
}
