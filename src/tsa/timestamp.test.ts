import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { parseCertificate } from '#core/x509/certificate';
import { nameDer, signatureAlgorithm, write } from '../../test/sigstore/material.ts';
import { tlvLongLength } from '../../test/sigstore/ber.ts';
import { digest, makeKey, type Hash, type TestKey } from '../../test/sigstore/keys.ts';
import {
  makeTimestampAuthority,
  timestamp,
  type TimestampAuthority as Maker,
} from '../../test/sigstore/timestamp-authority.ts';
import { makeWorld } from '../../test/sigstore/world.ts';
import { verifyTimestamp, type TimestampAuthority } from './verify-timestamp.ts';

function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof EdgesealError) return error.code;
    throw error;
  }
}

const at = new Date('2026-01-15T10:00:00Z');
const world = makeWorld();
const data = Buffer.from('a signature');
const authority = (maker: Maker, change: Partial<TimestampAuthority> = {}): TimestampAuthority => ({
  uri: maker.uri,
  chain: maker.chain.map(parseCertificate),
  validFrom: Date.parse('2025-01-01T00:00:00Z'),
  validTo: Number.POSITIVE_INFINITY,
  ...change,
});
const trusted = authority(world.tsa);
const verdict = (response: Uint8Array, authorities: readonly TimestampAuthority[] = [trusted]): unknown =>
  outcome(() => verifyTimestamp(response, data, authorities, 'timestamps[0]').time);

const oids = {
  signedData: '1.2.840.113549.1.7.2',
  data: '1.2.840.113549.1.7.1',
  info: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  certificateV1: '1.2.840.113549.1.9.16.2.12',
  certificateV2: '1.2.840.113549.1.9.16.2.47',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
} as const;
const algorithm = (oid: string): Buffer => write.sequence(write.oid(oid));

/** A token in parts, each of which may be replaced; what follows from a part follows. */
interface Parts {
  readonly key?: TestKey;
  readonly hash?: Hash;
  readonly infoVersion?: Buffer;
  readonly policy?: Buffer;
  readonly imprint?: Buffer;
  readonly serial?: Buffer;
  readonly time?: Buffer;
  readonly more?: readonly Buffer[];
  readonly contentType?: Buffer;
  readonly attributeType?: Buffer;
  readonly messageDigest?: Buffer;
  readonly attributes?: (list: Buffer[]) => Buffer[];
  readonly version?: Buffer;
  readonly certificates?: readonly Buffer[];
  readonly crls?: readonly Buffer[];
  readonly signerVersion?: Buffer;
  readonly sid?: Buffer;
  readonly signatureAlgorithm?: Buffer;
  readonly unsigned?: readonly Buffer[];
  readonly signers?: (one: Buffer) => Buffer[];
  readonly status?: Buffer;
  readonly outer?: string;
  readonly after?: Buffer;
}

function token(parts: Parts = {}): Buffer {
  const key = parts.key ?? world.tsa.key;
  const hash = parts.hash ?? 'sha256';
  const [certificate = Buffer.alloc(0)] = world.tsa.chain;
  const info = write.sequence(
    parts.infoVersion ?? write.integer(1),
    parts.policy ?? write.oid('1.2.3'),
    parts.imprint ?? write.sequence(algorithm(oids.sha256), write.octetString(digest('sha256', data))),
    parts.serial ?? write.integer(7),
    parts.time ?? write.generalizedTime(at),
    ...(parts.more ?? []),
  );
  const id = write.sequence(write.octetString(digest('sha256', certificate)));
  const usual = [
    write.sequence(write.oid(oids.contentType), write.setOf(parts.attributeType ?? write.oid(oids.info))),
    write.sequence(
      write.oid(oids.messageDigest),
      write.setOf(parts.messageDigest ?? write.octetString(digest(hash, info))),
    ),
    write.sequence(write.oid(oids.certificateV2), write.setOf(write.sequence(write.sequence(id)))),
  ];
  const attributes = write.setOf(...(parts.attributes?.(usual) ?? usual));
  const signer = write.sequence(
    parts.signerVersion ?? write.integer(1),
    parts.sid ?? write.sequence(nameDer(world.tsa.leaf.issuer), write.integer(world.tsa.leaf.serial)),
    algorithm(oids[hash]),
    Buffer.concat([Buffer.from([0xa0]), attributes.subarray(1)]),
    parts.signatureAlgorithm ?? signatureAlgorithm(key.type, hash),
    write.octetString(key.sign(attributes, hash)),
    ...(parts.unsigned ?? []),
  );
  const signed = write.sequence(
    parts.version ?? write.integer(3),
    write.setOf(algorithm(oids[hash])),
    write.sequence(parts.contentType ?? write.oid(oids.info), write.context(0, write.octetString(info))),
    ...(parts.certificates === undefined ? [] : [write.context(0, ...parts.certificates)]),
    ...(parts.crls === undefined ? [] : [write.context(1, ...parts.crls)]),
    write.tlv(0x31, ...(parts.signers?.(signer) ?? [signer])),
  );
  const whole = write.sequence(write.oid(parts.outer ?? oids.signedData), write.context(0, signed));
  return write.sequence(
    parts.status ?? write.sequence(write.integer(0)),
    whole,
    ...(parts.after === undefined ? [] : [parts.after]),
  );
}

const extension = (critical: boolean): Buffer =>
  write.context(
    1,
    write.sequence(
      write.oid('1.2.3'),
      ...(critical ? [write.boolean(true)] : []),
      write.octetString(Buffer.from([5, 0])),
    ),
  );

describe('RFC 3161 tokens that hold', () => {
  test.each<[string, Buffer]>([
    ['of the authority', timestamp(world.tsa, data, { time: at })],
    ['made of parts', token()],
    ['with the certificate', token({ certificates: world.tsa.chain })],
    [
      'with another certificate too',
      token({ certificates: [...makeWorld('x').tsa.chain, ...world.tsa.chain] }),
    ],
    ['granted with modifications', token({ status: write.sequence(write.integer(1)) })],
    [
      'with a status text',
      token({ status: write.sequence(write.integer(0), write.sequence(write.utf8String('ok'))) }),
    ],
    ['SHA-384', token({ hash: 'sha384' })],
    [
      'SHA-512 imprint',
      token({ imprint: write.sequence(algorithm(oids.sha512), write.octetString(digest('sha512', data))) }),
    ],
    [
      'with accuracy, ordering, nonce and name',
      token({
        more: [
          write.sequence(write.integer(1)),
          write.boolean(true),
          write.integer(9),
          write.context(0, write.context(4, nameDer({ commonName: 'x' }))),
        ],
      }),
    ],
    ['with an extension that is not critical', token({ more: [extension(false)] })],
    ['with revocation lists', token({ crls: [] })],
    ['with unsigned attributes', token({ unsigned: [write.context(1)] })],
    [
      'with the hash open in the signature algorithm',
      token({ signatureAlgorithm: algorithm('1.2.840.10045.2.1') }),
    ],
    [
      'NULL parameters',
      token({
        imprint: write.sequence(
          write.sequence(write.oid(oids.sha256), write.nullValue()),
          write.octetString(digest('sha256', data)),
        ),
      }),
    ],
    [
      'signingCertificate of SHA-1',
      token({
        attributes: ([type = Buffer.alloc(0), message = Buffer.alloc(0)]) => [
          type,
          message,
          write.sequence(
            write.oid(oids.certificateV1),
            write.setOf(
              write.sequence(write.sequence(write.sequence(write.octetString(sha1(world.tsa.chain[0]))))),
            ),
          ),
        ],
      }),
    ],
  ])('%s', (_, response) => {
    expect(verdict(response)).toBe(at.getTime());
  });
  test('fractions of a second', () => {
    for (const ms of [1, 10, 100, 120, 999]) {
      const time = new Date(at.getTime() + ms);
      expect(verdict(token({ time: write.generalizedTime(time) }))).toBe(time.getTime());
    }
  });
  test('keys of other kinds', () => {
    for (const type of ['p384', 'rsa', 'ed25519'] as const) {
      const maker = makeTimestampAuthority(`tsa-${type}`, { type });
      const response = timestamp(maker, data, { time: at, hash: type === 'ed25519' ? 'sha512' : 'sha256' });
      expect(verdict(response, [authority(maker)]), type).toBe(at.getTime());
    }
  });
  test('a root that lists only the issuer: the token brings the certificate', () => {
    const chain = trusted.chain.slice(1);
    expect(verdict(token({ certificates: world.tsa.chain }), [{ ...trusted, chain }])).toBe(at.getTime());
    expect(verdict(token(), [{ ...trusted, chain }])).toBe('TIMESTAMP_UNTRUSTED');
  });
  test('an unusable authority beside the right one', () => {
    const broken: TimestampAuthority = {
      ...trusted,
      get chain(): never {
        throw new EdgesealError('TRUST_ROOT_INVALID', 'broken');
      },
    };
    expect(verdict(token(), [broken, trusted])).toBe(at.getTime());
    expect(verdict(token(), [broken])).toBe('TRUST_ROOT_INVALID');
  });
});

function sha1(bytes: Uint8Array = Buffer.alloc(0)): Buffer {
  return hash('sha1', bytes, 'buffer');
}

const twice = (list: Buffer[]): Buffer[] => [...list, ...list.slice(0, 1)];
const dropping =
  (index: number) =>
  (list: Buffer[]): Buffer[] =>
    list.filter((_, place) => place !== index);

describe('and tokens that do not', () => {
  test.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'TIMESTAMP_INVALID'],
    ['an empty response', write.sequence(), 'TIMESTAMP_INVALID'],
    ['rejected', token({ status: write.sequence(write.integer(2)) }), 'TIMESTAMP_INVALID'],
    ['no token', write.sequence(write.sequence(write.integer(0))), 'TIMESTAMP_INVALID'],
    ['something after the token', token({ after: write.nullValue() }), 'TIMESTAMP_INVALID'],
    ['trailing octets', Buffer.concat([token(), Buffer.from([0])]), 'TIMESTAMP_INVALID'],
    ['a long length', tlvLongLength(0x30, token().subarray(4)), 'TIMESTAMP_INVALID'],
    ['other content', token({ outer: oids.data }), 'TIMESTAMP_INVALID'],
    ['SignedData version 1', token({ version: write.integer(1) }), 'TIMESTAMP_INVALID'],
    ['content that is no TSTInfo', token({ contentType: write.oid(oids.data) }), 'TIMESTAMP_INVALID'],
    [
      'an attribute of another content type',
      token({ attributeType: write.oid(oids.data) }),
      'TIMESTAMP_INVALID',
    ],
    ['no content type', token({ attributes: dropping(0) }), 'TIMESTAMP_INVALID'],
    ['no message digest', token({ attributes: dropping(1) }), 'TIMESTAMP_INVALID'],
    ['no signing certificate', token({ attributes: dropping(2) }), 'TIMESTAMP_INVALID'],
    ['an attribute twice', token({ attributes: twice }), 'TIMESTAMP_INVALID'],
    [
      'a message digest that is no OCTET STRING',
      token({ messageDigest: write.integer(1) }),
      'TIMESTAMP_INVALID',
    ],
    [
      'another message digest',
      token({ messageDigest: write.octetString(Buffer.alloc(32)) }),
      'TIMESTAMP_UNTRUSTED',
    ],
    ['TSTInfo version 2', token({ infoVersion: write.integer(2) }), 'TIMESTAMP_INVALID'],
    ['no policy', token({ policy: write.nullValue() }), 'TIMESTAMP_INVALID'],
    [
      'a SHA-1 imprint',
      token({ imprint: write.sequence(algorithm(oids.sha1), write.octetString(Buffer.alloc(20))) }),
      'TIMESTAMP_INVALID',
    ],
    [
      'another imprint',
      token({ imprint: write.sequence(algorithm(oids.sha256), write.octetString(Buffer.alloc(32))) }),
      'TIMESTAMP_MISMATCH',
    ],
    [
      'a cut imprint',
      token({
        imprint: write.sequence(
          algorithm(oids.sha256),
          write.octetString(digest('sha256', data).subarray(1)),
        ),
      }),
      'TIMESTAMP_MISMATCH',
    ],
    ['UTCTime', token({ time: write.time(at) }), 'TIMESTAMP_INVALID'],
    ['a local time', token({ time: write.tlv(0x18, Buffer.from('20260115100000')) }), 'TIMESTAMP_INVALID'],
    [
      'trailing zeros in the fraction',
      token({ time: write.tlv(0x18, Buffer.from('20260115100000.10Z')) }),
      'TIMESTAMP_INVALID',
    ],
    ['no serial number', token({ serial: write.nullValue() }), 'TIMESTAMP_INVALID'],
    ['a critical extension', token({ more: [extension(true)] }), 'TIMESTAMP_INVALID'],
    ['an unknown field', token({ more: [write.context(2)] }), 'TIMESTAMP_INVALID'],
    ['fields out of order', token({ more: [write.integer(1), write.boolean(true)] }), 'TIMESTAMP_INVALID'],
    ['no signer', token({ signers: () => [] }), 'TIMESTAMP_INVALID'],
    ['two signers', token({ signers: (one) => [one, one] }), 'TIMESTAMP_INVALID'],
    ['a signer named by key id', token({ signerVersion: write.integer(3) }), 'TIMESTAMP_INVALID'],
    [
      'another serial number',
      token({ sid: write.sequence(nameDer(world.tsa.leaf.issuer), write.integer(1)) }),
      'TIMESTAMP_UNTRUSTED',
    ],
    [
      'another issuer',
      token({ sid: write.sequence(nameDer({ commonName: 'x' }), write.integer(world.tsa.leaf.serial)) }),
      'TIMESTAMP_UNTRUSTED',
    ],
    ['another key', token({ key: makeKey('p256', 'stranger') }), 'TIMESTAMP_UNTRUSTED'],
    [
      'another hash in the signature algorithm',
      token({ signatureAlgorithm: signatureAlgorithm('p256', 'sha512') }),
      'TIMESTAMP_UNTRUSTED',
    ],
    [
      'another kind of signature algorithm',
      token({ signatureAlgorithm: signatureAlgorithm('rsa', 'sha256') }),
      'TIMESTAMP_UNTRUSTED',
    ],
    [
      'an unknown signature algorithm',
      token({ signatureAlgorithm: algorithm('1.2.840.10045.4.1') }),
      'TIMESTAMP_INVALID',
    ],
    ['something after the signer', token({ unsigned: [write.nullValue()] }), 'TIMESTAMP_INVALID'],
  ])('%s', (_, response, code) => {
    expect(verdict(response)).toBe(code);
  });

  test('each bit counts: no mutant is believed for another time, none is untyped', () => {
    const genuine = token();
    for (let index = 0; index < genuine.length; index++) {
      const mutant = Buffer.from(genuine);
      mutant[index] = (mutant[index] ?? 0) ^ 1;
      expect([at.getTime(), 'TIMESTAMP_INVALID', 'TIMESTAMP_MISMATCH', 'TIMESTAMP_UNTRUSTED']).toContain(
        verdict(mutant),
      );
    }
  });
});

describe('authorities', () => {
  const from = at.getTime();
  test.each<[string, Partial<TimestampAuthority>, unknown]>([
    ['both ends are inside', { validFrom: from, validTo: from }, from],
    ['over', { validTo: from - 1 }, 'TIMESTAMP_OUTSIDE_VALIDITY'],
    ['not yet', { validFrom: from + 1 }, 'TIMESTAMP_OUTSIDE_VALIDITY'],
    ['of no certificate', { chain: [] }, 'TIMESTAMP_UNTRUSTED'],
  ])('%s', (_, change, expected) => {
    expect(verdict(token(), [{ ...trusted, ...change }])).toBe(expected);
  });
  test('an old window of the same authority beside the one in force', () => {
    expect(verdict(token(), [{ ...trusted, validTo: from - 1 }, trusted])).toBe(from);
  });
  test('none', () => {
    expect(verdict(token(), [])).toBe('TIMESTAMP_UNTRUSTED');
  });
  test('a certificate that expired', () => {
    const window = { notBefore: new Date(from - 2000), notAfter: new Date(from - 1000) };
    const maker = makeTimestampAuthority('expired', { window });
    const stamp = (time: Date): unknown => verdict(timestamp(maker, data, { time }), [authority(maker)]);
    expect([stamp(window.notBefore), stamp(window.notAfter), stamp(at)]).toEqual([
      window.notBefore.getTime(),
      window.notAfter.getTime(),
      'TIMESTAMP_OUTSIDE_VALIDITY',
    ]);
  });
});
