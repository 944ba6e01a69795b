import { test as property, fc } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { readEvidencePack, writeEvidencePack, type EvidencePack } from './evidence-pack.ts';

const file = (name: string, text: string) => ({ name, bytes: Buffer.from(text) });
const pack: EvidencePack = {
  artifacts: [{ name: 'app', digests: { sha256: 'ab'.repeat(32), sha512: 'cd'.repeat(64) } }],
  evidence: [file('app.sigstore.json', '{}')],
  images: [
    {
      name: 'r.example/app:v1',
      digest: `sha256:${'ab'.repeat(32)}`,
      platform: 'linux/arm64',
      files: [file('oci-layout', '{}')],
    },
  ],
  trustedRoot: file('root.json', '{ }'),
  keys: [file('key.pub', 'PEM')],
  policies: [file('policy.json', '{"name":"p"}')],
};
const read = (document: unknown) =>
  readEvidencePack(Buffer.from(JSON.stringify(document, null, 1)), 'a.pack.json');
const changed = (change: (document: Record<string, unknown>) => void): Record<string, unknown> => {
  const document: Record<string, unknown> = JSON.parse(Buffer.from(writeEvidencePack(pack)).toString());
  change(document);
  return document;
};

describe('an evidence pack', () => {
  test('comes back byte for byte', () => {
    const back = readEvidencePack(writeEvidencePack(pack), 'a.pack.json');
    expect(writeEvidencePack(back)).toEqual(writeEvidencePack(pack));
    expect(Buffer.from(back.trustedRoot!.bytes).toString()).toBe('{ }');
    expect(back.artifacts).toEqual(pack.artifacts);
  });
  test('may hold nothing but its type', () => {
    const none = { artifacts: [], evidence: [], images: [], trustedRoot: undefined, keys: [], policies: [] };
    expect(readEvidencePack(writeEvidencePack(none), 'a.pack.json')).toEqual(none);
  });
  test('is not written where it could not be read', () => {
    const large = { name: 'large.json', bytes: Buffer.alloc(25 * 1024 * 1024) };
    expect(() => writeEvidencePack({ ...pack, evidence: [large] })).toThrow(
      expect.objectContaining({ code: 'INPUT_TOO_LARGE' }),
    );
  });
  test('is refused with any octet changed', () => {
    const bytes = Buffer.from(writeEvidencePack(pack));
    for (let at = 0; at < bytes.length; at++) {
      const other = Buffer.from(bytes);
      other[at] = (other[at] ?? 0) ^ (1 << (at % 7));
      expect(() => readEvidencePack(other, 'a.pack.json'), `octet ${at}`).toThrow(EdgesealError);
    }
  });
  test.each<[string, string, (document: Record<string, unknown>) => void]>([
    [
      'BUNDLE_VERSION_UNSUPPORTED',
      'another version',
      (d) => (d['mediaType'] = 'application/vnd.edgeseal.evidence-pack.v2+json'),
    ],
    ['BUNDLE_VERSION_UNSUPPORTED', 'no type', (d) => delete d['mediaType']],
    ['BUNDLE_INVALID', 'an unknown field', (d) => (d['signature'] = 'x')],
    ['BUNDLE_INVALID', 'evidence that is no list', (d) => (d['evidence'] = {})],
    [
      'BUNDLE_INVALID',
      'a file of another digest',
      (d) => (d['evidence'] = [{ name: 'a', sha256: '00', bytes: '' }]),
    ],
    ['BUNDLE_INVALID', 'a file in no base64', (d) => (d['keys'] = [{ name: 'a', sha256: '00', bytes: '*' }])],
    [
      'BUNDLE_INVALID',
      'a file with more fields',
      (d) => (d['keys'] = [{ name: 'a', sha256: '', bytes: '', mode: 1 }]),
    ],
    ['BUNDLE_INVALID', 'an artifact without digests', (d) => (d['artifacts'] = [{ name: 'a', digests: {} }])],
    [
      'BUNDLE_INVALID',
      'an artifact by a weak digest',
      (d) => (d['artifacts'] = [{ name: 'a', digests: { sha1: 'ab'.repeat(20) } }]),
    ],
    [
      'BUNDLE_INVALID',
      'a digest in upper case',
      (d) => (d['artifacts'] = [{ name: 'a', digests: { sha256: 'AB'.repeat(32) } }]),
    ],
    ['BUNDLE_INVALID', 'images that are no list', (d) => (d['images'] = {})],
    [
      'BUNDLE_INVALID',
      'an image with more fields',
      (d) => (d['images'] = [{ name: 'a', digest: 'b', files: [], tag: 'c' }]),
    ],
    ['BUNDLE_INVALID', 'no digest of the whole', (d) => delete d['sha256']],
    ['BUNDLE_INVALID', 'spaces', () => undefined],
    ['BUNDLE_INVALID', 'a trusted root that is null', (d) => (d['trustedRoot'] = null)],
  ])('%s: %s', (code, _what, change) => {
    expect(() => read(changed(change))).toThrow(expect.objectContaining({ code }));
  });
  property.prop([fc.jsonValue()])('of any JSON: a pack or a typed refusal', (document) => {
    try {
      read(document);
    } catch (error) {
      expect(error).toBeInstanceOf(EdgesealError);
    }
  });
});
