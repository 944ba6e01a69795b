import { describe, expect, test } from 'vitest';
import {
  basicConstraints as basic,
  type Extension,
  issueCertificate,
  keyUsage as usageOf,
  write,
} from '../../test/sigstore/material.ts';
import { makeKey, serialOf } from '../../test/sigstore/keys.ts';
import { parseCertificate, type Certificate } from './certificate.ts';
import { checkAuthorities, isIssuedBy, isValidAt } from './path.ts';
import { outcome } from '../../test/sigstore/certificate-parts.ts';

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
