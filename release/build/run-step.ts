import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { refuse } from '#core/errors/error';
import { canonicalize } from '#core/json/canonical';
import { plainJson } from '#core/json/plain';
import { limits } from '#core/limits';
import type { FetchedWork } from '../lock/work.ts';
import type { PlannedStep } from '../plan/plan.ts';
import { checkHermetic } from '../sandbox/check-hermetic.ts';
import type { RunLimits, SandboxRun } from '../sandbox/sandbox.ts';
import type { BuiltFile, BuiltStep } from './build-record.ts';
import { collectOutputs } from './collect-outputs.ts';
import { prepareStep } from './prepare-step.ts';
import { identityIn, type StepGround } from './step-ground.ts';
import { stepName } from './step-name.ts';
import { checkUnlisted, listedModules } from './unlisted.ts';
import type { Workshop } from './workshop.ts';

const LIMITS: RunLimits = { seconds: limits.buildStepSeconds, output: limits.buildStepOutput };

/** What a step runs in. */
export interface StepContext {
  readonly work: FetchedWork;
  readonly workshop: Workshop;
  readonly ground: StepGround;
  readonly now: () => Date;
  /** From 0 up: steps that run at the same time have others. */
  readonly lane: number;
  /** That its end is not waited for. */
  readonly signal: AbortSignal;
}

/** What a step has made. */
export interface StepMade {
  readonly built: BuiltStep;
  readonly outputs: readonly BuiltFile[];
}

/**
 * Runs one step without a network, and keeps what it wrote, what it said, and the evidence.
 * @param outputs of the steps before
 * @param folder an empty one
 * @throws BUILD_STEP_FAILED, BUILD_STEP_LIMIT, BUILD_STEP_NETWORK, BUILD_OUTPUT_INVALID, BUILD_DEPENDENCY_UNLISTED,
 * SANDBOX_UNAVAILABLE, SANDBOX_NOT_HERMETIC, and what the store and archives are refused for
 */
export async function runStep(
  step: PlannedStep,
  { work, workshop, ground, now, lane, signal }: StepContext,
  outputs: readonly BuiltFile[],
  folder: string,
): Promise<StepMade> {
  const prepared = await prepareStep(step, work, outputs, workshop.inputs, ground, folder);
  const startedOn = now().toISOString();
  const sandbox = path.join(folder, 'sandbox');
  await mkdir(sandbox);
  const order = { ...prepared.order, identity: identityIn(ground, lane), limits: LIMITS };
  const run = await workshop.driver.run(order, sandbox, signal);
  const finishedOn = now().toISOString();
  const { evidence } = ended(run, step);
  const { store, lock } = work;
  await checkUnlisted(prepared, listedModules(step, lock), step);
  const written = await collectOutputs(step, prepared.work, work);
  const log = await store.put(run.log, { name: `the log of ${stepName(step)}` });
  const document = Buffer.from(canonicalize(plainJson(evidence)));
  const seen = await store.put(document, { name: `the evidence of ${stepName(step)}` });
  const { component, name, platform } = step;
  return {
    built: { component, name, platform, startedOn, finishedOn, log: log.sha256, evidence: seen.sha256 },
    outputs: written,
  };
}

/** A run that ended well, and without a network. */
function ended(run: SandboxRun, step: PlannedStep): Extract<SandboxRun, { kind: 'ended' }> {
  const name = stepName(step);
  if (run.kind === 'limit') {
    const { seconds, output } = LIMITS;
    return refuse('BUILD_STEP_LIMIT', `the step ${name} went past a limit and was ended`, {
      expected:
        run.limit === 'seconds' ? `an end within ${seconds} seconds` : `at most ${output} octets of output`,
      found: saidLast(run),
    });
  }
  checkHermetic(run.evidence, name);
  if (run.code === 0) return run;
  const how = run.code === null ? `the signal ${run.signal}` : `exit code ${run.code}`;
  return refuse('BUILD_STEP_FAILED', `the step ${name} failed`, {
    expected: 'exit code 0',
    found: `${how}, ${saidLast(run)}`,
    hint: 'a file that it reads and that is not there is neither source nor declared as an input in "reads"; a path that it cannot write is an input',
  });
}

/** The end of what a step printed, on one line. */
function saidLast({ log }: SandboxRun): string {
  const text = Buffer.from(log.subarray(-1500)).toString('utf8').trim();
  return text === '' ? 'and it said nothing' : `after it said ${JSON.stringify(text)}`;
}
