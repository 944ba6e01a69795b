import { describe, expect, test } from 'vitest';
import { parseDescriptor, type Descriptor } from './descriptor.ts';
import { formatPlatform, manifestsFor, parsePlatform } from './platform.ts';

describe('a platform as it is written', () => {
  test.each(['linux/amd64', 'linux/arm/v7', 'linux/arm64/v8', 'windows/amd64'])('%s', (text) => {
    expect(formatPlatform(parsePlatform(text))).toBe(text);
  });

  test.each([
    '',
    'linux',
    'linux/',
    '/amd64',
    'linux/arm/',
    'linux/arm/v7/x',
    'Linux/amd64',
    'linux/amd64 ',
    'all',
    'linux/amd64,linux/arm64',
    'linux/amd64:10',
    `linux/${'a'.repeat(65)}`,
  ])('refused: %j', (text) => {
    expect(() => parsePlatform(text)).toThrow(expect.objectContaining({ code: 'FLAG_VALUE_INVALID' }));
  });
});

describe('the manifests of an index for a platform', () => {
  const index: readonly Descriptor[] = [
    'linux/amd64',
    'linux/arm/v6',
    'linux/arm/v7',
    'linux/arm64',
    'linux/arm64/v9',
    'linux/s390x',
    'linux/s390x',
    'unknown/unknown',
    undefined,
  ].map((platform, number) => {
    const [os, architecture, variant] = platform?.split('/') ?? [];
    return parseDescriptor(
      {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest: `sha256:${String(number).padStart(64, '0')}`,
        size: number,
        ...(os === undefined || architecture === undefined
          ? {}
          : { platform: { os, architecture, ...(variant === undefined ? {} : { variant }) } }),
      },
      { code: 'IMAGE_MANIFEST_INVALID', path: '' },
    );
  });
  test.each<[string, readonly number[]]>([
    ['linux/amd64', [0]],
    ['linux/amd64/v2', []],
    ['linux/arm', [2]],
    ['linux/arm/v6', [1]],
    ['linux/arm/v5', []],
    ['linux/arm64', [3]],
    ['linux/arm64/v8', [3]],
    ['linux/arm64/v9', [4]],
    ['linux/s390x', [5, 6]],
    ['windows/amd64', []],
  ])('%s', (text, expected) => {
    expect(manifestsFor(index, parsePlatform(text)).map(({ size }) => size)).toEqual(expected);
  });
});
