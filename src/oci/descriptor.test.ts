import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '#core/json/value';
import { annotation, parseDescriptor } from './descriptor.ts';

const HEX = 'a'.repeat(64);
const plain: JsonObject = { mediaType: 'text/x', digest: `sha256:${HEX}`, size: 3 };
const where = { code: 'IMAGE_MANIFEST_INVALID', path: 'layers.0' } as const;

test('a descriptor', () => {
  const annotations = { a: 'b', empty: '' };
  const platform = { os: 'linux', architecture: 'arm', variant: 'v7', 'os.version': '1' };
  const read = parseDescriptor(
    { ...plain, artifactType: 'text/y', annotations, platform, data: 'x', urls: ['https://a.b/'] },
    where,
  );
  expect(read).toEqual({
    mediaType: 'text/x',
    digest: { algorithm: 'sha256', hex: HEX },
    size: 3,
    artifactType: 'text/y',
    annotations,
    platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
  });
  expect(annotation(read.annotations, 'a')).toBe('b');
  expect(annotation(read.annotations, 'empty')).toBeUndefined();
  expect(annotation(read.annotations, 'toString')).toBeUndefined();
});

describe('refused', () => {
  test.each<[string, JsonValue, string]>([
    ['no object', [], 'layers.0'],
    ['no type', { digest: plain['digest'] ?? '', size: 3 }, 'layers.0.mediaType'],
    ['a type that is no text', { ...plain, mediaType: 1 }, 'layers.0.mediaType'],
    ['a digest of another algorithm', { ...plain, digest: `md5:${HEX}` }, 'layers.0.digest'],
    ['a digest in upper case', { ...plain, digest: `sha256:${HEX.toUpperCase()}` }, 'layers.0.digest'],
    ['a digest with a path', { ...plain, digest: 'sha256:../../x' }, 'layers.0.digest'],
    ['a size that is a text', { ...plain, size: '3' }, 'layers.0.size'],
    ['a negative size', { ...plain, size: -1 }, 'layers.0.size'],
    ['a size with a fraction', { ...plain, size: 1.5 }, 'layers.0.size'],
    ['a size beyond exact numbers', { ...plain, size: 2 ** 53 }, 'layers.0.size'],
    ['annotations that are no object', { ...plain, annotations: ['a'] }, 'layers.0.annotations'],
    ['an annotation that is no text', { ...plain, annotations: { a: 1 } }, 'layers.0.annotations.a'],
    [
      'a platform without architecture',
      { ...plain, platform: { os: 'linux' } },
      'layers.0.platform.architecture',
    ],
  ])('%s', (_, value, path) => {
    expect(() => parseDescriptor(value, where)).toThrow(
      expect.objectContaining({
        reason: expect.objectContaining({ code: 'IMAGE_MANIFEST_INVALID', path }) as unknown,
      }),
    );
  });
});
