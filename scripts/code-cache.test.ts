import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { userCodeCache, type CodeCache } from './code-cache.ts';

let home = '';
beforeEach(() => {
  home = realpathSync(mkdtempSync(path.join(tmpdir(), 'edgeseal-code-')));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const cache = (
  id = 'one',
  command = 'version',
  env: Record<string, string> = { HOME: home },
  program = 'edgeseal',
): CodeCache => userCodeCache({ env, program, id, command });
const keep = (into: CodeCache): void => into.keep(() => new Map([['a.script.cache', Buffer.from('code')]]));
const found = (from: CodeCache): string | undefined => from.read('a.script.cache')?.toString('utf8');
const all = (): string => path.join(home, '.cache', 'edgeseal', 'code', 'edgeseal');
const folder = (): string => path.join(all(), `one-${process.versions.node}`, 'version');

describe('what V8 has compiled', () => {
  test('is kept for the user, the executable and the command', () => {
    expect(found(cache())).toBeUndefined();
    keep(cache());
    expect([found(cache()), found(cache('two')), found(cache('one', 'plan'))]).toEqual([
      'code',
      undefined,
      undefined,
    ]);
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(folder(), 'a.script.cache')).mode & 0o777).toBe(0o600);
  });

  test('of another version is removed, and of no other program', () => {
    keep(cache());
    keep(cache('other', 'version', { HOME: home }, 'edgeseal-release'));
    keep(cache('two'));
    expect(readdirSync(all())).toEqual([`two-${process.versions.node}`]);
    expect(readdirSync(path.dirname(all())).toSorted()).toEqual(['edgeseal', 'edgeseal-release']);
  });

  test.each([
    [{ EDGESEAL_CACHE: '/c', XDG_CACHE_HOME: '/x', HOME: '/h' }, '/c/code/edgeseal'],
    [{ XDG_CACHE_HOME: '/x', HOME: '/h' }, '/x/edgeseal/code/edgeseal'],
    [{ HOME: '/h' }, '/h/.cache/edgeseal/code/edgeseal'],
  ])('stands where copies of trusted roots do: %o', (env, at) => {
    const below = Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, path.join(home, value)]),
    );
    keep(cache('one', 'version', below));
    expect(readdirSync(path.join(home, at))).toHaveLength(1);
  });

  test.each(['../../x', '', '/etc', 'A', '--help', 'x'.repeat(60)])(
    'a command %j names no folder',
    (command) => {
      keep(cache('one', command));
      expect(readdirSync(path.dirname(folder()))).toEqual(['other']);
    },
  );

  test.each([
    ['no home', {}],
    ['a relative one', { HOME: 'home' }],
    ['one that is no folder', { HOME: '/dev/null' }],
  ])('is nowhere without a home: %s', (_, env) => {
    keep(cache('one', 'version', env));
    expect(found(cache('one', 'version', env))).toBeUndefined();
  });
});

describe('what others may write is not read', () => {
  test.each<[string, () => void]>([
    ['the file', () => chmodSync(path.join(folder(), 'a.script.cache'), 0o620)],
    ['its folder', () => chmodSync(folder(), 0o770)],
    ['a folder above', () => chmodSync(path.join(home, '.cache'), 0o777)],
    ['the home', () => chmodSync(home, 0o702)],
    [
      'a link instead of the file',
      () => {
        const file = path.join(folder(), 'a.script.cache');
        renameSync(file, path.join(home, 'b'));
        symlinkSync(path.join(home, 'b'), file);
      },
    ],
    [
      'a link to a folder of others',
      () => {
        mkdirSync(path.join(home, 'elsewhere'));
        renameSync(folder(), path.join(home, 'elsewhere', 'version'));
        chmodSync(path.join(home, 'elsewhere'), 0o777);
        symlinkSync(path.join(home, 'elsewhere', 'version'), folder());
      },
    ],
  ])('%s', (_, open) => {
    keep(cache());
    open();
    expect(found(cache())).toBeUndefined();
  });

  test('nor is it written there', () => {
    chmodSync(home, 0o777);
    keep(cache());
    expect(readdirSync(folder())).toEqual([]);
  });
});
