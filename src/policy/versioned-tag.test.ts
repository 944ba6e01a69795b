import { describe, expect, test } from 'vitest';
import { parseTime } from './time.ts';
import { fitsVersionedTag, parseTagVersion } from './versioned-tag.ts';

describe('versioned tags', () => {
  test.each([
    ['v1', 'v1', true],
    ['v1.2.3', 'v1', true],
    ['v1.2.3', 'v1.2', true],
    ['v1.2.3', 'v1.2.3', true],
    ['v1', 'v1.0.0', true],
    ['v1.2', 'v1.2.0', true],
    ['v2.0.0', 'v1', false],
    ['v1.3.0', 'v1.2', false],
    ['v1.2.4', 'v1.2.3', false],
    ['v10.0.0', 'v1', false],
    ['v1.2.3-rc.1', 'v1.2.3-rc.1', true],
    ['v1.2.3-rc.2', 'v1.2.3-rc.1', false],
    ['v1.2.3-rc.1', 'v1.2.3', false],
    ['v1.2.3', 'v1.2.3-rc.1', false],
    ['v1.2.3-rc.1', 'v1.2', true],
    ['v1.2.3+build.5', 'v1.2.3', true],
    ['1.2.3', 'v1', false],
    ['v1.2.3.4', 'v1', false],
    ['v01.2.3', 'v1', false],
    ['release-1', 'v1', false],
  ])('tag %s where %s is asked for: %s', (tag, expected, fits) => {
    const version = parseTagVersion(expected);
    expect(version).toBeDefined();
    expect(version !== undefined && fitsVersionedTag(tag, version)).toBe(fits);
  });

  test.each(['1.2.3', 'v', 'v1.', 'v1.2.3-', 'v1-rc', 'v1.2.3-01', 'vx', ''])('%s is no version', (text) => {
    expect(parseTagVersion(text)).toBeUndefined();
  });
});

describe('times', () => {
  test.each([
    ['2026-01-31T23:59:59Z', Date.UTC(2026, 0, 31, 23, 59, 59)],
    ['2026-01-31T23:59:59.5Z', Date.UTC(2026, 0, 31, 23, 59, 59, 500)],
    ['2026-01-31T23:59:59.123456789Z', Date.UTC(2026, 0, 31, 23, 59, 59, 123)],
    ['2026-02-30T00:00:00Z', undefined],
    ['2026-01-31T24:00:00Z', undefined],
    ['2026-01-31T23:59:59+00:00', undefined],
    ['2026-01-31', undefined],
    ['', undefined],
  ])('%s is %s', (text, time) => {
    expect(parseTime(text)).toBe(time);
  });
});
