import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { limits } from '#core/limits';
import * as write from '../../release/local/der.ts';
import { tlvLongLength } from '../../test/sigstore/ber.ts';
import { signatureAlgorithm } from '../../release/local/signing-key.ts';
import { makeKey, serialOf } from '../../test/sigstore/keys.ts';
import { makeEvidence } from '../../test/sigstore/make-evidence.ts';
import {
  basicConstraints as basic,
  issueCertificate,
  keyUsage as usageOf,
  nameDer,
  type Extension,
} from '../../release/local/x509.ts';
import { fingerprint, parseCertificate, type Certificate } from './certificate.ts';
import {
  basicConstraints,
  extendedKeyUsage,
  keyUsage,
  oids,
  refuseUnknownCritical,
  subjectAlternativeName,
} from './extensions.ts';
import { checkAuthorities, isIssuedBy, isValidAt } from './path.ts';

function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof EdgesealError) return error.code;
    throw error;
  }
}

const key = makeKey('p256', 'certificate-test');
const name = nameDer({ commonName: 'ca' });

interface Parts {
  readonly version?: Buffer;
  readonly serial?: Buffer;
  readonly algorithm?: Buffer;
  readonly outerAlgorithm?: Buffer;
  readonly issuer?: Buffer;
  readonly validity?: Buffer;
  readonly spki?: Buffer;
  readonly unique?: Buffer;
  readonly extensions?: Buffer;
  readonly signature?: Buffer;
  readonly more?: Buffer;
}

const time = (text: string): Buffer => write.tlv(text.length > 13 ? 0x18 : 0x17, Buffer.from(text));
const extension = (oid: string, value: Uint8Array, critical?: Buffer): Buffer =>
  write.sequence(write.oid(oid), ...(critical === undefined ? [] : [critical]), write.octetString(value));
const oneExtension = write.context(3, write.sequence(extension('1.2.3', write.nullValue())));

function certificate(parts: Parts = {}): Buffer {
  const algorithm = parts.algorithm ?? signatureAlgorithm('p256', 'sha256');
  const tbs = write.sequence(
    parts.version ?? write.context(0, write.integer(2)),
    parts.serial ?? write.integer(1),
    algorithm,
    parts.issuer ?? name,
    parts.validity ?? write.sequence(time('260115100000Z'), time('260115101000Z')),
    name,
    parts.spki ?? key.spki,
    ...(parts.unique === undefined ? [] : [parts.unique]),
    parts.extensions ?? oneExtension,
  );
  return write.sequence(
    tbs,
    parts.outerAlgorithm ?? algorithm,
    parts.signature ?? write.bitString(key.sign(tbs)),
    ...(parts.more === undefined ? [] : [parts.more]),
  );
}

describe('certificates (RFC 5280 section 4.1)', () => {
  test('as it should be', () => {
    const read = parseCertificate(certificate());
    expect(read).toMatchObject({
      notBefore: Date.parse('2026-01-15T10:00:00Z'),
      notAfter: Date.parse('2026-01-15T10:10:00Z'),
      signatureKind: 'ecdsa',
      signatureHash: 'sha256',
      issuer: name,
      subject: name,
    });
    expect(isIssuedBy(read, read)).toBe(true);
    expect(fingerprint(read)).toMatch(/^[0-9a-f]{64}$/);
    expect([...read.extensions.keys()]).toEqual(['1.2.3']);
  });

  test.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'CERTIFICATE_INVALID'],
    ['an empty sequence', write.sequence(), 'CERTIFICATE_INVALID'],
    ['trailing octets', Buffer.concat([certificate(), Buffer.from([0])]), 'CERTIFICATE_INVALID'],
    ['a fourth field', certificate({ more: write.nullValue() }), 'CERTIFICATE_INVALID'],
    ['a long length', tlvLongLength(0x30, certificate().subarray(4)), 'CERTIFICATE_INVALID'],
    [
      'too large',
      certificate({
        extensions: write.context(3, write.sequence(extension('1.2.3', Buffer.alloc(limits.certificate)))),
      }),
      'CERTIFICATE_INVALID',
    ],
    ['version 1, left out', certificate({ version: Buffer.alloc(0) }), 'CERTIFICATE_INVALID'],
    ['version 2', certificate({ version: write.context(0, write.integer(1)) }), 'CERTIFICATE_INVALID'],
    ['version 4', certificate({ version: write.context(0, write.integer(3)) }), 'CERTIFICATE_INVALID'],
    [
      'two versions',
      certificate({ version: write.context(0, write.integer(2), write.integer(2)) }),
      'CERTIFICATE_INVALID',
    ],
    [
      'a serial number that is not minimal',
      certificate({ serial: Buffer.from([2, 2, 0, 1]) }),
      'CERTIFICATE_INVALID',
    ],
    [
      'two algorithms',
      certificate({ outerAlgorithm: signatureAlgorithm('p256', 'sha384') }),
      'CERTIFICATE_INVALID',
    ],
    [
      'ECDSA with SHA-1',
      certificate({ algorithm: write.sequence(write.oid('1.2.840.10045.4.1')) }),
      'CERTIFICATE_INVALID',
    ],
    [
      'RSA with SHA-1',
      certificate({ algorithm: write.sequence(write.oid('1.2.840.113549.1.1.5'), write.nullValue()) }),
      'CERTIFICATE_INVALID',
    ],
    [
      'RSA without NULL',
      certificate({ algorithm: write.sequence(write.oid('1.2.840.113549.1.1.11')) }),
      'CERTIFICATE_INVALID',
    ],
    [
      'ECDSA with NULL',
      certificate({ algorithm: write.sequence(write.oid('1.2.840.10045.4.3.2'), write.nullValue()) }),
      'CERTIFICATE_INVALID',
    ],
    ['an issuer that is no sequence', certificate({ issuer: write.nullValue() }), 'CERTIFICATE_INVALID'],
    [
      'a validity that ends before it begins',
      certificate({ validity: write.sequence(time('260115100001Z'), time('260115100000Z')) }),
      'CERTIFICATE_INVALID',
    ],
    [
      'three times',
      certificate({
        validity: write.sequence(time('260115100000Z'), time('260115100000Z'), time('260115100000Z')),
      }),
      'CERTIFICATE_INVALID',
    ],
    ['one time', certificate({ validity: write.sequence(time('260115100000Z')) }), 'CERTIFICATE_INVALID'],
    [
      'a fraction of a second',
      certificate({ validity: write.sequence(time('20260115100000.5Z'), time('20270115100000Z')) }),
      'CERTIFICATE_INVALID',
    ],
    [
      'a time that does not exist',
      certificate({ validity: write.sequence(time('260230100000Z'), time('270115100000Z')) }),
      'CERTIFICATE_INVALID',
    ],
    [
      'a local time',
      certificate({ validity: write.sequence(time('260115100000'), time('270115100000Z')) }),
      'CERTIFICATE_INVALID',
    ],
    ['a broken key', certificate({ spki: write.sequence() }), 'KEY_INVALID'],
    [
      'an unknown curve',
      certificate({
        spki: write.sequence(
          write.sequence(write.oid('1.2.840.10045.2.1'), write.oid('1.2.3')),
          write.bitString(Buffer.alloc(65)),
        ),
      }),
      'KEY_UNSUPPORTED',
    ],
    [
      'an issuer id',
      certificate({ unique: write.contextPrimitive(1, Buffer.from([0])) }),
      'CERTIFICATE_INVALID',
    ],
    [
      'a subject id',
      certificate({ unique: write.contextPrimitive(2, Buffer.from([0])) }),
      'CERTIFICATE_INVALID',
    ],
    ['no extensions', certificate({ extensions: Buffer.alloc(0) }), 'CERTIFICATE_INVALID'],
    [
      'an empty list of extensions',
      certificate({ extensions: write.context(3, write.sequence()) }),
      'CERTIFICATE_INVALID',
    ],
    [
      'extensions that are a set',
      certificate({ extensions: write.context(3, write.setOf(extension('1.2.3', Buffer.alloc(0)))) }),
      'CERTIFICATE_INVALID',
    ],
    [
      'an extension twice',
      certificate({
        extensions: write.context(
          3,
          write.sequence(extension('1.2.3', Buffer.alloc(0)), extension('1.2.3', Buffer.alloc(0))),
        ),
      }),
      'CERTIFICATE_EXTENSION_DUPLICATE',
    ],
    [
      'critical FALSE written out',
      certificate({
        extensions: write.context(
          3,
          write.sequence(extension('1.2.3', Buffer.alloc(0), write.boolean(false))),
        ),
      }),
      'CERTIFICATE_INVALID',
    ],
    [
      'critical 01',
      certificate({
        extensions: write.context(
          3,
          write.sequence(extension('1.2.3', Buffer.alloc(0), Buffer.from([1, 1, 1]))),
        ),
      }),
      'CERTIFICATE_INVALID',
    ],
    [
      'an extension with more',
      certificate({
        extensions: write.context(
          3,
          write.sequence(write.sequence(write.oid('1.2.3'), write.octetString(), write.nullValue())),
        ),
      }),
      'CERTIFICATE_INVALID',
    ],
    [
      'unused bits in the signature',
      certificate({ signature: write.bitString(Buffer.from([0x80]), 7) }),
      'CERTIFICATE_INVALID',
    ],
  ])('%s', (_, der, code) => {
    expect(outcome(() => parseCertificate(der))).toBe(code);
  });

  test('no octet of a genuine one can be changed without a refusal or another signature', () => {
    const { certificate: der = Buffer.alloc(0), world } = makeEvidence();
    const issuer = parseCertificate(world.fulcio.chain[0] ?? Buffer.alloc(0));
    expect(isIssuedBy(parseCertificate(der), issuer)).toBe(true);
    for (let index = 0; index < der.length; index += 3) {
      const mutant = Buffer.from(der);
      mutant[index] = (mutant[index] ?? 0) ^ 0x10;
      expect(outcome(() => isIssuedBy(parseCertificate(mutant), issuer))).not.toBe(true);
    }
  });
});

const withExtension = (oid: string, value: Uint8Array, critical = false): Certificate =>
  parseCertificate(
    certificate({
      extensions: write.context(
        3,
        write.sequence(extension(oid, value, critical ? write.boolean(true) : undefined)),
      ),
    }),
  );
const plain = parseCertificate(certificate());
const bad = 'CERTIFICATE_EXTENSION_INVALID';

describe('extensions (RFC 5280 section 4.2)', () => {
  test.each<[string, Buffer, unknown]>([
    ['a CA', write.sequence(write.boolean(true)), { ca: true, pathLength: undefined }],
    [
      'a CA with a path length',
      write.sequence(write.boolean(true), write.integer(3)),
      { ca: true, pathLength: 3 },
    ],
    ['no CA', write.sequence(), { ca: false, pathLength: undefined }],
    ['FALSE written out', write.sequence(write.boolean(false)), bad],
    ['a path length without CA', write.sequence(write.integer(0)), bad],
    ['a negative path length', write.sequence(write.boolean(true), write.tlv(2, Buffer.from([0xff]))), bad],
    ['more', write.sequence(write.boolean(true), write.integer(0), write.nullValue()), bad],
    ['a set', write.setOf(write.boolean(true)), bad],
    ['an OCTET STRING', write.octetString(write.boolean(true)), bad],
    ['nothing', Buffer.alloc(0), bad],
    ['trailing octets', Buffer.concat([write.sequence(), Buffer.from([0])]), bad],
  ])('basic constraints: %s', (_, value, expected) => {
    expect(outcome(() => basicConstraints(withExtension(oids.basicConstraints, value)))).toEqual(expected);
  });

  test.each<[string, Buffer, unknown]>([
    ['signatures', write.bitString(Buffer.from([0x80]), 7), { digitalSignature: true, keyCertSign: false }],
    ['certificates', write.bitString(Buffer.from([0x04]), 2), { digitalSignature: false, keyCertSign: true }],
    ['both', write.bitString(Buffer.from([0x84]), 2), { digitalSignature: true, keyCertSign: true }],
    [
      'decipherOnly',
      write.bitString(Buffer.from([0x80, 0x80]), 7),
      { digitalSignature: true, keyCertSign: false },
    ],
    ['trailing zero bits', write.bitString(Buffer.from([0x80]), 0), bad],
    ['an INTEGER', write.integer(1), bad],
  ])('key usage: %s', (_, value, expected) => {
    expect(outcome(() => keyUsage(withExtension(oids.keyUsage, value)))).toEqual(expected);
  });

  test.each<[string, Buffer, unknown]>([
    ['code signing', write.sequence(write.oid(oids.codeSigning)), [oids.codeSigning]],
    ['two', write.sequence(write.oid('1.2.3'), write.oid('1.2.4')), ['1.2.3', '1.2.4']],
    ['none', write.sequence(), []],
    ['a text', write.sequence(write.utf8String('x')), bad],
    ['a bare OID', write.oid(oids.codeSigning), bad],
  ])('extended key usage: %s', (_, value, expected) => {
    expect(outcome(() => extendedKeyUsage(withExtension(oids.extendedKeyUsage, value)))).toEqual(expected);
  });

  test('absent', () => {
    expect(basicConstraints(plain)).toEqual({ ca: false, pathLength: undefined });
    expect(keyUsage(plain)).toBeUndefined();
    expect(extendedKeyUsage(plain)).toEqual([]);
  });

  const uri = (text: string): Buffer => write.contextPrimitive(6, Buffer.from(text));
  const email = (text: string): Buffer => write.contextPrimitive(1, Buffer.from(text));
  const other = (value: Buffer, oid = '1.3.6.1.4.1.57264.1.7'): Buffer =>
    write.context(0, write.oid(oid), write.context(0, value));
  const san = 'CERTIFICATE_SAN_INVALID';
  test.each<[string, Buffer, unknown]>([
    ['a URI', write.sequence(uri('https://a.example/b')), { type: 'uri', value: 'https://a.example/b' }],
    ['an e-mail address', write.sequence(email('a@b.example')), { type: 'email', value: 'a@b.example' }],
    ['a user name', write.sequence(other(write.utf8String('dév!x'))), { type: 'other-name', value: 'dév!x' }],
    ['none', write.sequence(), san],
    ['two', write.sequence(uri('a:b'), uri('a:c')), san],
    ['the same twice', write.sequence(uri('a:b'), uri('a:b')), san],
    ['an empty URI', write.sequence(uri('')), san],
    ['a space', write.sequence(uri('https://a.example /')), san],
    ['a line feed', write.sequence(uri('https://a.example\n')), san],
    ['NUL', write.sequence(email('a@b.example\u0000.evil')), san],
    ['not ASCII', write.sequence(uri('https://ex\u00e4mple')), san],
    ['a DNS name', write.sequence(write.contextPrimitive(2, Buffer.from('a.example'))), san],
    ['a directory name', write.sequence(write.context(4, name)), san],
    ['an IP address', write.sequence(write.contextPrimitive(7, Buffer.from([1, 2, 3, 4]))), san],
    ['another OtherName', write.sequence(other(write.utf8String('x'), '1.2.3')), san],
    ['an empty user name', write.sequence(other(write.utf8String(''))), san],
    ['a user name with an escape', write.sequence(other(write.utf8String('x\u001b[31m'))), san],
    ['a user name that is an IA5String', write.sequence(other(write.ia5String('x'))), bad],
    [
      'a user name with more',
      write.sequence(
        write.context(
          0,
          write.oid('1.3.6.1.4.1.57264.1.7'),
          write.context(0, write.utf8String('x'), write.nullValue()),
        ),
      ),
      bad,
    ],
    ['a set', write.setOf(uri('a:b')), bad],
  ])('alternative name: %s', (_, value, expected) => {
    expect(outcome(() => subjectAlternativeName(withExtension(oids.subjectAlternativeName, value)))).toEqual(
      expected,
    );
  });
  test('no alternative name', () => {
    expect(outcome(() => subjectAlternativeName(plain))).toBe(san);
  });

  test.each<[string, string, boolean, unknown]>([
    ['unknown', '1.2.3', false, undefined],
    ['unknown and critical', '1.2.3', true, 'CERTIFICATE_EXTENSION_UNKNOWN_CRITICAL'],
    ['known and critical', oids.keyUsage, true, undefined],
    [
      'known, not processed, and critical',
      oids.subjectKeyIdentifier,
      true,
      'CERTIFICATE_EXTENSION_UNKNOWN_CRITICAL',
    ],
    ['name constraints', '2.5.29.30', true, 'CERTIFICATE_EXTENSION_UNKNOWN_CRITICAL'],
    [
      'the poison of precertificates',
      '1.3.6.1.4.1.11129.2.4.3',
      true,
      'CERTIFICATE_EXTENSION_UNKNOWN_CRITICAL',
    ],
  ])('critical: %s', (_, oid, critical, code) => {
    expect(outcome(() => refuseUnknownCritical(withExtension(oid, write.nullValue(), critical)))).toBe(code);
  });
});

describe('paths (RFC 5280 section 6.1)', () => {
  const window = { notBefore: new Date('2025-01-01T00:00:00Z'), notAfter: new Date('2035-01-01T00:00:00Z') };
  const keyOf = (label: string) => makeKey('p384', `path/${label}`);
  const issue = (label: string, by: string, extensions: readonly Extension[], signer = by): Certificate =>
    parseCertificate(
      issueCertificate({
        subject: { commonName: label },
        subjectSpki: keyOf(label).spki,
        issuer: { commonName: by },
        issuerKey: keyOf(signer),
        ...window,
        serial: serialOf(label),
        extensions,
      }),
    );
  const ca = (pathLength?: number): Extension[] => [usageOf('certSign'), basic(true, pathLength)];
  const root = issue('root', 'root', ca());
  const middle = issue('middle', 'root', ca(0));

  test.each<[string, Certificate[], unknown]>([
    ['a root alone', [root], undefined],
    ['an intermediate and its root', [middle, root], undefined],
    ['nothing', [], undefined],
    ['the wrong order', [root, middle], 'CERTIFICATE_CHAIN_INVALID'],
    ['a stranger above', [middle, issue('other', 'other', ca())], 'CERTIFICATE_CHAIN_INVALID'],
    [
      'the right name, another key',
      [issue('middle', 'root', ca(), 'stranger'), root],
      'CERTIFICATE_CHAIN_INVALID',
    ],
    ['no CA', [issue('leaf', 'root', [usageOf('certSign')]), root], 'CERTIFICATE_CHAIN_INVALID'],
    [
      'a CA that may not sign certificates',
      [issue('x', 'root', [usageOf('digitalSignature'), basic(true)]), root],
      'CERTIFICATE_CHAIN_INVALID',
    ],
    ['a CA without key usage', [issue('x', 'root', [basic(true)]), root], 'CERTIFICATE_CHAIN_INVALID'],
    ['a path length too short', [issue('low', 'middle', ca()), middle, root], 'CERTIFICATE_CHAIN_INVALID'],
    [
      'a path length that suffices',
      [issue('low', 'high', ca()), issue('high', 'root', ca(1)), root],
      undefined,
    ],
    [
      'an unknown critical extension',
      [issue('x', 'root', [...ca(), { oid: '1.2.3', critical: true, value: write.nullValue() }]), root],
      'CERTIFICATE_EXTENSION_UNKNOWN_CRITICAL',
    ],
  ])('%s', (_, chain, code) => {
    expect(outcome(() => checkAuthorities(chain))).toBe(code);
  });

  test('an issuer is its name and its key', () => {
    expect(isIssuedBy(middle, root)).toBe(true);
    expect(isIssuedBy(root, middle)).toBe(false);
    expect(
      isIssuedBy(
        middle,
        parseCertificate(
          issueCertificate({
            subject: { commonName: 'root2' },
            subjectSpki: keyOf('root').spki,
            issuer: { commonName: 'root' },
            issuerKey: keyOf('root'),
            ...window,
            serial: serialOf('x'),
            extensions: ca(),
          }),
        ),
      ),
    ).toBe(false);
    expect(
      isIssuedBy(
        middle,
        parseCertificate(
          issueCertificate({
            subject: { commonName: 'root' },
            subjectSpki: makeKey('ed25519', 'x').spki,
            issuer: { commonName: 'root' },
            issuerKey: keyOf('root'),
            ...window,
            serial: serialOf('x'),
            extensions: ca(),
          }),
        ),
      ),
    ).toBe(false);
  });
  test.each([
    [-1, false],
    [0, true],
    [1, true],
  ])('both ends of validity are inside (%i ms)', (offset, valid) => {
    expect(isValidAt(root, root.notBefore + offset)).toBe(valid);
    expect(isValidAt(root, root.notAfter - offset)).toBe(valid);
  });
});
