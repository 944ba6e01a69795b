import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { verifySignature } from '#core/crypto/signature';
import { parseSpki } from '#core/crypto/public-key';
import {
  type Extension,
  fulcioOid,
  rawExtension,
  sctListExtension,
  utf8Extension,
  write,
} from '../../test/sigstore/material.ts';
import { tlvLongLength } from '../../test/sigstore/ber.ts';
import { makeCtLog } from '../../test/sigstore/ct-log.ts';
import { makeEvidence, type EvidenceOptions } from '../../test/sigstore/make-evidence.ts';
import { parseCertificate, type Certificate } from './certificate.ts';
import { fulcioExtensions } from './fulcio.ts';
import { embeddedScts, sctSignedData } from './sct.ts';

function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof EdgesealError) return error.code;
    throw error;
  }
}

const leaf = (edit: EvidenceOptions['leaf'] = {}): Certificate =>
  parseCertificate(makeEvidence({ leaf: edit }).certificate ?? Buffer.alloc(0));
/** A leaf whose Fulcio extensions are these alone. */
const withOnly = (...extensions: Extension[]): Certificate => leaf({ extensions: () => extensions });

const names = [
  [8, 'issuer'],
  [9, 'buildSignerUri'],
  [10, 'buildSignerDigest'],
  [11, 'runnerEnvironment'],
  [12, 'sourceRepositoryUri'],
  [13, 'sourceRepositoryDigest'],
  [14, 'sourceRepositoryRef'],
  [15, 'sourceRepositoryIdentifier'],
  [16, 'sourceRepositoryOwnerUri'],
  [17, 'sourceRepositoryOwnerIdentifier'],
  [18, 'buildConfigUri'],
  [19, 'buildConfigDigest'],
  [20, 'buildTrigger'],
  [21, 'runInvocationUri'],
  [22, 'sourceRepositoryVisibilityAtSigning'],
  [23, 'deploymentEnvironment'],
  [24, 'tokenSubject'],
] as const;

describe('Fulcio’s extensions', () => {
  test('of GitHub, all of them', () => {
    const { claims } = makeEvidence();
    expect(fulcioExtensions(leaf())).toMatchObject({
      issuer: claims.iss,
      githubWorkflowName: claims.workflow,
      sourceRepositoryUri: `https://github.com/${claims.repository}`,
      sourceRepositoryDigest: claims.sha,
      sourceRepositoryRef: claims.ref,
      buildTrigger: claims.event_name,
      tokenSubject: claims.sub,
    });
  });
  test.each(names)('.%i is %s', (number, name) => {
    expect(fulcioExtensions(withOnly(utf8Extension(number, 'välue')))).toEqual({ [name]: 'välue' });
    const value = write.utf8String('x');
    for (const wrong of [
      Buffer.from('raw'),
      Buffer.concat([value, Buffer.from([0])]),
      write.ia5String('x'),
      write.printableString('x'),
      write.octetString(value),
      tlvLongLength(0x0c, Buffer.from('x')),
      write.tlv(0x0c, Buffer.from([0xff])),
      write.utf8String(''),
      write.utf8String('x\ny'),
      write.utf8String('x\u0000'),
      write.utf8String('\u001b[2J'),
      Buffer.alloc(0),
    ])
      expect(outcome(() => fulcioExtensions(withOnly({ oid: fulcioOid(number), value: wrong })))).toBe(
        'CERTIFICATE_EXTENSION_INVALID',
      );
  });

  const old = [
    [1, 8, 'issuer', 'https://a.example'],
    [2, 20, 'buildTrigger', 'push'],
    [3, 13, 'sourceRepositoryDigest', 'ab'],
    [6, 14, 'sourceRepositoryRef', 'refs/heads/main'],
  ] as const;
  test.each(old)('.%i and .%i: %s', (before, now, name, value) => {
    expect(fulcioExtensions(withOnly(rawExtension(before, value)))).toEqual({ [name]: value });
    expect(fulcioExtensions(withOnly(rawExtension(before, value), utf8Extension(now, value)))).toEqual({
      [name]: value,
    });
    for (const other of [`${value}x`, value.toUpperCase(), ` ${value}`])
      expect(
        outcome(() => fulcioExtensions(withOnly(rawExtension(before, other), utf8Extension(now, value)))),
      ).toBe('CERTIFICATE_EXTENSION_CONTRADICTION');
  });
  test.each([1, 2, 3, 4, 5, 6])('.%i is raw text', (number) => {
    for (const value of [
      Buffer.from('a\nb'),
      Buffer.from('a\u0000'),
      Buffer.from([0xff]),
      Buffer.from('\ufeffx'),
      Buffer.alloc(0),
      write.utf8String('x'),
    ])
      expect(outcome(() => fulcioExtensions(withOnly({ oid: fulcioOid(number), value })))).toBe(
        'CERTIFICATE_EXTENSION_INVALID',
      );
  });

  test.each<[string, string | undefined, string, unknown]>([
    ['GitHub', 'https://github.com/o/r', 'o/r', 'https://github.com/o/r'],
    ['the old form alone', undefined, 'o/r', 'https://github.com/o/r'],
    ['another host', 'https://git.example/o/r', 'o/r', 'https://git.example/o/r'],
    ['another repository', 'https://github.com/o/r2', 'o/r', 'CERTIFICATE_EXTENSION_CONTRADICTION'],
    ['a part of the owner', 'https://github.com/evil-o/r', 'o/r', 'CERTIFICATE_EXTENSION_CONTRADICTION'],
    ['a group above', 'https://github.com/evil/o/r', 'o/r', 'CERTIFICATE_EXTENSION_CONTRADICTION'],
    [
      'a host in the old form',
      'https://github.com/o/r',
      'github.com/o/r',
      'CERTIFICATE_EXTENSION_CONTRADICTION',
    ],
    [
      'the URI in the old form',
      'https://github.com/o/r',
      'https://github.com/o/r',
      'CERTIFICATE_EXTENSION_CONTRADICTION',
    ],
    ['no https', 'http://github.com/o/r', 'o/r', 'CERTIFICATE_EXTENSION_CONTRADICTION'],
  ])('.5 and .12: %s', (_, uri, repository, expected) => {
    const extensions = [rawExtension(5, repository), ...(uri === undefined ? [] : [utf8Extension(12, uri)])];
    expect(outcome(() => fulcioExtensions(withOnly(...extensions)).sourceRepositoryUri)).toBe(expected);
  });

  test.each([
    ['.25', fulcioOid(25), 'CERTIFICATE_EXTENSION_INVALID'],
    ['.7, the type of a name', fulcioOid(7), 'CERTIFICATE_EXTENSION_INVALID'],
    ['.0', fulcioOid(0), 'CERTIFICATE_EXTENSION_INVALID'],
    ['.1.1', `${fulcioOid(1)}.1`, 'CERTIFICATE_EXTENSION_INVALID'],
    ['.100', fulcioOid(100), 'CERTIFICATE_EXTENSION_INVALID'],
    ['another arc of Sigstore', '1.3.6.1.4.1.57264.2.1', {}],
    ['somebody else’s', '1.2.3.4', {}],
  ])('not known: %s', (_, oid, expected) => {
    expect(outcome(() => fulcioExtensions(withOnly({ oid, value: write.utf8String('x') })))).toEqual(
      expected,
    );
  });
});

describe('signed certificate timestamps (RFC 6962 section 3)', () => {
  const { world } = makeEvidence();
  const issuer = parseCertificate(world.fulcio.chain[0] ?? Buffer.alloc(0));
  const verdict = (certificate: Certificate, by = issuer): unknown =>
    outcome(() =>
      embeddedScts(certificate).map((sct) =>
        verifySignature(
          parseSpki(world.ctLog.key.spki),
          'sha256',
          sctSignedData(sct, certificate, by),
          sct.signature,
        ),
      ),
    );
  test.each<[string, EvidenceOptions['leaf'], unknown]>([
    ['one', {}, [true]],
    ['two', { scts: [{}, { time: new Date(0) }] }, [true, true]],
    ['with extensions', { scts: [{ ctExtensions: Buffer.from([1, 2, 3]) }] }, [true]],
    ['a bad signature', { scts: [{ badSignature: true }] }, [false]],
    ['of another log', { scts: [{ log: makeCtLog('other') }] }, [false]],
    ['none', { scts: [] }, 'SCT_MISSING'],
  ])('%s', (_, edit, expected) => {
    expect(verdict(leaf(edit))).toEqual(expected);
  });
  test('for another issuer', () => {
    expect(verdict(leaf(), parseCertificate(world.fulcio.chain[1] ?? Buffer.alloc(0)))).toEqual([false]);
  });
  test('what is signed begins with version, type, time and kind of entry', () => {
    const [sct] = embeddedScts(leaf());
    if (sct === undefined) throw new Error('an SCT is expected');
    const signed = Buffer.from(sctSignedData(sct, leaf(), issuer));
    expect([...signed.subarray(0, 2)]).toEqual([0, 0]);
    expect(signed.readBigUInt64BE(2)).toBe(BigInt(sct.timestamp));
    expect(signed.readUInt16BE(10)).toBe(1);
  });

  const vector = (bytes: Uint8Array): Buffer =>
    Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
  const sct = (change: { version?: number; at?: Buffer; algorithm?: number[]; more?: Buffer } = {}): Buffer =>
    Buffer.concat([
      Buffer.from([change.version ?? 0]),
      Buffer.alloc(32),
      change.at ?? Buffer.alloc(8),
      vector(Buffer.alloc(0)),
      Buffer.from(change.algorithm ?? [4, 3]),
      vector(Buffer.from('sig')),
      change.more ?? Buffer.alloc(0),
    ]);
  const listOf = (scts: Buffer[]): Buffer => Buffer.from(sctListExtension(scts).value);
  const listed = (value: Buffer): unknown => {
    const extensions = (): Extension[] => [{ ...sctListExtension([]), value }];
    return outcome(() => embeddedScts(leaf({ scts: [], extensions })).map(({ kind }) => kind));
  };
  test.each<[string, Buffer, unknown]>([
    ['ECDSA', listOf([sct()]), ['ecdsa']],
    ['RSA', listOf([sct({ algorithm: [4, 1] })]), ['rsa']],
    ['version 2', listOf([sct({ version: 1 })]), 'SCT_INVALID'],
    ['SHA-1', listOf([sct({ algorithm: [2, 3] })]), 'SCT_INVALID'],
    ['an anonymous signature', listOf([sct({ algorithm: [4, 0] })]), 'SCT_INVALID'],
    ['a time beyond 2^53', listOf([sct({ at: Buffer.alloc(8, 0xff) })]), 'SCT_INVALID'],
    ['trailing octets', listOf([sct({ more: Buffer.from([0]) })]), 'SCT_INVALID'],
    ['one good, one cut', listOf([sct(), sct().subarray(0, 20)]), 'SCT_INVALID'],
    ['an empty list', write.octetString(vector(Buffer.alloc(0))), 'SCT_INVALID'],
    [
      'trailing octets after the list',
      write.octetString(vector(vector(sct())), Buffer.from([0])),
      'SCT_INVALID',
    ],
    ['a list longer than it is', write.octetString(Buffer.from([0, 9, 0])), 'SCT_INVALID'],
    ['no OCTET STRING', vector(vector(sct())), 'SCT_INVALID'],
    ['nothing', Buffer.alloc(0), 'SCT_INVALID'],
  ])('list: %s', (_, value, expected) => {
    expect(listed(value)).toEqual(expected);
  });
});
