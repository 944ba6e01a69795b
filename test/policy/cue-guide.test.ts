import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { prepareCue } from '#core/cue/cue';
import { lintCue } from '#core/cue/lint/lint';

const root = join(import.meta.dirname, '../..');
const guide = readFileSync(join(root, 'docs/cue.md'), 'utf8');
const examples = [...guide.matchAll(/^```cue\n(.*?)^```/gms)].map(([, text = '']) => ({
  name: 'cue.md',
  text,
}));
const finding = readFileSync(join(root, 'src/cue/lint/finding.ts'), 'utf8');

beforeAll(prepareCue);

describe('docs/cue.md', () => {
  test.each(examples)('an example compiles, without a finding: $text', (file) => {
    expect(lintCue([file])).toEqual([]);
  });

  test('it has examples', () => expect(examples.length).toBeGreaterThan(1));

  test('its table of rules is the list of rules, each once', () => {
    const told = [...guide.matchAll(/^\| `([a-z-]+)` +\| (?:note|warning) /gm)].map(([, rule]) => rule);
    const known = [...finding.matchAll(/^ {2}\| '([a-z-]+)'/gm)].map(([, rule]) => rule);
    expect(new Set(told)).toEqual(new Set(known));
    expect(told).toHaveLength(known.length);
    expect(known.length).toBeGreaterThan(5);
  });
});
