import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import type { JsonValue } from '#core/json/value';
import { isTreePath } from '../../description/tree-path.ts';
import { installSet } from './install-set.ts';
import { parseIntegrity } from './integrity.ts';
import { hasTarball } from './materialise.ts';
import { parsePackageLock } from './package-lock.ts';
import { packageUrl, parsePackageUrl } from './registry.ts';

function outcome<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    const { code, path } = reasonOf(error);
    return `${code} ${path ?? ''}`.trim();
  }
}

const base64 = (byte: number, length = 64): string => Buffer.alloc(length, byte).toString('base64');
const integrity = `sha512-${base64(1)}`;
const sound = { version: '1.0.0', integrity };
type Packages = Readonly<Record<string, JsonValue>>;
const parsed = (packages: Packages, more: object = {}) =>
  parsePackageLock(
    Buffer.from(JSON.stringify({ lockfileVersion: 3, packages, ...more })),
    'package-lock.json',
  );
const no = 'RELEASE_LOCKFILE_INVALID';

describe('integrity', () => {
  test.each([
    [integrity, 'sha512'],
    [`sha1-${base64(1, 20)} ${integrity}`, 'sha512'],
    [`sha256-${base64(2, 32)} sha384-${base64(2, 48)}`, 'sha384'],
    [`sha256-${base64(2, 32)}`, 'sha256'],
    [`${integrity}?option`, 'sha512'],
    [`${integrity} ${integrity}`, 'sha512'],
    [`sha1-${base64(1, 20)}`, undefined],
    [`md5-${base64(1, 16)}`, undefined],
    [`${integrity} sha512-${base64(2)}`, undefined],
    [`sha512-${base64(1, 63)}`, undefined],
    [`sha512-${base64(1).replace('==', '')}`, undefined],
    ['sha512-', undefined],
    ['', undefined],
    // A broken strong one is not passed over for a weaker one.
    [`sha512-xx sha256-${base64(2, 32)}`, undefined],
  ])('%s', (text, expected) => {
    expect(Object.keys(parseIntegrity(text) ?? {})[0]).toBe(expected);
  });
});

describe('package-lock.json', () => {
  test.each<[string, Packages, string]>([
    ['a package', { 'node_modules/a': sound }, 'a@1.0.0'],
    ['in a package', { 'node_modules/a/node_modules/@s/b': sound }, '@s/b@1.0.0'],
    ['by another name', { 'node_modules/a': { ...sound, name: '@s/b' } }, '@s/b@1.0.0'],
    [
      'a workspace',
      { 'w/a': { version: '1.0.0' }, 'node_modules/a': { resolved: 'w/a', link: true } },
      '@1.0.0 a@',
    ],
    [
      'older spellings',
      { 'node_modules/JSONStream': { ...sound, bin: 'index.js', license: { type: 'MIT' } } },
      'JSONStream@1.0.0',
    ],
    ['no digest: said when it is needed', { 'node_modules/a': { version: '1.0.0' } }, 'a@1.0.0'],
    [
      'a weak digest',
      { 'node_modules/a': { version: '1.0.0', integrity: `sha1-${base64(1, 20)}` } },
      `${no} packages["node_modules/a"].integrity`,
    ],
    ['no version', { 'node_modules/a': { integrity } }, `${no} packages["node_modules/a"].version`],
    [
      'a range',
      { 'node_modules/a': { ...sound, version: '^1.0.0' } },
      `${no} packages["node_modules/a"].version`,
    ],
    ['a path that leaves', { '../node_modules/a': sound }, `${no} packages["../node_modules/a"]`],
    ['a path in a path', { 'node_modules/a/../b': sound }, `${no} packages["node_modules/a/../b"]`],
    [
      'a name with a path',
      { 'node_modules/a': { ...sound, name: '../b' } },
      `${no} packages["node_modules/a"]`,
    ],
    ['a place that is no name', { 'node_modules/a/b': sound }, `${no} packages["node_modules/a/b"]`],
    ['the folder of programs', { 'node_modules/.bin': sound }, `${no} packages["node_modules/.bin"]`],
    ['no name', { node_modules: { ...sound, link: 'yes' } }, `${no} packages.node_modules.link`],
    [
      'a link to nothing',
      { 'node_modules/a': { resolved: 'w', link: true } },
      `${no} packages["node_modules/a"]`,
    ],
    [
      'a link out',
      { 'node_modules/a': { resolved: '../w', link: true } },
      `${no} packages["node_modules/a"]`,
    ],
    [
      'a link to a link',
      { 'node_modules/a': { resolved: 'node_modules/a', link: true } },
      `${no} packages["node_modules/a"]`,
    ],
    [
      'something in a link',
      { w: {}, 'node_modules/a': { resolved: 'w', link: true }, 'node_modules/a/node_modules/b': sound },
      `${no} packages["node_modules/a/node_modules/b"]`,
    ],
    ['a text', { 'node_modules/a': 'x' }, `${no} packages["node_modules/a"]`],
    [
      'dependencies of another kind',
      { 'node_modules/a': { ...sound, dependencies: ['b'] } },
      `${no} packages["node_modules/a"].dependencies`,
    ],
    [
      'numbers of platforms',
      { 'node_modules/a': { ...sound, os: [1] } },
      `${no} packages["node_modules/a"].os[0]`,
    ],
  ])('with %s', (_, packages, expected) => {
    const found = outcome(() =>
      [...parsed(packages).values()].map(({ name, version }) => `${name}@${version ?? ''}`).join(' '),
    );
    expect(found).toBe(expected);
  });
  test.each([
    [{ lockfileVersion: 1 }, `${no} lockfileVersion`],
    [{ lockfileVersion: '3' }, `${no} lockfileVersion`],
    [{ lockfileVersion: 4 }, `${no} lockfileVersion`],
    [{ packages: [] }, `${no} packages`],
    [{ packages: undefined }, `${no} packages`],
  ])('of %j is refused', (more, expected) => {
    expect(outcome(() => parsed({}, more))).toBe(expected);
  });
  test('whose key stands twice is refused', () => {
    const text = '{"lockfileVersion":3,"packages":{"node_modules/a":{},"node_modules/a":{}}}';
    expect(outcome(() => parsePackageLock(Buffer.from(text), 'package-lock.json'))).toBe(
      'JSON_DUPLICATE_KEY',
    );
  });

  test.each<[JsonValue, string]>([
    ['cli.js', 'a=cli.js'],
    [{ x: './bin/x', y: '/y' }, 'x=bin/x y=y'],
    [{ '../x': '../../../etc/passwd' }, 'x=etc/passwd'],
    [{ 'a\\b:c': 'c\\d' }, 'c=c/d'],
    [{ '..': 'x', '.': 'x', '': 'x', '/': 'x', y: '..' }, ''],
    [['bin/x', 'bin/y'], 'x=bin/x y=bin/y'],
    [{ __proto__: 'x' }, ''],
  ])('programs %j', (bin, expected) => {
    const found = parsed({ 'node_modules/a': { ...sound, bin } }).get('node_modules/a')?.bin ?? new Map();
    expect([...found].map(([name, path]) => `${name}=${path}`).join(' ')).toBe(expected);
  });
});

describe('what is installed on linux/x64 with glibc', () => {
  const installed = (packages: Packages): unknown =>
    outcome(() =>
      installSet(parsed(packages))
        .map(({ location }) => location.replace('node_modules/', ''))
        .join(' '),
    );
  const optional = { ...sound, optional: true };
  const mac = { ...optional, os: ['darwin'] };
  test.each<[string, Packages, string]>([
    ['os', { 'node_modules/a': mac, 'node_modules/b': { ...optional, os: ['linux', 'darwin'] } }, 'b'],
    [
      'all but one',
      {
        'node_modules/a': { ...optional, os: ['!linux'] },
        'node_modules/b': { ...optional, os: ['!win32', '!aix'] },
      },
      'b',
    ],
    ['any', { 'node_modules/a': { ...optional, os: ['any'], cpu: 'x64' } }, 'a'],
    [
      'cpu and libc',
      {
        'node_modules/a': { ...optional, cpu: ['arm64'] },
        'node_modules/b': { ...optional, libc: ['musl'] },
        'node_modules/c': { ...optional, libc: ['glibc'] },
      },
      'c',
    ],
    [
      'what only it needs',
      {
        '': { optionalDependencies: { a: '1' } },
        'node_modules/a': { ...mac, dependencies: { b: '1' } },
        'node_modules/b': optional,
      },
      '',
    ],
    [
      'what others need too',
      {
        '': { optionalDependencies: { a: '1' }, dependencies: { b: '1' } },
        'node_modules/a': { ...mac, dependencies: { b: '1' } },
        'node_modules/b': sound,
      },
      'b',
    ],
    [
      'what needs it',
      {
        '': { optionalDependencies: { a: '1' } },
        'node_modules/a': { ...optional, dependencies: { b: '1', c: '1' } },
        'node_modules/b': mac,
        'node_modules/c': optional,
      },
      '',
    ],
    [
      'what can do without it',
      {
        '': { dependencies: { a: '1' } },
        'node_modules/a': { ...sound, optionalDependencies: { b: '1' } },
        'node_modules/b': mac,
      },
      'a',
    ],
    [
      'an optional peer',
      {
        '': { dependencies: { a: '1' } },
        'node_modules/a': {
          ...sound,
          peerDependencies: { b: '1' },
          peerDependenciesMeta: { b: { optional: true } },
        },
        'node_modules/b': mac,
      },
      'a',
    ],
    ['one that is needed', { 'node_modules/a': { ...sound, os: ['darwin'] } }, `${no} node_modules/a`],
    ['one that the project needs', { '': { dependencies: { a: '1' } }, 'node_modules/a': mac }, no],
  ])('%s', (_, packages, expected) => {
    expect(installed(packages)).toBe(expected);
  });
});

test('what the project bundles has a tarball of its own, and what a package bundles has none', () => {
  const bundled = parsed({
    'node_modules/a': { ...sound, inBundle: true },
    'node_modules/a/node_modules/b': { version: '1.0.0', inBundle: true },
  });
  expect([...bundled.values()].map(hasTarball)).toEqual([true, false]);
});

describe('package URLs', () => {
  test.each([
    ['a', '1.0.0', 'pkg:npm/a@1.0.0'],
    ['@s/b.c', '1.0.0-rc.1+x', 'pkg:npm/%40s/b.c@1.0.0-rc.1%2Bx'],
  ])('%s %s', (name, version, url) => {
    expect(packageUrl(name, version)).toBe(url);
    expect(parsePackageUrl(url)).toEqual({ name, version });
  });
});

describe('any lock file', () => {
  const whole: Packages = {
    '': { name: 'p', dependencies: { a: '1' }, optionalDependencies: { b: '1' } },
    'node_modules/a': { ...sound, bin: { x: 'x' }, dependencies: { c: '1' }, license: 'MIT' },
    'node_modules/a/node_modules/c': { ...sound, inBundle: true },
    'node_modules/b': { ...sound, optional: true, os: ['darwin'] },
    'node_modules/w': { resolved: 'w', link: true },
    w: { version: '1.0.0' },
  };
  const places = Object.entries(whole).flatMap(([location, entry]) => [
    [location],
    ...Object.keys(entry as object).map((key) => [location, key]),
  ]);
  const odd = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(
      '',
      '..',
      '../x',
      '/',
      'a/../b',
      'node_modules/a',
      '__proto__',
      '\u0000',
      integrity,
      '1.0.0',
    ),
  );
  test('with one thing replaced or renamed is refused, or stays in its folder', () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), odd, fc.boolean(), ([location = '', key], value, renames) => {
        const copy = structuredClone(whole) as Record<string, Record<string, unknown>>;
        if (renames && typeof value === 'string') copy[value] = copy[location] ?? {};
        else if (key === undefined) Object.assign(copy, { [location]: value });
        else Object.assign(copy[location] ?? {}, { [key]: value });
        const found = outcome(() => installSet(parsed(copy as Packages)));
        if (typeof found === 'string') {
          expect(found).toMatch(/^(?:RELEASE_LOCKFILE_INVALID|JSON_|UTF8_)/);
          return;
        }
        for (const one of found) {
          expect(isTreePath(one.location)).toBe(true);
          for (const [name, path] of one.bin)
            expect([name.includes('/'), isTreePath(path)]).toEqual([false, true]);
          if (one.location.startsWith('node_modules/') && !one.isLink) expect(one.version).toMatch(/^\d/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
