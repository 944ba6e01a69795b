import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { filesUnder, root, textOf } from './sources.ts';

const code = filesUnder('.').filter((file) => file.endsWith('.ts'));
const ours = code.filter((file) => !file.endsWith('.test.ts'));
const linesOf = (file: string): number => textOf(file).trimEnd().split('\n').length;

describe('small files', () => {
  test('no file of code has more than 400 lines', () => {
    expect(ours.filter((file) => linesOf(file) > 400)).toEqual([]);
  });
  test('the median of the core, the verifier and the release tools is 130 lines or fewer', () => {
    const sizes = ours
      .filter((file) => /^(src|verifier|release)\//.test(file))
      .map(linesOf)
      .toSorted((a, b) => a - b);
    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThanOrEqual(130);
  });
});

/** Spelled in parts, so that this file does not hold what it looks for. */
const forbidden: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['unfinished work', new RegExp(['\\bTO', 'DO\\b|\\bFIX', 'ME\\b|\\bX', 'XX\\b|\\bHA', 'CK\\b'].join(''))],
  ['a switched-off type check', new RegExp(['@ts-', '(ignore|nocheck)|\\bas ', 'any\\b'].join(''))],
  ['a path of a machine', new RegExp(['(^|[\\s"\'`(=])/(work', 'root', 'home/\\w+|Users/\\w+)/'].join('|'))],
  [
    'the host of a package registry',
    new RegExp(
      [
        ['registry', 'npmjs', '(org|com)'],
        ['proxy', 'golang', 'org'],
        ['sum', 'golang', 'org'],
        ['files', ['python', 'hosted'].join(''), 'org'],
        ['pypi', 'org'],
      ]
        .map((parts) => parts.join('\\.'))
        .join('|'),
    ),
  ],
];

describe('texts', () => {
  const texts = filesUnder('.').filter((file) =>
    /\.(ts|js|mjs|json|jsonl|md|yml|yaml|cue|txtar|txt|go|mod|sum|sh|toml)$|^\.ci\/|^\.\w+rc/.test(file),
  );
  test.each(forbidden)('nowhere %s', (_, pattern) => {
    expect(
      texts.filter((file) =>
        textOf(file)
          .split('\n')
          .some((line) => pattern.test(line)),
      ),
    ).toEqual([]);
  });
  test('only test runner, bundler and dead-code configuration use default exports', () => {
    const configs = new Set(['vitest.config.ts', 'rolldown.config.ts', 'knip.ts']);
    expect(code.filter((file) => /^export default\b/m.test(textOf(file)) && !configs.has(file))).toEqual([]);
  });
});

describe('the manifest', () => {
  test('every dependency is pinned exactly', () => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
    expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
  test('every bin and every export is a file', () => {
    const named = [...Object.values(manifest.bin), ...Object.values(manifest.exports)];
    expect(named.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  });
  test('every runtime dependency has its reason in SECURITY.md', () => {
    const text = textOf('SECURITY.md');
    expect(Object.keys(manifest.dependencies).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
  test('every script that the documents name exists', () => {
    const named = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md']
      .flatMap((file) => [...textOf(file).matchAll(/npm run ([\w:-]+)/g)])
      .map((match) => match[1] ?? '');
    expect(named.filter((name) => !(name in manifest.scripts))).toEqual([]);
  });
});
