import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const edgeseal = path.join(root, 'verifier', 'bin', 'edgeseal.ts');
const folder = mkdtempSync(path.join(tmpdir(), 'edgeseal-determinism-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The same inputs in a folder of their own. */
function inputs(name: string): string {
  const copy = path.join(folder, name);
  mkdirSync(copy);
  cpSync(path.join(root, 'examples', 'npm-package'), copy, { recursive: true });
  return copy;
}

/** The Verdict as JSON, from a process of its own. */
function verdict(policy: string, cwd: string, inputsAt: string, env: NodeJS.ProcessEnv = {}): Buffer {
  const at = (file: string): string => path.join(inputsAt, file);
  const run = spawnSync(
    process.execPath,
    [edgeseal, 'verify-attestation', '--offline', '--output', 'json', '--policy', at(policy)].concat(
      ['--bundle', at('sigstore-2.0.0.provenance.json')],
      [at('sigstore-2.0.0.tgz')],
    ),
    { cwd, env: { PATH: process.env['PATH'], ...env } },
  );
  expect(run.stderr.toString()).toBe('');
  expect(run.stdout.length).toBeGreaterThan(500);
  return run.stdout;
}

describe.each(['policy.json', 'policy-other-source.json'])(
  'the Verdict by %s is the same byte for byte',
  (policy) => {
    const here = inputs(`here-${policy}`);
    const first = verdict(policy, here, '.');
    test('on another run', () => {
      expect(verdict(policy, here, '.')).toEqual(first);
    });
    test('under another path', () => {
      expect(verdict(policy, root, inputs(`a longer folder, elsewhere ${policy}`))).toEqual(first);
    });
    test.each(['Pacific/Kiritimati', 'America/St_Johns'])('in the time zone %s', (TZ) => {
      expect(verdict(policy, here, '.', { TZ })).toEqual(first);
    });
    test.each(['tr_TR.UTF-8', 'C'])('in the locale %s', (LC_ALL) => {
      expect(verdict(policy, here, '.', { LC_ALL, LANG: LC_ALL })).toEqual(first);
    });
  },
);
