import { describe, expect, test } from 'vitest';
import { lineAndColumn } from '#core/json/parse';
import { prepareCue } from '../cue.ts';
import type { CueRule } from './finding.ts';
import { lintCue } from './lint.ts';

await prepareCue();

/** All findings on the files of a policy: p0.cue, p1.cue and so on. */
export const findings = (...policies: readonly string[]): ReturnType<typeof lintCue> =>
  lintCue(policies.map((text, index) => ({ name: `p${index}.cue`, text })));

/** The places of a rule's findings. */
export const places = (rule: CueRule, ...policies: readonly string[]): readonly string[] =>
  findings(...policies)
    .filter((each) => each.rule === rule)
    .map(({ at }) => {
      const { line, column } = lineAndColumn(at.file.text, at.offset);
      return `${at.file.name}:${line}:${column}`;
    });

/** What a rule says of a policy: one finding at the place, or none. */
export type Row = readonly [rule: CueRule, what: string, policy: string, place: string | undefined];

/** A test for each row, by rule. */
export function testRules(rows: readonly Row[]): void {
  describe.each([...Map.groupBy(rows, ([rule]) => rule)])('%s', (rule, table) => {
    test.each(table)('%s: %s: %s', (_, __, policy, place) => {
      expect(places(rule, policy)).toEqual(place === undefined ? [] : [place]);
    });
  });
}
