import { join } from 'node:path';
import { reasonCodes, type ReasonCode } from '#core/errors/codes';
import { reasonOf, refuse } from '#core/errors/error';
import { parseStatement } from '#core/in-toto-attestation/statement';
import type { Io } from '#core/io/io';
import { limits } from '#core/limits';
import type { Policy } from '#core/policy/policy';
import { reasonsAgainst } from '#core/verdict/reasons';
import type { Verdict } from '#core/verdict/verdict';
import { defineCommand } from '#core/cli/command';
import { quote } from '#core/cli/flags';
import { readCuePolicy, type CuePolicy } from '../inputs/cue-policy.ts';
import { nameOf } from '../inputs/evidence.ts';
import { readPack } from '../inputs/pack.ts';
import { isCue, readPolicy } from '../inputs/policies.ts';
import { trustFor } from '../inputs/trust.ts';
import { wantedTypes } from '../inputs/images.ts';
import { judge, judgeImage } from '../judge.ts';

export const command = defineCommand({
  name: 'policy test',
  usage: '[flags] FILE...',
  about: [
    'Runs the cases of each policy. For policies/release.json they lie in policies/release/accept/ and policies/release/deny/: a case is an evidence pack (edgeseal evidence export), whose artifacts, images, attestations, keys and trusted root are put before the policy; policies in the pack do not count. For a policy in CUE (policies/provenance.cue) a case is an in-toto statement.',
    'Each artifact, image or statement of an accept case must pass, each of a deny case must be refused. The name of a deny case can state for what: wrong-tag.SOURCE_TAG_MISMATCH.json must be refused for that reason. Nothing is fetched.',
  ],
  operands: { name: 'FILE', min: 1, max: 1000 },
  flags: {
    at: {
      kind: 'text',
      value: 'TIME',
      about:
        'judge as if it were then (RFC 3339, as 2026-12-31T00:00:00Z), so that an expired policy can be tested',
    },
  },
  examples: [{ about: 'All policies of a repository', command: 'edgeseal policy test policies/*.json' }],
  run: async (flags, operands, outer) => {
    const io = at(outer, flags.text('at'));
    const failures: string[] = [];
    let count = 0;
    for (const path of operands) {
      const cases = casesOf(io, path);
      const run = await runner(io, path);
      count += cases.length;
      for (const one of cases) {
        const fault = await run(one);
        io.stdout(
          `${fault === undefined ? 'ok' : 'FAILED'} ${one.path}${fault === undefined ? '' : `: ${fault}`}\n`,
        );
        if (fault !== undefined) failures.push(one.path);
      }
    }
    io.stdout(`${count} ${count === 1 ? 'case' : 'cases'}, ${failures.length} failed\n`);
    return failures.length === 0 ? 0 : 1;
  },
});

interface Case {
  readonly path: string;
  readonly accept: boolean;
  /** The reason that the name states. */
  readonly code: string | undefined;
}

function at(io: Io, time: string | undefined): Io {
  if (time === undefined) return io;
  const then = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(time) ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(then)) {
    refuse('FLAG_VALUE_INVALID', '--at is not a time', { expected: 'RFC 3339 with Z', found: quote(time) });
  }
  return { ...io, now: () => new Date(then) };
}

/** @throws FILE_NOT_FOUND for a policy without cases: it proves nothing */
function casesOf(io: Io, path: string): readonly Case[] {
  const folder = path.replace(/\.[^./]+$/, '');
  const cases = (['accept', 'deny'] as const).flatMap((kind) =>
    (io.files.list(join(folder, kind)) ?? [])
      .filter(({ name, isDirectory }) => !isDirectory && name.endsWith('.json'))
      .map(({ name }) => {
        const code = name.slice(0, -'.json'.length).split('.').at(-1) ?? '';
        const isCode = kind === 'deny' && Object.hasOwn(reasonCodes, code);
        return { path: join(folder, kind, name), accept: kind === 'accept', code: isCode ? code : undefined };
      }),
  );
  if (cases.length > 0) return cases;
  return refuse('FILE_NOT_FOUND', `${quote(path)} has no cases`, {
    expected: `${isCue(path) ? 'statements' : 'evidence packs'} in ${join(folder, 'accept')} and ${join(folder, 'deny')}`,
    found: 'none',
    hint: isCue(path)
      ? 'a policy that was never seen to refuse is not known to refuse: put in-toto statements there'
      : 'a policy that was never seen to refuse is not known to refuse: edgeseal evidence export makes a case',
  });
}

/** What says what is wrong with a case of the policy, or undefined. */
async function runner(io: Io, path: string): Promise<(one: Case) => Promise<string | undefined>> {
  if (isCue(path)) {
    const policy = await readCuePolicy(io, path);
    return (one) => Promise.resolve(runStatement(io, policy, one));
  }
  const policy = await readPolicy(io, path);
  return (one) => run(io, policy, one);
}

/** A case of a policy in CUE is a statement. */
function runStatement(io: Io, { check }: CuePolicy, { path, accept, code }: Case): string | undefined {
  try {
    const statement = parseStatement(io.files.read(path, limits.evidenceFile), nameOf(path));
    const codes = check(statement).map((reason) => reason.code);
    return faultOfCodes('it', codes, codes.length === 0, { accept, code });
  } catch (error) {
    const reason = reasonOf(error);
    return `${reason.code}: ${reason.message}`;
  }
}

async function run(io: Io, policy: Policy, { path, accept, code }: Case): Promise<string | undefined> {
  try {
    const pack = await readPack({ ...io, stderr: () => undefined }, path);
    const { root } = pack;
    const trust = await trustFor([policy], pack.keys, () =>
      root === undefined
        ? refuse('TRUST_ROOT_UNAVAILABLE', 'the case has no trusted root', { hint: 'export it with one' })
        : Promise.resolve(root),
    );
    const { artifacts, evidence, images } = pack;
    if (artifacts.length + images.length === 0) return 'the case names no artifact and no image';
    const question = { policies: [policy], trust };
    const answers: (readonly Verdict[])[] = [];
    for (const artifact of artifacts) answers.push(await judge(io, { artifact, evidence, ...question }));
    for (const { name, read } of images)
      answers.push((await judgeImage(io, name, read(wantedTypes([policy])), question)).verdicts);
    const faults = answers.flat().map((verdict) => faultOf(verdict, { accept, code }));
    return faults.find((fault) => fault !== undefined);
  } catch (error) {
    const reason = reasonOf(error);
    return `${reason.code}: ${reason.message}`;
  }
}

function faultOf(verdict: Verdict, { accept, code }: Pick<Case, 'accept' | 'code'>): string | undefined {
  const { outcome, artifact } = verdict;
  const codes = reasonsAgainst(verdict).map(({ reason }) => reason.code);
  return faultOfCodes(artifact.name, codes, outcome === 'pass', { accept, code });
}

function faultOfCodes(
  name: string,
  codes: readonly ReasonCode[],
  passed: boolean,
  { accept, code }: Pick<Case, 'accept' | 'code'>,
): string | undefined {
  if (accept && !passed) return `${name} was refused: ${codes.join(', ')}`;
  if (!accept && passed) return `${name} was accepted`;
  if (code === undefined || codes.some((found) => found === code)) return undefined;
  return `${name} was refused for another reason: ${codes.join(', ')}`;
}
