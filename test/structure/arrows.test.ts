import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesUnder, parseSource, textOf, type Source } from './sources.ts';

/** design: inside the core a folder imports folders of its own group or of a group before it. */
const groups = [
  ['errors', 'limits', 'bytes'],
  ['json', 'asn1', 'x509', 'crypto'],
  ['dsse', 'in-toto-attestation', 'slsa', 'vsa', 'sbom'],
  ['tlog', 'tsa', 'sigstore', 'trust'],
  ['cue', 'policy'],
  ['oci', 'bundle'],
  ['verdict', 'verify', 'release-set'],
  ['cli'],
  ['io'],
  ['index'],
];

/** What the core may take from Node: computation only. */
const pureNodeModules = new Set([
  'node:buffer',
  'node:crypto',
  'node:module',
  'node:string_decoder',
  'node:url',
  'node:util',
]);

/** Data that every part may read: it holds no code. */
const isData = (file: string): boolean => file === 'package.json' || /^policies\/.*\.json$/.test(file);

const siblings = ['release', 'verifier', 'components/cloudcore', 'components/edgecore'];

/** First folder below src, or the name of a file that stands in src itself. */
function folderOf(file: string): string {
  return path.posix.basename(file.split('/')[1] ?? '', '.ts');
}

function rankOf(folder: string): number {
  return groups.findIndex((group) => group.includes(folder));
}

/** The file that an import of ours means, without its ending; undefined for packages and Node's modules. */
function target(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('#core/')) return `src/${specifier.slice('#core/'.length)}`;
  if (!specifier.startsWith('.')) return undefined;
  return path.posix.join(path.posix.dirname(from), specifier);
}

/** What is wrong with a file of the core. */
function coreFaults(source: Source): string[] {
  const folder = folderOf(source.path);
  const rank = rankOf(folder);
  if (rank < 0) return [`${folder} has no place in the order of folders`];
  const faults: string[] = [];
  for (const { kind, specifier } of source.imports) {
    const to = target(source.path, specifier);
    if (to === undefined) {
      if (
        kind === 'value' &&
        specifier.startsWith('node:') &&
        folder !== 'io' &&
        !pureNodeModules.has(specifier)
      ) {
        faults.push(`${specifier} is not for the core`);
      }
      continue;
    }
    if (isData(to)) continue;
    if (!to.startsWith('src/')) faults.push(`${specifier} leaves the core`);
    else if (folderOf(to) === folder || folder === 'index') {
      if (specifier.startsWith('#core/') && folder !== 'index')
        faults.push(`${specifier}: inside a folder, use ./`);
    } else if (!specifier.startsWith('#core/')) faults.push(`${specifier} leaves its folder: use #core/`);
    else if (kind === 'value' && rankOf(folderOf(to)) > rank)
      faults.push(`${specifier} is to the right of ${folder}`);
    else if (rankOf(folderOf(to)) < 0) faults.push(`${specifier} is in no known folder`);
  }
  if (folder !== 'io') faults.push(...source.impurities.map((name) => `${name} is not for the core`));
  return faults;
}

/** What is wrong with a file of one of the four siblings. */
function siblingFaults(source: Source, sibling: string): string[] {
  return source.imports
    .map(({ specifier }) => ({ specifier, to: target(source.path, specifier) }))
    .filter(
      ({ specifier, to }) =>
        to !== undefined && !isData(to) && !specifier.startsWith('#core/') && !to.startsWith(`${sibling}/`),
    )
    .map(({ specifier }) => `${specifier} leaves ${sibling}`);
}

const isTest = (file: string): boolean => file.endsWith('.test.ts');
const sourcesUnder = (folder: string): Source[] => {
  const top = folder.split('/')[0] ?? folder;
  const files = filesUnder('.').filter((file) => file.startsWith(`${folder}/`) && file.endsWith('.ts'));
  return top === ''
    ? []
    : files.filter((file) => !isTest(file)).map((file) => parseSource(file, textOf(file)));
};

describe('arrows of the core', () => {
  const core = sourcesUnder('src');
  test('there is a core', () => {
    expect(core.length).toBeGreaterThan(20);
  });
  test.each(core.map((source) => [source.path, source] as const))('%s', (_, source) => {
    expect(coreFaults(source)).toEqual([]);
  });
});

describe.each(siblings)('arrows of %s', (sibling) => {
  test('it imports only the core and itself', () => {
    const faults = sourcesUnder(sibling).flatMap((source) =>
      siblingFaults(source, sibling).map((fault) => `${source.path}: ${fault}`),
    );
    expect(faults).toEqual([]);
  });
});

describe('the rules themselves', () => {
  const faultsOf = (file: string, text: string): string[] => coreFaults(parseSource(file, text));
  test.each([
    ['src/json/a.ts', `import { x } from '#core/verify/verify';`, 'to the right of json'],
    ['src/json/a.ts', `import { x } from '../bytes/hex.ts';`, 'use #core/'],
    ['src/json/a.ts', `import { x } from '#core/json/value';`, 'use ./'],
    ['src/json/a.ts', `import { x } from '../../test/sigstore/der.ts';`, 'leaves the core'],
    ['src/json/a.ts', `export * from '#core/policy/policy';`, 'to the right of json'],
    ['src/json/a.ts', `const { x } = await import('#core/io/files');`, 'to the right of json'],
    ['src/json/a.ts', `import { readFileSync } from 'node:fs';`, 'not for the core'],
    ['src/json/a.ts', `export const x = Date.now();`, 'not for the core'],
    ['src/json/a.ts', `export const x = new Date();`, 'not for the core'],
    ['src/json/a.ts', `export const x = process.env.HOME;`, 'not for the core'],
    ['src/json/a.ts', `export const x = await fetch('https://example.com');`, 'not for the core'],
    ['src/elsewhere/a.ts', ``, 'no place'],
  ])('%s refuses %s', (file, text, fault) => {
    expect(faultsOf(file, text).join()).toContain(fault);
  });
  test.each([
    ['src/json/a.ts', `import type { Verdict } from '#core/verdict/verdict';`],
    ['src/json/a.ts', `import { type Verdict } from '#core/verdict/verdict';`],
    ['src/json/a.ts', `import { x } from './value.ts'; import { y } from '#core/limits';`],
    [
      'src/verify/a.ts',
      `import { x } from '#core/json/value'; export const t = new Date('2026-01-01T00:00:00Z');`,
    ],
    ['src/io/a.ts', `import { readFileSync } from 'node:fs'; export const t = Date.now();`],
  ])('%s allows %s', (file, text) => {
    expect(faultsOf(file, text)).toEqual([]);
  });
  test('a sibling must not import another', () => {
    const source = parseSource('verifier/commands/a.ts', `import { x } from '../../release/plan.ts';`);
    expect(siblingFaults(source, 'verifier')).toEqual(['../../release/plan.ts leaves verifier']);
  });
});
