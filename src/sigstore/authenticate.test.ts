import { describe, expect, test } from 'vitest';
import { parsePublicKey } from '#core/crypto/public-key';
import type { TrustedKey } from '#core/trust/trust';
import { makeKey } from '../../test/sigstore/keys.ts';
import {
  makeEvidence,
  type EvidenceFixture,
  type EvidenceOptions,
} from '../../test/sigstore/make-evidence.ts';
import { artifactOf, trustedKeyOf, trustOf } from '../../test/sigstore/trust.ts';
import { type Question, proven, outcome, iso } from '../../test/sigstore/question.ts';

describe('what is proved of a signer', () => {
  test('by a certificate', () => {
    const fixture = makeEvidence({ timestamps: [{}] });
    const { signers, content } = proven({ fixture });
    expect(content).toMatchObject({
      kind: 'dsse',
      payloadType: 'application/vnd.in-toto+json',
      payload: fixture.payload,
    });
    expect(signers).toMatchObject([
      {
        kind: 'certificate',
        identity: fixture.identity,
        identityType: 'uri',
        issuer: fixture.issuer,
        keyName: undefined,
        times: [
          { source: 'log', time: '2026-01-15T10:00:00.000Z', authority: fixture.world.rekorV1.baseUrl },
          {
            source: 'timestamp-authority',
            time: '2026-01-15T10:00:00.000Z',
            authority: fixture.world.tsa.uri,
          },
        ],
        logEntries: [
          {
            kind: 'dsse/0.0.1',
            index: '1006',
            inclusion: 'proof',
            integratedTime: '2026-01-15T10:00:00.000Z',
          },
        ],
      },
    ]);
  });
  test('by a key', () => {
    const fixture = makeEvidence({ signer: 'key' });
    expect(proven({ fixture }).signers).toMatchObject([
      {
        kind: 'key',
        keyName: 'key.pub',
        identity: undefined,
        issuer: undefined,
        extensions: {},
        certificateDigest: undefined,
      },
    ]);
  });
  test('an index that nothing but the bundle says is not reported', () => {
    const fixture = makeEvidence({
      logOptions: { promise: false },
      timestamps: [{}],
      edit: (bundle) => bundle.verificationMaterial.tlogEntries?.forEach((entry) => (entry.logIndex = '999')),
    });
    expect(proven({ fixture }).signers[0]?.logEntries).toMatchObject([
      { index: '6', integratedTime: undefined },
    ]);
  });
});

describe('keys', () => {
  const bundle = makeEvidence({ signer: 'key' });
  const key = trustedKeyOf(bundle);
  const stranger: TrustedKey = {
    ...key,
    name: 'stranger',
    key: parsePublicKey(
      Buffer.from(makeKey('p256', 'stranger').publicKey.export({ type: 'spki', format: 'pem' })),
      'x',
    ),
  };
  const { root } = trustOf(bundle);
  const withHint = (hint: string): EvidenceFixture =>
    makeEvidence({ signer: 'key', edit: (it) => (it.verificationMaterial.publicKey = { hint }) });

  test.each<[string, EvidenceFixture, readonly TrustedKey[], string]>([
    ['by its hint', bundle, [key], 'key.pub'],
    ['without hints, any', bundle, [{ ...key, hints: [] }], 'key.pub'],
    ['by the digest of the key', withHint(key.key.digest), [key], 'key.pub'],
    ['by no hint', withHint(''), [key], 'key.pub'],
    ['by one of several hints', withHint('b'), [{ ...key, hints: ['a', 'b'] }], 'key.pub'],
    ['by another hint', withHint('other'), [key], 'KEY_UNKNOWN'],
    [
      'among others without hints',
      bundle,
      [
        { ...stranger, hints: [] },
        { ...key, hints: [] },
      ],
      'key.pub',
    ],
    ['a stranger under the hint', bundle, [stranger], 'SIGNATURE_INVALID'],
    ['a stranger under the hint, and the key', bundle, [stranger, key], 'key.pub'],
    ['none trusted', bundle, [], 'KEY_UNKNOWN'],
    ['a hint of control characters', withHint('\u001b[2J'), [key], 'KEY_UNKNOWN'],
  ])('%s', (_, fixture, keys, expected) => {
    expect(outcome({ fixture, trust: { root, keys } })).toBe(expected);
  });

  test.each<[string, Partial<TrustedKey>, string]>([
    ['a window around', { notBefore: iso(-1), notAfter: iso(1) }, 'key.pub'],
    ['both ends are inside', { notBefore: iso(0), notAfter: iso(0) }, 'key.pub'],
    ['over', { notAfter: iso(-1) }, 'KEY_EXPIRED'],
    ['not yet', { notBefore: iso(1) }, 'KEY_EXPIRED'],
    ['a window that is no time', { notBefore: 'x' }, 'KEY_EXPIRED'],
  ])('validity: %s', (_, change, expected) => {
    expect(outcome({ fixture: bundle, trust: { root, keys: [{ ...key, ...change }] } })).toBe(expected);
  });
  test('a window, and nothing that proves a time', () => {
    const fixture = makeEvidence({ signer: 'key', log: 'none' });
    expect(outcome({ fixture, trust: { root, keys: [{ ...key, notAfter: iso(1) }] } })).toBe('TIME_UNPROVEN');
    const v2 = makeEvidence({ signer: 'key', log: 'rekor-v2', timestamps: [] });
    expect(outcome({ fixture: v2, trust: { root, keys: [{ ...key, notAfter: iso(1) }] } })).toBe(
      'TIME_UNPROVEN',
    );
  });

  test.each<[string, EvidenceOptions, Partial<TrustedKey>, boolean, string]>([
    ['with a log entry', {}, { transparencyLog: 'required' }, true, 'key.pub'],
    [
      'without, where one is required',
      { log: 'none' },
      { transparencyLog: 'required' },
      true,
      'LOG_ENTRY_MISSING',
    ],
    ['without, where none is', { log: 'none' }, {}, true, 'key.pub'],
    ['without log and root', { log: 'none' }, {}, false, 'key.pub'],
    ['with a log entry that no root proves', {}, {}, false, 'LOG_UNTRUSTED'],
    [
      'with a timestamp that no root proves',
      { log: 'none', timestamps: [{}] },
      {},
      false,
      'TIMESTAMP_UNTRUSTED',
    ],
  ])('transparency: %s', (_, options, change, withRoot, expected) => {
    const fixture = makeEvidence({ signer: 'key', ...options });
    expect(
      outcome({ fixture, trust: { root: withRoot ? root : undefined, keys: [{ ...key, ...change }] } }),
    ).toBe(expected);
  });

  test('a retired log proves nothing without a time', () => {
    const options: EvidenceOptions = { signer: 'key', log: 'rekor-v2', timestamps: [] };
    expect(outcome({ fixture: makeEvidence(options) })).toBe('key.pub');
    const rekorV2 = { start: '2025-01-01T00:00:00Z', end: '2027-01-01T00:00:00Z' };
    expect(outcome({ fixture: makeEvidence({ ...options, trust: { rekorV2 } }) })).toBe(
      'LOG_KEY_OUTSIDE_VALIDITY',
    );
  });
});

describe('messages', () => {
  const fixture = makeEvidence({ content: 'message' });
  const { content: _content, ...byDigest } = artifactOf(fixture);
  test.each<[string, Question, string]>([
    ['by its bytes', { fixture }, fixture.identity ?? ''],
    ['by its digest', { fixture, artifact: byDigest }, fixture.identity ?? ''],
    [
      'by its digest without an engine',
      { fixture, artifact: byDigest, engine: false },
      'ARTIFACT_CONTENT_REQUIRED',
    ],
    [
      'by another digest',
      { fixture, artifact: { ...byDigest, digests: { sha256: 'ab'.repeat(32) } } },
      'ARTIFACT_DIGEST_MISMATCH',
    ],
    [
      'by a digest of another algorithm alone',
      { fixture, artifact: { ...byDigest, digests: { sha512: 'ab'.repeat(64) } } },
      'ARTIFACT_DIGEST_MISMATCH',
    ],
    [
      'Ed25519 by digest',
      { fixture: makeEvidence({ content: 'message', keyType: 'ed25519' }), artifact: byDigest },
      'ARTIFACT_CONTENT_REQUIRED',
    ],
    [
      'RSA by digest',
      { fixture: makeEvidence({ content: 'message', keyType: 'rsa' }), artifact: byDigest, engine: false },
      fixture.identity ?? '',
    ],
  ])('%s', (_, question, expected) => {
    expect(outcome(question)).toBe(expected);
  });
});
