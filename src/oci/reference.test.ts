import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import { formatReference, parseReference, parseRepository } from './reference.ts';

const HEX = 'a'.repeat(64);
const AT = `@sha256:${HEX}`;

describe('the one spelling of a reference', () => {
  test.each([
    ['nginx', 'index.docker.io/library/nginx:latest'],
    ['nginx:1.27', 'index.docker.io/library/nginx:1.27'],
    ['library/nginx', 'index.docker.io/library/nginx:latest'],
    ['docker.io/nginx', 'index.docker.io/library/nginx:latest'],
    ['registry-1.docker.io/o/r', 'index.docker.io/o/r:latest'],
    ['kubeedge/cloudcore:v1.13.0', 'index.docker.io/kubeedge/cloudcore:v1.13.0'],
    [`kubeedge/cloudcore${AT}`, `index.docker.io/kubeedge/cloudcore${AT}`],
    [`kubeedge/cloudcore:v1${AT}`, `index.docker.io/kubeedge/cloudcore:v1${AT}`],
    [`o/r@sha512:${HEX}${HEX}`, `index.docker.io/o/r@sha512:${HEX}${HEX}`],
    ['ghcr.io/o/r', 'ghcr.io/o/r:latest'],
    ['GHCR.io/o/r', 'ghcr.io/o/r:latest'],
    ['localhost/app', 'localhost/app:latest'],
    ['localhost:5000/app:v1', 'localhost:5000/app:v1'],
    ['host:5000/a/b/c', 'host:5000/a/b/c:latest'],
    ['[::1]:5000/app', '[::1]:5000/app:latest'],
    ['ghcr.io/a__b/c.d/e--f', 'ghcr.io/a__b/c.d/e--f:latest'],
  ])('%s', (text, expected) => {
    expect(formatReference(parseReference(text))).toBe(expected);
  });
});

describe('not a reference', () => {
  test.each([
    '',
    ':v1',
    '@',
    AT,
    'o/r:',
    'o/r:-x',
    `o/r:${'x'.repeat(129)}`,
    'o/r@sha256:',
    `o/r@sha256:${HEX.toUpperCase()}`,
    `o/r@md5:${'a'.repeat(32)}`,
    `o/r${AT}${AT}`,
    'O/r',
    'HOST/r',
    'o/R',
    'o//r',
    '/o/r',
    'o/r/',
    'ghcr.io/',
    'ghcr.io/../r',
    'ghcr.io/o/.r',
    'ghcr.io/o/r?x=1',
    'ghcr.io/o/r#x',
    'ghcr.io/o/r%2e',
    'https://ghcr.io/o/r',
    'user@ghcr.io/o/r',
    'a.b:x/r',
    'a.b:123456/r',
    'a..b/r',
    '-a.b/r',
    'a b/r',
    `ghcr.io/${'a'.repeat(256)}`,
  ])('%j', (text) => {
    expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: 'IMAGE_REFERENCE_INVALID' }));
  });

  test('a repository has neither tag nor digest', () => {
    for (const text of ['o/r:v1', `o/r${AT}`, 'ghcr.io/o/r:v1'])
      expect(() => parseRepository(text)).toThrow(
        expect.objectContaining({ code: 'IMAGE_REFERENCE_INVALID' }),
      );
  });
});

test('any text is read to a reference that reads as itself and asks its own host, or refused', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'aZ0.-_/:@[]%?# ', 'sha256:', HEX, 'docker.io', 'localhost') }),
  );
  fc.assert(
    fc.property(text, (it) => {
      let reference;
      try {
        reference = parseReference(it);
      } catch (error) {
        expect(reasonOf(error).code).toBe('IMAGE_REFERENCE_INVALID');
        return;
      }
      const written = formatReference(reference);
      expect(parseReference(written)).toEqual(reference);
      const url = `https://${reference.registry}/v2/${reference.path}/manifests/x`;
      if (URL.canParse(url)) expect(new URL(url).pathname).toBe(`/v2/${reference.path}/manifests/x`);
    }),
  );
});
