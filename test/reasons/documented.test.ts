import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { reasonCodes } from '#core/errors/codes';

const text = readFileSync(new URL('../../docs/reasons.md', import.meta.url), 'utf8');

/** Code to the text below its heading. */
const sections = new Map(
  text
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const end = section.indexOf('\n');
      return [section.slice(0, end), section.slice(end).split(/^## /m)[0]?.trim() ?? ''] as const;
    }),
);

describe('docs/reasons.md', () => {
  test('has a section for every code and no other', () => {
    expect([...sections.keys()].toSorted()).toEqual(Object.keys(reasonCodes).toSorted());
  });
  test('has no section twice', () => {
    expect(text.match(/^### /gm)?.length).toBe(sections.size);
  });
  test.each([...sections])('%s says what it means and what to do', (_, section) => {
    const [meaning = '', action = ''] = section.split('**What to do.**');
    expect(meaning.trim().length).toBeGreaterThan(20);
    expect(action.trim().length).toBeGreaterThan(5);
  });
});
