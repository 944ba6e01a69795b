import { describe, expect, test } from 'vitest';
import { write } from '../../test/sigstore/material.ts';
import { parseCertificate, type Certificate } from './certificate.ts';
import {
  basicConstraints,
  extendedKeyUsage,
  keyUsage,
  oids,
  refuseUnknownCritical,
  subjectAlternativeName,
} from './extensions.ts';
import { outcome, name, extension, certificate } from '../../test/sigstore/certificate-parts.ts';

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
