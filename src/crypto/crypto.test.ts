import fc from 'fast-check';
import { createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { digest, type HashAlgorithm } from '#core/bytes/digest';
import { EdgesealError } from '#core/errors/error';
import { write } from '../../test/sigstore/material.ts';
import { tlvLongLength } from '../../test/sigstore/ber.ts';
import { makeKey } from '../../test/sigstore/keys.ts';
import { verifyEcdsaDigest } from './ecdsa-prehashed.ts';
import { readPem, readPemBlocks } from './pem.ts';
import { parsePublicKey, parseSpki } from './public-key.ts';
import { prepareVerification, verifyDigestSignature, verifyPayload, verifySignature } from './signature.ts';

function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof EdgesealError) return error.code;
    throw error;
  }
}

const spkiOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
const pairs = {
  p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  p521: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  ed25519: generateKeyPairSync('ed25519'),
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
};
type Pair = keyof typeof pairs;
const kinds = Object.keys(pairs) as Pair[];

test.each([
  ['p256', ['sha256']],
  ['p384', ['sha384', 'sha256']],
  ['p521', ['sha512', 'sha256']],
  ['rsa', ['sha256']],
] as const)('a payload signed by %s goes with %j', (pair, accepted) => {
  const { publicKey, privateKey } = pairs[pair];
  const payload = Buffer.from('payload');
  const hashes = (['sha256', 'sha384', 'sha512'] as const).filter((hash) =>
    verifyPayload(parseSpki(spkiOf(publicKey)), payload, sign(hash, payload, privateKey)),
  );
  expect(new Set<string>(hashes)).toEqual(new Set<string>(accepted));
});

describe('SubjectPublicKeyInfo', () => {
  test.each([
    ['p256', 'ecdsa-p256'],
    ['p384', 'ecdsa-p384'],
    ['p521', 'ecdsa-p521'],
    ['ed25519', 'ed25519'],
    ['rsa', 'rsa'],
  ] as const)('%s', (pair, algorithm) => {
    const key = parseSpki(spkiOf(pairs[pair].publicKey));
    expect(key.algorithm).toBe(algorithm);
    expect(key.digest).toBe(digest('sha256', key.spki).toString('hex'));
    expect(key.handle.equals(pairs[pair].publicKey)).toBe(true);
  });

  const EC = '1.2.840.10045.2.1';
  const P256 = '1.2.840.10045.3.1.7';
  const point = spkiOf(pairs.p256.publicKey).subarray(-65);
  const spki = (algorithm: Buffer, bits: Buffer): Buffer => write.sequence(algorithm, bits);
  const ec = (curve: string, bits: Uint8Array): Buffer =>
    spki(write.sequence(write.oid(EC), write.oid(curve)), write.bitString(bits));
  const rsa = (modulus: Buffer, exponent: Buffer, parameters = write.nullValue()): Buffer =>
    spki(
      write.sequence(write.oid('1.2.840.113549.1.1.1'), parameters),
      write.bitString(write.sequence(modulus, exponent)),
    );
  const number = (octets: number, first = 0xff): Buffer =>
    write.integer(Buffer.concat([Buffer.from([first]), Buffer.alloc(octets - 1, 1)]));
  const three = write.integer(3);
  const odd = write.integer(65537);
  const changed = (bytes: Buffer, at: number): Buffer => {
    const copy = Buffer.from(bytes);
    const index = at < 0 ? copy.length + at : at;
    copy[index] = (copy[index] ?? 0) ^ 1;
    return copy;
  };

  test.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'KEY_INVALID'],
    ['a NULL', write.nullValue(), 'KEY_INVALID'],
    ['trailing octets', Buffer.concat([ec(P256, point), Buffer.from([0])]), 'KEY_INVALID'],
    ['a third field', write.sequence(ec(P256, point).subarray(2), write.nullValue()), 'KEY_INVALID'],
    [
      'unused bits',
      spki(write.sequence(write.oid(EC), write.oid(P256)), write.bitString(point, 1)),
      'KEY_INVALID',
    ],
    ['a long length', tlvLongLength(0x30, ec(P256, point).subarray(2)), 'KEY_INVALID'],
    ['a short point', ec(P256, point.subarray(1)), 'KEY_INVALID'],
    ['a compressed point', ec(P256, Buffer.concat([Buffer.from([2]), point.subarray(1, 33)])), 'KEY_INVALID'],
    ['a hybrid point', ec(P256, Buffer.concat([Buffer.from([6]), point.subarray(1)])), 'KEY_INVALID'],
    ['a P-256 point on P-384', ec('1.3.132.0.34', point), 'KEY_INVALID'],
    ['secp256k1', ec('1.3.132.0.10', point), 'KEY_UNSUPPORTED'],
    ['P-224', ec('1.3.132.0.33', point.subarray(0, 57)), 'KEY_UNSUPPORTED'],
    ['no curve', spki(write.sequence(write.oid(EC)), write.bitString(point)), 'KEY_INVALID'],
    [
      'explicit curve parameters',
      spki(write.sequence(write.oid(EC), write.sequence()), write.bitString(point)),
      'KEY_INVALID',
    ],
    [
      'Ed448',
      spki(write.sequence(write.oid('1.3.101.113')), write.bitString(Buffer.alloc(57))),
      'KEY_UNSUPPORTED',
    ],
    [
      'X25519',
      spki(write.sequence(write.oid('1.3.101.110')), write.bitString(Buffer.alloc(32))),
      'KEY_UNSUPPORTED',
    ],
    [
      'DSA',
      spki(write.sequence(write.oid('1.2.840.10040.4.1')), write.bitString(Buffer.alloc(32))),
      'KEY_UNSUPPORTED',
    ],
    [
      'Ed25519 with parameters',
      spki(write.sequence(write.oid('1.3.101.112'), write.nullValue()), write.bitString(Buffer.alloc(32))),
      'KEY_INVALID',
    ],
    [
      'Ed25519 of 31 octets',
      spki(write.sequence(write.oid('1.3.101.112')), write.bitString(Buffer.alloc(31))),
      'KEY_INVALID',
    ],
    ['RSA of 1024 bits', rsa(number(128), odd), 'KEY_UNSUPPORTED'],
    ['RSA of 2047 bits', rsa(number(256, 0x7f), odd), 'KEY_UNSUPPORTED'],
    ['RSA of 8200 bits', rsa(number(1025), odd), 'KEY_UNSUPPORTED'],
    [
      'RSA without NULL',
      spki(
        write.sequence(write.oid('1.2.840.113549.1.1.1')),
        write.bitString(write.sequence(number(256), odd)),
      ),
      'KEY_INVALID',
    ],
    ['RSA with a NULL that is not empty', rsa(number(256), odd, Buffer.from([5, 1, 0])), 'KEY_INVALID'],
    ['a negative modulus', rsa(write.tlv(2, Buffer.alloc(256, 0x81)), odd), 'KEY_INVALID'],
    ['a negative exponent', rsa(number(256), write.tlv(2, Buffer.from([0x81]))), 'KEY_INVALID'],
    ['an exponent of 1', rsa(number(256), write.integer(1)), 'KEY_INVALID'],
    ['an even exponent', rsa(number(256), write.integer(65536)), 'KEY_INVALID'],
    ['a huge exponent', rsa(number(256), number(5, 1)), 'KEY_INVALID'],
    [
      'RSA with three numbers',
      spki(
        write.sequence(write.oid('1.2.840.113549.1.1.1'), write.nullValue()),
        write.bitString(write.sequence(number(256), odd, odd)),
      ),
      'KEY_INVALID',
    ],
  ])('%s', (_, der, code) => {
    expect(outcome(() => parseSpki(der))).toBe(code);
  });
  test.each([
    ['RSA of 2048 bits', rsa(number(256), three)],
    ['RSA of 4096 bits', rsa(number(512), odd)],
    ['RSA of 8192 bits', rsa(number(1024), odd)],
  ])('%s is read', (_, der) => {
    expect(parseSpki(der).algorithm).toBe('rsa');
  });
  test('a point off its curve is found at first use', () => {
    const key = parseSpki(changed(spkiOf(pairs.p256.publicKey), -1));
    expect(outcome(() => key.handle)).toBe('KEY_INVALID');
    expect(outcome(() => verifySignature(key, 'sha256', Buffer.from('x'), Buffer.alloc(70)))).toBe(
      'KEY_INVALID',
    );
    expect(outcome(() => verifyEcdsaDigest(key, Buffer.alloc(32), Buffer.alloc(70)))).toBe(false);
  });
});

describe('key files', () => {
  const pem = (label: string, der: Uint8Array): Buffer => Buffer.from(write.pem(label, der));
  const spki = spkiOf(pairs.rsa.publicKey);
  const pkcs1 = pairs.rsa.publicKey.export({ type: 'pkcs1', format: 'der' });
  const text = pem('PUBLIC KEY', spki).toString();

  test.each<[string, Buffer]>([
    ['PUBLIC KEY', pem('PUBLIC KEY', spki)],
    ['RSA PUBLIC KEY', pem('RSA PUBLIC KEY', pkcs1)],
    ['bare DER', spki],
    [
      'lines of other lengths',
      Buffer.from(`-----BEGIN PUBLIC KEY-----\n${spki.toString('base64')}\n-----END PUBLIC KEY-----`),
    ],
    ['CRLF and white space around', Buffer.from(`\n  ${text.replaceAll('\n', '\r\n')}\n\n`)],
  ])('%s', (_, file) => {
    expect(parsePublicKey(file, 'key').digest).toBe(digest('sha256', spki).toString('hex'));
  });

  test.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'KEY_INVALID'],
    [
      'a private key',
      Buffer.from(pairs.p256.privateKey.export({ type: 'pkcs8', format: 'pem' })),
      'KEY_INVALID',
    ],
    [
      'an old private key',
      Buffer.from(pairs.p256.privateKey.export({ type: 'sec1', format: 'pem' })),
      'KEY_INVALID',
    ],
    ['a certificate', pem('CERTIFICATE', spki), 'KEY_INVALID'],
    ['two keys', Buffer.from(text + text), 'KEY_INVALID'],
    ['text before', Buffer.from(`key:\n${text}`), 'KEY_INVALID'],
    ['text after', Buffer.from(`${text}x`), 'KEY_INVALID'],
    ['another end', Buffer.from(text.replace('END PUBLIC', 'END PRIVATE')), 'KEY_INVALID'],
    ['no end', Buffer.from(text.slice(0, 200)), 'KEY_INVALID'],
    ['bad base64', Buffer.from(text.replace('MII', 'M=I')), 'KEY_INVALID'],
    ['headers', Buffer.from(text.replace('KEY-----\n', 'KEY-----\nProc-Type: 4\n')), 'KEY_INVALID'],
    ['no UTF-8', Buffer.from([0xff, 0xfe]), 'KEY_INVALID'],
    ['an RSA key that is none', pem('RSA PUBLIC KEY', Buffer.from([0x30, 0])), 'KEY_INVALID'],
    [
      'an RSA key with trailing octets',
      pem('RSA PUBLIC KEY', Buffer.concat([pkcs1, Buffer.from([0])])),
      'KEY_INVALID',
    ],
    [
      'an RSA key of 1024 bits',
      pem(
        'RSA PUBLIC KEY',
        generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({
          type: 'pkcs1',
          format: 'der',
        }),
      ),
      'KEY_UNSUPPORTED',
    ],
    ['a SPKI that is none', pem('PUBLIC KEY', Buffer.from('x')), 'KEY_INVALID'],
  ])('%s', (_, file, code) => {
    expect(outcome(() => parsePublicKey(file, 'key'))).toBe(code);
  });

  test('a private key is named, and nothing of it shown', () => {
    const file = Buffer.from(pairs.p256.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    expect(() => parsePublicKey(file, 'key')).toThrow(
      expect.objectContaining({
        reason: expect.objectContaining({
          found: 'PEM PRIVATE KEY',
          hint: expect.stringContaining('public half'),
        }),
      }),
    );
  });
  test('several blocks', () => {
    expect(readPemBlocks(text + text, 'chain')).toHaveLength(2);
    expect(readPem(Buffer.from(text), 'x').label).toBe('PUBLIC KEY');
    expect(outcome(() => readPemBlocks(`${text}\n${text}`, 'chain'))).toHaveLength(2);
    expect(outcome(() => readPemBlocks(`${text}x${text}`, 'chain'))).toBe('KEY_INVALID');
    expect(outcome(() => readPemBlocks('', 'chain'))).toBe('KEY_INVALID');
  });
  test('a long text without an end takes no long time', () => {
    const started = performance.now();
    expect(outcome(() => readPem(Buffer.from(`-----BEGIN ${'A '.repeat(100_000)}`), 'x'))).toBe(
      'KEY_INVALID',
    );
    expect(outcome(() => readPem(Buffer.from(`-----BEGIN A-----\n${'A\n'.repeat(200_000)}`), 'x'))).toBe(
      'KEY_INVALID',
    );
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

/** A signature, or one of its octets, its length or its data changed. */
const mutation = fc.record({
  at: fc.nat(600),
  bit: fc.constantFrom(0, 1, 2, 4, 8, 16, 32, 64, 128),
  cut: fc.constantFrom(0, 0, 0, 0, 1, 5),
  add: fc.constantFrom(0, 0, 0, 1),
});

function mutate(bytes: Buffer, how: { at: number; bit: number; cut: number; add: number }): Buffer {
  const copy = Buffer.concat([bytes.subarray(0, bytes.length - how.cut), Buffer.alloc(how.add)]);
  const index = how.at % Math.max(copy.length, 1);
  copy[index] = (copy[index] ?? 0) ^ how.bit;
  return copy;
}

describe('signatures: the verdict of node:crypto, of valid ones and of mutants', () => {
  const hashes: readonly HashAlgorithm[] = ['sha256', 'sha384', 'sha512'];
  const nodeHash = (pair: Pair, hash: HashAlgorithm): HashAlgorithm | null =>
    pair === 'ed25519' ? null : hash;

  test.each(kinds)('%s over data', (pair) => {
    const key = parseSpki(spkiOf(pairs[pair].publicKey));
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.constantFrom(...hashes),
        mutation,
        (data, hash, how) => {
          const genuine = sign(nodeHash(pair, hash), data, pairs[pair].privateKey);
          expect(verifySignature(key, hash, data, genuine)).toBe(true);
          const mutant = mutate(genuine, how);
          let expected = false;
          try {
            expected = verify(nodeHash(pair, hash), data, createPublicKey(pairs[pair].privateKey), mutant);
          } catch {
            // OpenSSL's own way to say no.
          }
          expect(verifySignature(key, hash, data, mutant)).toBe(expected);
        },
      ),
      { numRuns: 30 },
    );
  });

  test.each(['p256', 'p384', 'p521', 'rsa'] as const)('%s over a digest', (pair) => {
    const key = parseSpki(spkiOf(pairs[pair].publicKey));
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.constantFrom(...hashes),
        mutation,
        (data, hash, how) => {
          const known = digest(hash, data);
          const genuine = sign(hash, data, pairs[pair].privateKey);
          expect(verifyDigestSignature(key, hash, known, genuine, verifyEcdsaDigest)).toBe(true);
          const mutant = mutate(genuine, how);
          expect(verifyDigestSignature(key, hash, known, mutant, verifyEcdsaDigest)).toBe(
            verifySignature(key, hash, data, mutant),
          );
          const other = digest(hash, Buffer.concat([data, Buffer.from('x')]));
          expect(verifyDigestSignature(key, hash, other, genuine, verifyEcdsaDigest)).toBe(false);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('an RSA signature with another hash in its DigestInfo', () => {
    const key = parseSpki(spkiOf(pairs.rsa.publicKey));
    const signature = sign('sha512', Buffer.from('x'), pairs.rsa.privateKey);
    expect(
      verifyDigestSignature(key, 'sha256', digest('sha256', Buffer.from('x')), signature, undefined),
    ).toBe(false);
  });

  test('Ed25519, and ECDSA without its engine, need the artifact itself', () => {
    const attempt = (pair: Pair): unknown =>
      outcome(() =>
        verifyDigestSignature(
          parseSpki(spkiOf(pairs[pair].publicKey)),
          'sha256',
          Buffer.alloc(32),
          Buffer.alloc(64),
          undefined,
        ),
      );
    expect(attempt('ed25519')).toBe('ARTIFACT_CONTENT_REQUIRED');
    expect(attempt('p256')).toBe('ARTIFACT_CONTENT_REQUIRED');
    expect(attempt('rsa')).toBe(false);
    for (const pair of ['ed25519', 'rsa'] as const)
      expect(
        verifyEcdsaDigest(parseSpki(spkiOf(pairs[pair].publicKey)), Buffer.alloc(32), Buffer.alloc(64)),
      ).toBe(false);
  });

  test('keys of fixtures are the same each time', () => {
    expect(makeKey('p256', 'x').spki).toEqual(makeKey('p256', 'x').spki);
  });
});

test('a key is prepared whatever it is, and one off its curve is refused when it is used', () => {
  const curve = write.sequence(
    write.sequence(write.oid('1.2.840.10045.2.1'), write.oid('1.2.840.10045.3.1.7')),
    write.bitString(Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)])),
  );
  const offCurve = parseSpki(curve);
  const sound = parseSpki(spkiOf(pairs.p256.publicKey));
  for (const key of [offCurve, sound]) expect(prepareVerification(key)).toBeUndefined();
  const signature = sign('sha256', Buffer.from('x'), pairs.p256.privateKey);
  expect(outcome(() => verifyPayload(offCurve, Buffer.from('x'), signature))).toBe('KEY_INVALID');
  expect(verifyPayload(sound, Buffer.from('x'), signature)).toBe(true);
  expect(verifyPayload(sound, Buffer.from('y'), signature)).toBe(false);
});
