import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { makeEvidence } from '../../test/sigstore/make-evidence.ts';
import { makeKey } from '../../test/sigstore/keys.ts';
import type { TrustedRootJson } from '../../test/sigstore/world.ts';
import { within } from './authorities.ts';
import { parseTrustedRoot, type TrustedRoot } from './trusted-root.ts';

function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof EdgesealError) return error.code;
    throw error;
  }
}

const text = makeEvidence().trustedRootBytes.toString();
const parse = (given: string): TrustedRoot => parseTrustedRoot(Buffer.from(given), 'root.json');
const edited = (edit: (root: TrustedRootJson) => void): string => {
  const root: TrustedRootJson = JSON.parse(text);
  edit(root);
  return JSON.stringify(root);
};
const first = <T>(list: readonly T[]): T => {
  const [item] = list;
  if (item === undefined) throw new Error('one is expected');
  return item;
};
const log = (change: object): string =>
  edited((root) => {
    Object.assign(first(root.tlogs), change);
  });
const window = (validFor: unknown): string =>
  log({ publicKey: { ...first(JSON.parse(text).tlogs as TrustedRootJson['tlogs']).publicKey, validFor } });
const authority = (change: object): string =>
  edited((root) => {
    Object.assign(first(root.certificateAuthorities), change);
  });
const invalid = 'TRUST_ROOT_INVALID';
const id = (octets: number): object => ({ keyId: Buffer.alloc(octets, 1).toString('base64') });

describe('trusted_root.json', () => {
  test('as it should be', () => {
    const root = parse(text);
    expect(root.logs.map((it) => it.key.algorithm)).toEqual(['ecdsa-p256', 'ed25519']);
    expect(root.ctLogs).toHaveLength(1);
    expect(root.certificateAuthorities.map(({ chain }) => chain.length)).toEqual([2]);
    expect(root.timestampAuthorities.map(({ chain }) => chain.length)).toEqual([2]);
    expect(root.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each<[string, string]>([
    [
      'media type of v0.1',
      edited((it) => (it.mediaType = 'application/vnd.dev.sigstore.trustedroot+json;version=0.1')),
    ],
    [
      'media type of v0.2',
      edited((it) => (it.mediaType = 'application/vnd.dev.sigstore.trustedroot.v0.2+json')),
    ],
    ['nobody trusted', '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}'],
    ['an operator', log({ operator: 'o' })],
    ['an id of four octets', log({ logId: id(4) })],
    ['an end', window({ start: '2025-01-01T00:00:00Z', end: '2025-01-01T00:00:00Z' })],
    ['fractions of a second', window({ start: '2025-01-01T00:00:00.123456789Z' })],
  ])('%s is read', (_, given) => {
    expect(() => parse(given)).not.toThrow();
  });

  test.each<[string, string]>([
    ['nothing', ''],
    ['no JSON', '{'],
    ['a list', '[]'],
    ['a key twice', text.replace('{', '{"tlogs":[],')],
    ['another media type', edited((it) => (it.mediaType = 'application/json'))],
    [
      'a version to come',
      edited((it) => (it.mediaType = 'application/vnd.dev.sigstore.trustedroot+json;version=0.3')),
    ],
    ['an unknown field', edited((it) => Object.assign(it, { extra: 1 }))],
    ['an unknown field of a log', log({ extra: 1 })],
    ['an unknown field of a log id', log({ logId: { ...id(32), extra: 1 } })],
    ['an unknown field of an authority', authority({ extra: 1 })],
    [
      'an unknown field of a chain',
      authority({ certChain: { certificates: [{ rawBytes: 'MAA=' }], extra: 1 } }),
    ],
    [
      'an unknown field of a certificate',
      authority({ certChain: { certificates: [{ rawBytes: 'MAA=', extra: 1 }] } }),
    ],
    ['logs that are an object', edited((it) => Object.assign(it, { tlogs: {} }))],
    ['SHA-1', log({ hashAlgorithm: 'SHA1' })],
    ['no hash algorithm', log({ hashAlgorithm: undefined })],
    ['no log id', log({ logId: undefined })],
    ['an empty log id', log({ logId: { keyId: '' } })],
    ['a log id of 20 octets', log({ logId: id(20) })],
    ['a log id in bad base64', log({ logId: { keyId: '!' } })],
    ['a checkpoint key id of no octets', log({ checkpointKeyId: { keyId: '' } })],
    ['no key', log({ publicKey: undefined })],
    ['no validity', window(undefined)],
    ['a validity without beginning', window({ end: '2030-01-01T00:00:00Z' })],
    ['an empty validity', window({})],
    [
      'a validity that ends before it begins',
      window({ start: '2025-01-02T00:00:00Z', end: '2025-01-01T00:00:00Z' }),
    ],
    ['an unknown field of a validity', window({ start: '2025-01-01T00:00:00Z', extra: 1 })],
    ['a local time', window({ start: '2025-01-01T00:00:00' })],
    ['an offset', window({ start: '2025-01-01T00:00:00+00:00' })],
    ['a day that does not exist', window({ start: '2025-02-30T00:00:00Z' })],
    ['an hour that does not exist', window({ start: '2025-01-01T24:00:00Z' })],
    ['a date alone', window({ start: '2025-01-01' })],
    ['a number', window({ start: 0 })],
    ['an operator that is no text', log({ operator: 5 })],
    ['a name that is no object', authority({ subject: 'CN=x' })],
    ['a name with another field', authority({ subject: { country: 'x' } })],
    ['a name that is no text', authority({ subject: { commonName: 5 } })],
    ['no chain', authority({ certChain: undefined })],
    ['an empty chain', authority({ certChain: { certificates: [] } })],
    ['a certificate in bad base64', authority({ certChain: { certificates: [{ rawBytes: '!' }] } })],
    ['no validity of an authority', authority({ validFor: undefined })],
  ])('%s is refused', (_, given) => {
    expect(outcome(() => parse(given))).toBe(invalid);
  });
  test('no UTF-8', () => {
    expect(outcome(() => parseTrustedRoot(Buffer.from([0xff]), 'root.json'))).toBe(invalid);
  });
});

describe('keys and certificates, used or not', () => {
  const key = (rawBytes: string, keyDetails = 'PKIX_ECDSA_P256_SHA_256'): string =>
    log({ publicKey: { rawBytes, keyDetails, validFor: { start: '2025-01-01T00:00:00Z' } } });
  const offCurve = Buffer.from(makeKey('p256', 'x').spki);
  offCurve[offCurve.length - 1] = (offCurve.at(-1) ?? 0) ^ 1;

  test.each<[string, string]>([
    ['no SPKI', 'AAAA'],
    ['a point off its curve', offCurve.toString('base64')],
    ['nothing', ''],
    ['of another kind than stated', makeKey('p384', 'x').spki.toString('base64')],
  ])('a key of a log: %s', (_, rawBytes) => {
    expect(outcome(() => parse(key(rawBytes)))).toBe(invalid);
  });
  test('a key of a kind that is not supported is refused by what needs it', () => {
    const root = parse(key('MEMwBQYDK2VxAzoA' + 'A'.repeat(76)));
    expect(outcome(() => first(root.logs).key)).toBe(invalid);
    expect(root.logs[1]?.key.algorithm).toBe('ed25519');
  });
  test('PKCS#1', () => {
    const { publicKey } = makeKey('rsa', 'x');
    const raw = publicKey.export({ type: 'pkcs1', format: 'der' }).toString('base64');
    expect(first(parse(key(raw, 'PKCS1_RSA_PKCS1V5')).logs).key.algorithm).toBe('rsa');
    expect(outcome(() => parse(key('AAAA', 'PKCS1_RSA_PKCS1V5')))).toBe(invalid);
    expect(outcome(() => parse(key(raw)))).toBe(invalid);
  });
  test('the key id of checkpoints, else the log id', () => {
    const [before, after] = [parse(text), parse(log({ checkpointKeyId: id(4) }))];
    expect(Buffer.from(first(before.logs).keyHint).toString('hex')).toBe(first(before.logs).id.slice(0, 8));
    expect(first(after.logs).keyHint).toEqual(Buffer.alloc(4, 1));
    expect(first(after.logs).id).toBe(first(before.logs).id);
  });

  const { world } = makeEvidence();
  const chain = (...certificates: Uint8Array[]): string =>
    authority({
      certChain: {
        certificates: certificates.map((der) => ({ rawBytes: Buffer.from(der).toString('base64') })),
      },
    });
  const [intermediate = Buffer.alloc(0), root = Buffer.alloc(0)] = world.fulcio.chain;
  const [signing = Buffer.alloc(0), tsaRoot = Buffer.alloc(0)] = world.tsa.chain;
  const forged = (der: Buffer): Buffer =>
    Buffer.concat([der.subarray(0, -1), Buffer.from([(der.at(-1) ?? 0) ^ 1])]);
  const renamed = (der: Buffer): Buffer => {
    const at = der.indexOf('sigstore.example');
    return Buffer.concat([der.subarray(0, at), Buffer.from('X'), der.subarray(at + 1)]);
  };
  test.each<[string, string, unknown]>([
    ['in order', chain(intermediate, root), 2],
    ['a root alone', chain(root), 1],
    ['an intermediate as the anchor', chain(intermediate), 1],
    ['an anchor whose issuer nothing names', chain(intermediate, renamed(root)), invalid],
    ['an anchor that did not sign itself', chain(intermediate, forged(root)), invalid],
    ['one that the next did not sign', chain(forged(intermediate), root), invalid],
    ['a signing certificate below', chain(signing, tsaRoot), 2],
    ['out of order', chain(root, intermediate), invalid],
    ['of strangers', chain(intermediate, tsaRoot), invalid],
    ['a signing certificate of another', chain(signing, root), invalid],
    ['a signing certificate alone', chain(signing), invalid],
    ['garbage', chain(Buffer.from('x')), invalid],
    ['garbage above', chain(root, Buffer.from('x')), invalid],
  ])('a chain: %s', (_, given, expected) => {
    expect(outcome(() => first(parse(given).certificateAuthorities).chain.length)).toBe(expected);
  });
  test.each<[string, string]>([
    ['out of order', chain(root, intermediate)],
    ['of strangers', chain(intermediate, tsaRoot)],
    ['garbage', chain(Buffer.from('x'))],
    ['garbage above', chain(root, Buffer.from('x'))],
    ['the anchor twice', chain(intermediate, root, root)],
    ['trailing octets', chain(Buffer.concat([root, Buffer.from('x')]))],
  ])('a chain that nothing asks for: %s', (_, given) => {
    expect(outcome(() => parse(given))).toBe(invalid);
  });
});

describe('a pinned root', () => {
  const bytes = Buffer.from(text);
  const { digest } = parse(text);
  test('is read', () => {
    expect(parseTrustedRoot(bytes, 'root.json', digest).digest).toBe(digest);
  });
  test.each<[string, Buffer]>([
    ['a space more', Buffer.concat([bytes, Buffer.from(' ')])],
    ['an octet less', bytes.subarray(1)],
    ['nothing', Buffer.alloc(0)],
  ])('%s is refused', (_, given) => {
    expect(outcome(() => parseTrustedRoot(given, 'root.json', digest))).toBe('TRUST_ROOT_MISMATCH');
  });
});

test.each([
  [0, false],
  [1, true],
  [2, true],
  [3, true],
  [4, false],
])('a window from 1 to 3 has both ends inside: %i', (time, expected) => {
  expect(within({ from: 1, to: 3 }, time)).toBe(expected);
  expect(within({ from: 1, to: Number.POSITIVE_INFINITY }, time)).toBe(time > 0);
});
