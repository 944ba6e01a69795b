import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { isChecksumName, parseChecksums } from './checksums.ts';
import { isSameName, releasePath } from './path.ts';
import { readDocument } from './read-document.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(128);
const read = (text: string, path = 'SHA256SUMS'): readonly string[] => {
  const { entries, faults } = parseChecksums(Buffer.from(text), path);
  return [
    ...entries.map((one) => `${one.line} ${one.algorithm} ${one.path}`),
    ...faults.map(({ code, path: where }) => `${code} ${where}`),
  ];
};

describe('checksum files', () => {
  test.each<[string, string, string, readonly string[]]>([
    ['GNU, text', `${A}  app\n`, 'SHA256SUMS', ['1 sha256 app']],
    ['GNU, binary', `${A} *app\n`, 'SHA256SUMS', ['1 sha256 app']],
    ['BSD', `SHA256 (app (1)) = ${A}`, 'checksums.txt', ['1 sha256 app (1)']],
    [
      'BSD, both algorithms',
      `SHA256 (a) = ${A}\nSHA-512 (a) = ${B}\n`,
      'checksums.txt',
      ['1 sha256 a', '2 sha512 a'],
    ],
    ['in a folder', `${A}  ./app\n`, 'x/SHA256SUMS', ['1 sha256 x/app']],
    ['beside a file, bare', B, 'x/app.sha512', ['1 sha512 x/app']],
    ["KubeEdge's", `${B}\n`, 'checksum_keadm-v1.tar.gz.txt', ['1 sha512 keadm-v1.tar.gz']],
    ['bare in a list', A, 'SHA256SUMS', ['CHECKSUM_INVALID SHA256SUMS:1']],
    ['another file than the one beside', `${A}  b`, 'a.sha256', ['CHECKSUM_INVALID a.sha256:1']],
    ['one space', `${A} app`, 'SHA256SUMS', ['CHECKSUM_INVALID SHA256SUMS:1']],
    ['a tab', `${A}\tapp`, 'SHA256SUMS', ['CHECKSUM_INVALID SHA256SUMS:1']],
    ['a backslash', `\\${A}  a\\\\b`, 'SHA256SUMS', ['CHECKSUM_INVALID SHA256SUMS:1']],
    ['a backslash in a name', `${A}  a\\b`, 'SHA256SUMS', ['CHECKSUM_INVALID SHA256SUMS:1']],
    ['a name with a control character', `${A}  a\u0007`, 'SHA256SUMS', ['CHECKSUM_INVALID SHA256SUMS:1']],
    ['a name that reorders text', `${A}  a\u202eb`, 'SHA256SUMS', ['CHECKSUM_INVALID SHA256SUMS:1']],
    ['above', `${A}  ../a`, 'x/SHA256SUMS', ['CHECKSUM_INVALID x/SHA256SUMS:1']],
    ['another algorithm than its name', `${B}  a`, 'SHA256SUMS', ['CHECKSUM_INVALID SHA256SUMS:1']],
    ['SHA-1', `${'a'.repeat(40)}  a`, 'checksums.txt', ['CHECKSUM_INVALID checksums.txt:1']],
    ['63 digits', `${A.slice(1)}  a`, 'checksums.txt', ['CHECKSUM_INVALID checksums.txt:1']],
    [
      'one bad line does not hide the others',
      `${A}  a\nx\n${A}  b`,
      'SHA256SUMS',
      ['1 sha256 a', '3 sha256 b', 'CHECKSUM_INVALID SHA256SUMS:2'],
    ],
  ])('%s', (_, text, path, expected) => {
    expect(read(text, path)).toEqual(expected);
  });

  test.each([
    ['SHA256SUMS', true],
    ['sha512sums.txt', true],
    ['x/edgeseal_1.0_checksums.txt', true],
    ['app.sha256', true],
    ['app.sha512sum', true],
    ['checksum_app.txt', true],
    ['MD5SUMS', true],
    ['checksum.go', false],
    ['sha256', false],
    ['README.txt', false],
  ])('%s is called like one: %s', (path, expected) => {
    expect(isChecksumName(path)).toBe(expected);
  });

  test('whatever is in it: entries and reasons, nothing thrown', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab0 *()=\n\\/.SHA256'), maxLength: 300 }), (text) => {
        for (const { path } of parseChecksums(Buffer.from(text), 'x/checksums.txt').entries)
          expect(releasePath(path)).toBe(path);
      }),
    );
  });
  test('any bytes are a document of some kind, or an artifact', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 100 }),
        fc.constantFrom('a', 'a.sha256', 'bom.json', 'a.sigstore.json'),
        (bytes, name) => {
          expect(() => readDocument(name, bytes)).not.toThrow(EdgesealError);
        },
      ),
    );
  });
});

test.each([
  ['a', 'a', true],
  ['./a', 'a', true],
  ['dist/a', 'a', true],
  ['a', 'x/a', true],
  ['y/a', 'x/a', false],
  ['xa', 'a', false],
  ['a', 'xa', false],
  ['A', 'a', false],
])('the name %s means the path %s: %s', (name, path, expected) => {
  expect(isSameName(name, path)).toBe(expected);
});
