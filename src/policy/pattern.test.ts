import { fc } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { globPattern, loadRegexpEngine, regexpPattern } from './pattern.ts';

describe('globs', () => {
  test.each([
    ['a', 'a', true],
    ['a', 'ab', false],
    ['a', 'A', false],
    ['*', '', true],
    ['*', 'abc', true],
    ['*', 'a/b', false],
    ['**', 'a/b/c', true],
    ['a/*', 'a/b', true],
    ['a/*', 'a/b/c', false],
    ['a/**', 'a/b/c', true],
    ['a/*/c', 'a/b/c', true],
    ['a/*/c', 'a/b/d/c', false],
    ['**/c', 'a/b/c', true],
    ['*.tar.gz', 'keadm.tar.gz', true],
    ['*.tar.gz', 'keadmXtarXgz', false],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'aXbYbZ', false],
    [
      'https://github.com/o/r/.github/workflows/*@refs/tags/*',
      'https://github.com/o/r/.github/workflows/b.yml@refs/tags/v1',
      true,
    ],
    [
      'https://github.com/o/r/.github/workflows/*@refs/tags/*',
      'https://github.com/o/r/.github/workflows/b.yml@refs/tags/v1/x',
      false,
    ],
    ['https://github.com/o/*', 'https://github.com.evil.example/o/x', false],
    ['a.c', 'abc', false],
    ['***', 'a/b', true],
  ])('%s on %s: %s', (glob, value, fits) => {
    expect(globPattern(glob).test(value)).toBe(fits);
  });

  test('are what the same regular expression is', () => {
    const piece = fc.constantFrom('a', 'b', '/', '*', '**', '.');
    const character = fc.constantFrom('a', 'b', '/', '.');
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }),
        fc.array(character, { maxLength: 10 }),
        (pieces, characters) => {
          const glob = pieces.join('');
          const value = characters.join('');
          const expression = glob.replaceAll(/\*+|[^*]+/g, (part) =>
            part.startsWith('*') ? (part.length > 1 ? '.*' : '[^/]*') : part.replaceAll('.', '\\.'),
          );
          expect(globPattern(glob).test(value)).toBe(new RegExp(`^${expression}$`, 's').test(value));
        },
      ),
    );
  });

  test('many stars on a long text take no time', () => {
    const started = performance.now();
    expect(globPattern('*a'.repeat(50)).test(`${'a'.repeat(5000)}b`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('regular expressions', () => {
  test.each([
    ['a.*', 'abc', true],
    ['a', 'ab', false],
    ['b', 'ab', false],
    ['a|b', 'ab', false],
    ['(?i)ABC', 'abc', true],
  ])('%s on %s: %s, for the whole value counts', async (text, value, fits) => {
    expect(regexpPattern(text, await loadRegexpEngine()).test(value)).toBe(fits);
  });
});
