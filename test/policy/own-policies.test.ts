import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runEdgeseal } from '../interop/peers.ts';

const policies = join(import.meta.dirname, '../../policies');
const files = readdirSync(policies).filter((name) => name.endsWith('.cue'));

test('there are some', () => expect(files.length).toBeGreaterThan(0));

describe.each(files)('policies/%s', (file) => {
  test('is sound, and says nothing that is easily meant otherwise', async () => {
    const { exit, stdout, stderr } = await runEdgeseal(['policy', 'check', file], policies);
    expect({ exit, lines: stdout.trim().split('\n').length }, stdout + stderr).toEqual({ exit: 0, lines: 1 });
  });

  test('accepts what it must, refuses what it must, for the reason that is named', async () => {
    const { exit, stdout } = await runEdgeseal(['policy', 'test', file], policies);
    expect(exit, stdout).toBe(0);
    expect(stdout).toMatch(/ok .*accept/);
    expect(stdout).toMatch(/ok .*deny/);
  });
});
