import { describe, expect, test } from 'vitest';
import { parseExpectation } from '#core/release-set/expectation';
import { renderJson } from '#core/verdict/json';
import { renderJunit } from '#core/verdict/junit';
import { renderSarif } from '#core/verdict/sarif';
import { harmless } from './defects-evidence.ts';
import { defects } from './defects.ts';
import { judge, makeRelease, told } from './made-up.ts';

describe('a release of 40 files and 12 images', () => {
  test('passes', async () => {
    const release = makeRelease();
    expect([release.files.size, release.images.length]).toEqual([40, 12]);
    const verdicts = await judge(release);
    expect(told(verdicts)).toEqual([]);
    expect(verdicts.every(({ outcome }) => outcome === 'pass')).toBe(true);
    expect(verdicts).toHaveLength(40 + 12 + 1);
    expect(verdicts.at(-1)?.artifact.name).toBe('example v1.2.3');
  });

  test('there are 60 defects and more, each another one, each told by a code and a name', () => {
    expect(defects.length).toBeGreaterThanOrEqual(60);
    expect(new Set(defects.map(([what]) => what)).size).toBe(defects.length);
    for (const [, , expected] of defects) {
      expect(expected.length).toBeGreaterThan(0);
      for (const one of expected) expect(one).toMatch(/^[A-Z][A-Z0-9_]+ \S/);
    }
  });

  test.each(defects)('%s', async (_, spoil, expected) => {
    const release = makeRelease();
    spoil(release);
    const verdicts = await judge(release);
    expect(told(verdicts)).toEqual([...expected].toSorted());
    // Nothing but what is named is against the release.
    const against = verdicts.slice(0, -1).filter(({ outcome }) => outcome !== 'pass');
    const named = expected.map((one) => one.slice(one.indexOf(' ') + 1));
    expect(new Set(against.map(({ artifact }) => artifact.name))).toEqual(new Set(named));
    expect(verdicts.at(-1)?.outcome).toBe('fail');
  });

  test.each(harmless)('%s: passes all the same', async (_, change) => {
    const release = makeRelease();
    change(release);
    expect(told(await judge(release))).toEqual([]);
  });

  test('nothing at all is refused', async () => {
    const release = makeRelease();
    release.files.clear();
    release.images.length = 0;
    release.expectation = parseExpectation('{"name":"nothing"}', 'expected.json');
    expect(told(await judge(release))).toEqual(['RELEASE_FILE_MISSING nothing']);
  });

  test('the same release gives the same bytes, whatever the order of its files', async () => {
    const release = makeRelease();
    release.files.delete('bin/edgeseal-linux-arm');
    const first = (await judge(release)).map(renderJson).join('');
    const reversed = [...release.files].toReversed();
    release.files.clear();
    for (const [name, bytes] of reversed) release.files.set(name, bytes);
    expect((await judge(release)).map(renderJson).join('')).toBe(first);
  });

  test('every format of report names the defect', async () => {
    const release = makeRelease();
    release.files.delete('bin/edgeseal-linux-arm');
    const verdicts = await judge(release);
    for (const report of [renderSarif(verdicts), renderJunit(verdicts)]) {
      expect(report).toContain('RELEASE_FILE_MISSING');
      expect(report).toContain('edgeseal-linux-arm');
    }
  });
});
