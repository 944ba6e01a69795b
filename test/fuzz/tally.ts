import type { Trial } from './trial.ts';

/** Counts of a run, and its faults. */
export interface Tally {
  trials: number;
  readonly kinds: Map<string, { trials: number; accepted: number }>;
  readonly outcomes: Map<string, number>;
  readonly faults: { readonly index: number; readonly text: string }[];
}

export const emptyTally = (): Tally => ({ trials: 0, kinds: new Map(), outcomes: new Map(), faults: [] });

export function record(tally: Tally, index: number, trial: Trial): void {
  const kind = tally.kinds.get(trial.kind) ?? { trials: 0, accepted: 0 };
  kind.trials++;
  if (trial.outcome === 'accepted') kind.accepted++;
  tally.kinds.set(trial.kind, kind);
  tally.outcomes.set(trial.outcome, (tally.outcomes.get(trial.outcome) ?? 0) + 1);
  tally.trials++;
  if (trial.fault !== undefined) {
    tally.faults.push({
      index,
      text: `${trial.target}, ${trial.kind} (${trial.mutant.note}): ${trial.fault}`,
    });
  }
}

export function merge(into: Tally, part: Tally): void {
  into.trials += part.trials;
  for (const [name, { trials, accepted }] of part.kinds) {
    const kind = into.kinds.get(name) ?? { trials: 0, accepted: 0 };
    into.kinds.set(name, { trials: kind.trials + trials, accepted: kind.accepted + accepted });
  }
  for (const [name, count] of part.outcomes) into.outcomes.set(name, (into.outcomes.get(name) ?? 0) + count);
  into.faults.push(...part.faults);
}

/** Kinds with `accepted of trials`, outcomes with their counts, both by name. */
export function report(tally: Tally): string {
  const byName = (a: readonly [string, unknown], b: readonly [string, unknown]): number =>
    a[0] < b[0] ? -1 : 1;
  const kinds = [...tally.kinds]
    .sort(byName)
    .map(([name, { trials, accepted }]) => `  ${name}: ${accepted} of ${trials} accepted`);
  const outcomes = [...tally.outcomes].sort(byName).map(([name, count]) => `  ${name}: ${count}`);
  return ['by kind of mutation', ...kinds, 'by outcome', ...outcomes].join('\n');
}
