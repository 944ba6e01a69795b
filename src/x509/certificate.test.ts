import { describe, expect, test } from 'vitest';
import { limits } from '#core/limits';
import { signatureAlgorithm, write } from '../../test/sigstore/material.ts';
import { tlvLongLength } from '../../test/sigstore/ber.ts';
import { makeEvidence } from '../../test/sigstore/make-evidence.ts';
import { fingerprint, parseCertificate } from './certificate.ts';
import { isIssuedBy } from './path.ts';
import { outcome, name, time, extension, certificate } from '../../test/sigstore/certificate-parts.ts';

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
