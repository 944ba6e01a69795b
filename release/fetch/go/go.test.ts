import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import { zipOf } from '../../../test/release-fetch/zip.ts';
import { modulePath, moduleUrl } from './go-proxy.ts';
import { parseGoSum } from './go-sum.ts';
import { hashMod, hashZip } from './hash1.ts';
import { readZip } from './zip.ts';

/** What a reader makes, or its refusal's code. */
function outcome<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    return reasonOf(error).code;
  }
}

const hash = (byte: number): string => `h1:${Buffer.alloc(32, byte).toString('base64')}`;
const no = 'RELEASE_LOCKFILE_INVALID';

describe('go.sum', () => {
  const read = (text: string): unknown =>
    outcome(() =>
      parseGoSum(Buffer.from(text), 'go.sum')
        .map((one) => `${one.module} ${one.version} ${one.what} ${one.h1.slice(0, 2)}`)
        .join(),
    );
  test.each([
    ['', ''],
    ['\n\n', ''],
    [`a.b/c v1.2.3 ${hash(1)}\n`, 'a.b/c v1.2.3 zip 01'],
    [`a.b/c v1.2.3 ${hash(1)}\r\na.b/c v1.2.3/go.mod ${hash(2)}`, 'a.b/c v1.2.3 zip 01,a.b/c v1.2.3 mod 02'],
    [`a v0.0.0-20200101000000-abcdef012345 ${hash(1)}`, 'a v0.0.0-20200101000000-abcdef012345 zip 01'],
    [`a/v2 v2.0.0+incompatible ${hash(1)}`, 'a/v2 v2.0.0+incompatible zip 01'],
    [`g.c/B~_-x/y.z v1.0.0 ${hash(1)}`, 'g.c/B~_-x/y.z v1.0.0 zip 01'],
    [`a v1.0.0 ${hash(1)}\na v1.0.0 ${hash(1)}\n`, 'a v1.0.0 zip 01'],
    [`a v1.0.0 ${hash(1)}\na v1.0.0 ${hash(2)}\n`, no],
    [`a v1.0.0`, no],
    [`a v1.0.0 ${hash(1)} more`, no],
    [`a 1.0.0 ${hash(1)}`, no],
    [`a v1.0 ${hash(1)}`, no],
    [`a v1.0.0/../x ${hash(1)}`, no],
    [`../a v1.0.0 ${hash(1)}`, no],
    [`a/../b v1.0.0 ${hash(1)}`, no],
    [`/a v1.0.0 ${hash(1)}`, no],
    [`a//b v1.0.0 ${hash(1)}`, no],
    [`a/.b v1.0.0 ${hash(1)}`, no],
    [`a! v1.0.0 ${hash(1)}`, no],
    [`a v1.0.0 h2:${hash(1).slice(3)}`, no],
    [`a v1.0.0 ${hash(1).slice(3)}`, no],
    [`a v1.0.0 h1:AAAA`, no],
    [`a v1.0.0 ${hash(1).replace('=', '')}`, no],
    ['a v1.0.0 h1:\uFFFD', no],
  ])('%j', (text, expected) => {
    expect(read(text)).toBe(expected);
  });
  test('is UTF-8', () => {
    expect(outcome(() => parseGoSum(Buffer.from([0x61, 0xff]), 'go.sum'))).toBe('UTF8_INVALID');
  });
  test('with any octets changed is refused, or names modules that can be asked for', () => {
    const sound = Buffer.from(
      `a.b/c v1.2.3 ${hash(1)}\na.b/c v1.2.3/go.mod ${hash(2)}\nd v1.0.0-x ${hash(3)}\n`,
    );
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.nat(255), fc.nat(3), (at, octet, cut) => {
        const bytes = Buffer.concat([sound.subarray(0, at), Buffer.from([octet]), sound.subarray(at + cut)]);
        const entries = outcome(() => parseGoSum(bytes, 'go.sum'));
        if (typeof entries === 'string') {
          expect(entries).toMatch(/^(?:RELEASE_LOCKFILE|UTF8)_INVALID$/);
          return;
        }
        for (const { module, version, what, h1 } of entries) {
          expect(h1).toMatch(/^[0-9a-f]{64}$/);
          expect(`/${modulePath(module, version, what)}`).not.toMatch(/\/\.|\/\/|[A-Z\s?#%]/);
        }
      }),
    );
  });
});

describe('names of modules', () => {
  test.each([
    [
      'github.com/BurntSushi/toml',
      'v1.0.0-RC1',
      'zip',
      'github.com/!burnt!sushi/toml/@v/v1.0.0-!r!c1.zip',
      'pkg:golang/github.com/BurntSushi/toml@v1.0.0-RC1',
    ],
    [
      'a',
      'v2.0.0+incompatible',
      'mod',
      'a/@v/v2.0.0+incompatible.mod',
      'pkg:golang/a@v2.0.0%2Bincompatible#go.mod',
    ],
  ] as const)('%s %s %s', (module, version, what, path, url) => {
    expect(modulePath(module, version, what)).toBe(path);
    expect(moduleUrl(module, version, what)).toBe(url);
  });
});

const files = {
  'm@v1.0.0/z.go': 'package z\n',
  'm@v1.0.0/a b/\u00e9.go': 'x'.repeat(3000),
  'm@v1.0.0/empty': '',
};

describe('Go’s h1:', () => {
  /** The definition: find . -type f | sort | sha256sum, hashed. */
  const defined = (list: Readonly<Record<string, string>>): string =>
    createHash('sha256')
      .update(
        Object.keys(list)
          .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
          .map(
            (name) =>
              `${createHash('sha256')
                .update(list[name] ?? '')
                .digest('hex')}  ${name}\n`,
          )
          .join(''),
      )
      .digest('hex');
  test.each([
    ['files', files],
    ['nothing', {}],
    // UTF-16 would sort these the other way.
    ['names beyond the basic plane', { '\u{1f600}': '1', '\uff00': '2' }],
  ])('of %s', (_, list) => {
    expect(hashZip(zipOf(list), 'm')).toBe(defined(list));
  });
  test('of a go.mod', () => {
    // rsc.io/quote v1.5.2/go.mod, as go.sum has it everywhere.
    const text = 'module "rsc.io/quote"\n\nrequire "rsc.io/sampler" v1.3.0\n';
    expect(Buffer.from(hashMod(Buffer.from(text)), 'hex').toString('base64')).toBe(
      'LzX7hefJvL54yjefDEDHNONDjII0t9xZLPXsUe+TKr0=',
    );
  });
  test('a name with a line feed', () => {
    expect(outcome(() => hashZip(zipOf({ 'a\nb': '' }), 'm'))).toBe('ARCHIVE_INVALID');
  });
});

describe('zip archives', () => {
  const sound = zipOf(files);
  const read = (bytes: Uint8Array): unknown =>
    outcome(() =>
      Object.fromEntries(
        readZip(bytes, 'm').map(({ name, read: content }) => [name, Buffer.from(content()).toString()]),
      ),
    );
  const patched = (at: number, ...octets: readonly number[]): Buffer => {
    const copy = Buffer.from(sound);
    copy.set(octets, at < 0 ? copy.length + at : at);
    return copy;
  };
  const directory = sound.indexOf('PK\u0001\u0002');
  test('are read', () => {
    expect(read(sound)).toEqual(files);
    expect(read(zipOf({}))).toEqual({});
  });
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['no end', sound.subarray(0, -22)],
    ['something after the end', Buffer.concat([sound, Buffer.from('x')])],
    ['something before the beginning', Buffer.concat([Buffer.from('x'), sound])],
    ['another count', patched(-12, 2, 0)],
    ['two counts', patched(-14, 2, 0)],
    ['a second disk', patched(-18, 1)],
    ['zip64', patched(-14, 0xff, 0xff, 0xff, 0xff)],
    ['a directory elsewhere', patched(-6, 1)],
    ['no directory', patched(directory, 0)],
    ['an encrypted file', patched(directory + 8, 1)],
    ['an unknown method', patched(directory + 10, 12)],
    ['another check sum', patched(directory + 16, 1)],
    ['a packed size beyond the file', patched(directory + 20, 0, 0, 0, 1)],
    ['another size', patched(directory + 24, 1)],
    ['a local header elsewhere', patched(directory + 42, 1)],
    ['two names of a file', patched(30 + 10, 0x79)],
  ])('with %s are refused', (_, bytes) => {
    expect(read(bytes)).toBe('ARCHIVE_INVALID');
  });
  test('with two files of one name are refused', () => {
    const twice = Buffer.from(
      zipOf({ aa: '1', ab: '2' }).toString('latin1').replaceAll('ab', 'aa'),
      'latin1',
    );
    expect(read(twice)).toBe('ARCHIVE_DUPLICATE');
  });
  test('with any octet changed are refused, or hold the same', () => {
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.nat(255), (at, octet) => {
        const found = read(patched(at, octet));
        // What no reader looks at, as times and versions, may be anything.
        if (typeof found !== 'string') expect(found).toEqual(files);
        else expect(found).toMatch(/^(?:ARCHIVE_INVALID|ARCHIVE_DUPLICATE|UTF8_INVALID|INPUT_TOO_LARGE)$/);
      }),
      { numRuns: 1000 },
    );
  });
});
