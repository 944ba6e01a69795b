import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseSource, textOf } from './sources.ts';

const fileOf = (from: string, specifier: string): string | undefined => {
  if (specifier.startsWith('#core/')) return `src/${specifier.slice('#core/'.length)}.ts`;
  return specifier.startsWith('.') ? path.posix.join(path.posix.dirname(from), specifier) : undefined;
};

/** Our modules that are loaded with a module, before anything is called for; packages by their names. */
function loadedWith(file: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (one: string): void => {
    if (found.has(one)) return;
    found.add(one);
    if (!one.endsWith('.ts')) return;
    for (const { kind, specifier, isLate } of parseSource(one, textOf(one)).imports)
      if (kind === 'value' && !isLate) visit(fileOf(one, specifier) ?? specifier);
  };
  visit(file);
  return found;
}

describe('what a run loads only when it is called for', () => {
  const entries = [
    'verifier/bin/edgeseal.ts',
    'verifier/attestation-verification.ts',
    'verifier/commands/policy-check.ts',
    'verifier/commands/policy-test.ts',
    'verifier/commands/verify-release.ts',
    'src/index.ts',
  ];
  test.each(entries)('%s loads nothing of the CUE engine', (entry) => {
    const loaded = [...loadedWith(entry)];
    expect(loaded.length).toBeGreaterThan(10);
    expect(
      loaded.filter((file) => /^src\/cue\/|^src\/policy\/(?:cosign-payload\/|cue-check)/.test(file)),
    ).toEqual([]);
  });

  test('the check by CUE does', () => {
    expect([...loadedWith('src/policy/cue-check.ts')]).toContain('src/cue/cue.ts');
  });
});
