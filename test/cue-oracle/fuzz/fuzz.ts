import type { CueCase } from '../case.ts';
import { findArchives, pieces, singleArchives } from '../archives.ts';
import { contradicts } from '../compare.ts';
import { loadCorpus } from '../corpus.ts';
import type { OracleAnswer } from '../oracle.ts';
import { documentsEach, generateCases } from './generate.ts';
import { generatePolicy } from './policy.ts';
import { tangleCases } from './tangle.ts';
import { mutateCases } from './mutate.ts';
import { noAnswer } from './ours-thread.ts';
import { askAlone, Peers, type Answered } from './peers.ts';
import { shrink } from './shrink.ts';

/** A case on which we contradict cosign, made small, with both answers. */
export interface Finding extends CueCase {
  readonly verdict: string;
  readonly error: string;
  readonly ours: string;
  readonly reason: string;
}

export interface FuzzTally {
  pairs: number;
  pass: number;
  fail: number;
  /** Cosign itself gave no verdict. */
  none: number;
  unsupported: number;
  readonly reasons: Map<string, number>;
  readonly findings: Finding[];
}

export const sourceNames = ['grammar', 'policies', 'tangle', 'corpus', 'archives'] as const;
export type Source = (typeof sourceNames)[number];

/** The cases of a seed's policy of an index. */
type Cases = (seed: number, index: number) => CueCase[];

export interface FuzzPlan {
  readonly seed: number;
  /** Pairs of a policy and a document. */
  readonly count: number;
  /**
   * What the policies are: written anew, of all that the language has or in the manner of real ones, or such as are hard to
   * evaluate; changed cases of the
   * corpus, or of CUE's archives where they are; all in turn.
   */
  readonly from: Source | 'all';
  /** After so many findings it ends. */
  readonly most: number;
}

const policiesAtOnce = 100;

/** Asks cosign's evaluation and ours about generated pairs; the same plan asks the same. */
export async function fuzzCue(plan: FuzzPlan, say: (tally: FuzzTally) => void): Promise<FuzzTally> {
  const sources = sourcesOf(plan);
  const peers = new Peers('1s', 5000);
  const tally: FuzzTally = {
    pairs: 0,
    pass: 0,
    fail: 0,
    none: 0,
    unsupported: 0,
    reasons: new Map(),
    findings: [],
  };
  for (
    let index = 0;
    index * documentsEach < plan.count && tally.findings.length < plan.most;
    index += policiesAtOnce
  ) {
    const cases = Array.from({ length: policiesAtOnce }, (_, at) =>
      casesOf(plan.seed, sources, index + at),
    ).flat();
    const answers = await peers.ask(cases.slice(0, plan.count - index * documentsEach));
    const wrong = new Map<string, Answered>();
    for (const first of answers) {
      const answer = isWrong(first) ? await askAlone(first, isWrong) : first;
      count(tally, answer);
      const policy = JSON.stringify(answer.asked.policies);
      if (isWrong(answer) && !wrong.has(policy)) wrong.set(policy, answer);
    }
    for (const found of wrong.values()) {
      if (tally.findings.length < plan.most)
        tally.findings.push(await made(found, (cases) => peers.ask(cases)));
    }
    say(tally);
  }
  await peers.end();
  return tally;
}

/** Where the cases come from, in turn. */
function sourcesOf({ from }: FuzzPlan): readonly Cases[] {
  const folder = findArchives();
  if (from === 'archives' && folder === '')
    throw new Error("CUE's own archives are not in Go's module cache here");
  const names = from === 'all' ? sourceNames.filter((name) => name !== 'archives' || folder !== '') : [from];
  return names.map((name) => {
    switch (name) {
      case 'grammar':
        return generateCases;
      case 'policies':
        return generatePolicy;
      case 'tangle':
        return tangleCases;
      case 'corpus':
        return changed(loadCorpus());
      case 'archives':
        return changed(pieces(singleArchives(folder)));
    }
  });
}

const changed =
  (cases: readonly CueCase[]): Cases =>
  (seed, index) =>
    mutateCases(cases, seed, index);

function casesOf(seed: number, sources: readonly Cases[], index: number): CueCase[] {
  return sources[index % sources.length]?.(seed, index) ?? [];
}

const spokenBy = ({ verdict }: OracleAnswer): string =>
  verdict === 'PASS' || verdict === 'FAIL' ? verdict : 'NONE';

const isWrong = ({ cosign, ours }: Answered): boolean => contradicts(spokenBy(cosign), ours);

function count(tally: FuzzTally, { cosign, ours }: Answered): void {
  tally.pairs++;
  const spoken = spokenBy(cosign);
  if (spoken === 'NONE') tally.none++;
  else if (ours.verdict === 'UNSUPPORTED') {
    tally.unsupported++;
    const reason = ours.reason.replace(/"(?:[^"\\]|\\.)*"|\d+/g, '*').slice(0, 80);
    tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + 1);
  } else if (spoken === 'PASS') tally.pass++;
  else tally.fail++;
}

/** The finding in small: the same contradiction in the same direction. */
async function made(
  found: Answered,
  ask: (cases: readonly CueCase[]) => Promise<Answered[]>,
): Promise<Finding> {
  const same = ({ cosign, ours }: Answered): boolean =>
    isWrong({ ...found, cosign, ours }) &&
    spokenBy(cosign) === spokenBy(found.cosign) &&
    ours.verdict === found.ours.verdict &&
    ours.fault === found.ours.fault;
  // To wait for what does not end, again and again, would take hours.
  const hangs = found.ours.reason === noAnswer.reason;
  const small = hangs
    ? found.asked
    : await shrink(found.asked, async (cases) => (await ask(cases)).map(same));
  const [last = found] = hangs ? [] : (await ask([small])).filter(same);
  return {
    ...last.asked,
    verdict: spokenBy(last.cosign),
    error: last.cosign.error ?? '',
    ours: last.ours.verdict,
    reason: last.ours.reason,
  };
}
