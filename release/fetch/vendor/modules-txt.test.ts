import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import { isTreePath } from '../../description/tree-path.ts';
import { parseModulesTxt } from './modules-txt.ts';

function outcome<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    return reasonOf(error).code;
  }
}
const read = (text: string): string =>
  outcome(() =>
    parseModulesTxt(Buffer.from(text), 'modules.txt')
      .map(({ path, version, replacement, hasPackages }) =>
        [
          path,
          version,
          ...(replacement === undefined ? [] : ['=>', replacement.path, replacement.version ?? '']),
          hasPackages ? '*' : '',
        ]
          .join(' ')
          .trim(),
      )
      .join(', '),
  );
const no = 'RELEASE_LOCKFILE_INVALID';
const sound =
  '# a.b/c v1.0.0\n## explicit; go 1.20\na.b/c\na.b/c/d\n# a.b/e v2.0.0 => f.g/e v2.1.0\n## explicit\na.b/e/x\n# a.b/h v0.0.0 => ./staging/h\na.b/h\n# a.b/e => f.g/e v2.1.0\n';

describe('vendor/modules.txt', () => {
  test.each([
    ['', ''],
    [sound, 'a.b/c v1.0.0 *, a.b/e v2.0.0 => f.g/e v2.1.0 *, a.b/h v0.0.0 => ./staging/h  *'],
    ['## workspace\n# a v1.0.0\n', 'a v1.0.0'],
    ['# a v1.0.0\n## explicit\n# b v1.0.0\nb\n', 'a v1.0.0, b v1.0.0 *'],
    ['a\n', no],
    ['# a v1.0.0\nb\n', no],
    ['# a v1.0.0\nab\n', no],
    ['# a v1.0.0\na/../b\n', no],
    ['# a\n', no],
    ['# ../a v1.0.0\n../a\n', no],
    ['#a v1.0.0\n', no],
    ['# a v1.0.0 more\n', no],
  ])('%j', (text, expected) => {
    expect(read(text)).toBe(expected);
  });
  test('with any octets changed is refused, or names folders of the tree', () => {
    fc.assert(
      fc.property(
        fc.nat(sound.length - 1),
        fc.constantFrom('', '\n', ' ', '#', '/', '.', '..', 'v', '\r', '=>'),
        fc.nat(4),
        (at, put, cut) => {
          const text = sound.slice(0, at) + put + sound.slice(at + cut);
          const found = outcome(() => parseModulesTxt(Buffer.from(text), 'modules.txt'));
          if (typeof found === 'string') expect(found).toBe(no);
          else for (const { path } of found) expect(isTreePath(path)).toBe(true);
        },
      ),
    );
  });
});
