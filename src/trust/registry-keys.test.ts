import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { makeKey } from '../../test/sigstore/keys.ts';
import { parseRegistryKeys } from './registry-keys.ts';

const key = makeKey('p256', 'registry');
const good = {
  keyId: 'SHA256:a',
  keyUsage: 'npm:attestations',
  publicKey: {
    rawBytes: key.spki.toString('base64'),
    validFor: { start: '2022-12-01T00:00:00.000Z', end: '2025-01-29T00:00:00.000Z' },
  },
};
const parse = (keys: readonly unknown[]) =>
  parseRegistryKeys(Buffer.from(JSON.stringify({ keys })), 'keys.json');

describe("a registry's keys", () => {
  test('are those for attestations, with their validity', () => {
    const [only, ...others] = parse([{ ...good, keyId: 'SHA256:b', keyUsage: 'npm:signatures' }, good]);
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      name: 'SHA256:a',
      hints: ['SHA256:a'],
      notBefore: '2022-12-01T00:00:00.000Z',
      notAfter: '2025-01-29T00:00:00.000Z',
      transparencyLog: 'required',
    });
    expect(Buffer.from(only!.key.spki)).toEqual(key.spki);
  });
  test.each([
    ['no key', []],
    ['no key for attestations', [{ ...good, keyUsage: 'npm:signatures' }]],
    ['a key without id', [{ ...good, keyId: undefined }]],
    ['a key without bytes', [{ ...good, publicKey: {} }]],
    ['a key that is none', [{ ...good, publicKey: { rawBytes: 'AAAA' } }]],
    ['a key in no base64', [{ ...good, publicKey: { rawBytes: '!' } }]],
    ['a text', ['key']],
  ])('%s: TRUST_ROOT_INVALID', (_what, keys) => {
    expect(() => parse(keys)).toThrow(expect.objectContaining({ code: 'TRUST_ROOT_INVALID' }));
  });
  test.each(['', '[]', '{"keys":1}'])('%j: TRUST_ROOT_INVALID', (text) => {
    expect(() => parseRegistryKeys(Buffer.from(text), 'keys.json')).toThrow(EdgesealError);
  });
});
