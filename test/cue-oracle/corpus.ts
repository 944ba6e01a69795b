import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCase, type CueCase } from './case.ts';
import { readCorpus } from './corpus-file.ts';

export const corpusFolder = join(import.meta.dirname, 'corpus');

/** A case whose verdict by cosign is on record; NONE where cosign crashes or does not end. */
export interface KnownCase extends CueCase {
  readonly feature: string;
  readonly verdict: 'PASS' | 'FAIL' | 'NONE';
}

/** What the verdicts on record come from. */
export const recordedVersion = (): string => readFileSync(join(corpusFolder, 'VERSION'), 'utf8').trim();

const verdicts: Readonly<Record<string, KnownCase['verdict']>> = { P: 'PASS', F: 'FAIL', '-': 'NONE' };

/** @throws where a verdict is not on record */
export function loadCorpus(): KnownCase[] {
  return readdirSync(corpusFolder)
    .sort()
    .flatMap((file) => {
      const feature = file.replace(/\.\w+$/, '');
      const text = file === 'VERSION' ? '' : readFileSync(join(corpusFolder, file), 'utf8');
      return file.endsWith('.jsonl') ? readLines(feature, text) : readFeature(feature, text);
    });
}

function readFeature(feature: string, text: string): KnownCase[] {
  return readCorpus(text).map(({ name, policies, document, recorded, line }) => {
    const verdict = verdicts[recorded];
    if (verdict === undefined) throw new Error(`${feature}, line ${line + 1}: no verdict on record`);
    return { feature, name: `line ${line + 1}: ${name}`, policies, document, verdict };
  });
}

function readLines(feature: string, text: string): KnownCase[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => {
      const asked = readCase(line);
      const { verdict }: { verdict: unknown } = JSON.parse(line);
      if (asked === undefined || (verdict !== 'PASS' && verdict !== 'FAIL' && verdict !== 'NONE')) {
        throw new Error(`${feature}, line ${index + 1}: no case with a verdict`);
      }
      return { ...asked, feature, verdict };
    });
}

const PART = 500;

/** Cases by feature, in parts that take no longer than a test may. */
export const inParts = <Case>(
  features: readonly (readonly [feature: string, cases: readonly Case[]])[],
): (readonly [name: string, cases: readonly Case[]])[] =>
  features.flatMap(([feature, cases]) =>
    Array.from(
      { length: Math.ceil(cases.length / PART) },
      (_, index) =>
        [
          cases.length > PART ? `${feature}, part ${index + 1}` : feature,
          cases.slice(index * PART, (index + 1) * PART),
        ] as const,
    ),
  );
