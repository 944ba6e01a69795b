import { describe, expect, test } from 'vitest';
import { verifyEcdsaDigest } from '#core/crypto/ecdsa-prehashed';
import { parsePublicKey } from '#core/crypto/public-key';
import { EdgesealError } from '#core/errors/error';
import type { Trust, TrustedKey } from '#core/trust/trust';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import type { Artifact } from '#core/verify/artifact';
import { makeKey } from '../../test/sigstore/keys.ts';
import {
  makeEvidence,
  signingTime,
  type EvidenceFixture,
  type EvidenceOptions,
} from '../../test/sigstore/make-evidence.ts';
import { artifactOf, trustedKeyOf, trustOf } from '../../test/sigstore/trust.ts';
import { makeWorld, type TrustedRootJson } from '../../test/sigstore/world.ts';
import { authenticate, type Authenticated } from './authenticate.ts';
import type { Evidence } from './evidence.ts';
import { parseEvidence } from './parse-evidence.ts';

function evidenceOf(fixture: EvidenceFixture): Evidence {
  const [item] = parseEvidence(fixture.bytes, 'evidence');
  if (item?.kind !== 'evidence') throw new Error(`no evidence: ${item?.reason.code}`);
  return item.evidence;
}

interface Question {
  readonly fixture: EvidenceFixture;
  readonly trust?: Trust;
  readonly artifact?: Artifact;
  readonly engine?: boolean;
}

function proven({ fixture, trust, artifact, engine }: Question): Authenticated {
  return authenticate(
    evidenceOf(fixture),
    artifact ?? artifactOf(fixture),
    trust ?? trustOf(fixture),
    engine === false ? undefined : verifyEcdsaDigest,
  );
}

function outcome(question: Question): string {
  try {
    return proven(question)
      .signers.map(({ identity, keyName }) => identity ?? keyName ?? '')
      .join(', ');
  } catch (error) {
    if (error instanceof EdgesealError) return error.code;
    throw error;
  }
}

const rootOf = (fixture: EvidenceFixture, edit: (root: TrustedRootJson) => void): Trust => {
  const root = structuredClone(fixture.trustedRoot);
  edit(root);
  return { root: parseTrustedRoot(Buffer.from(JSON.stringify(root)), 'root'), keys: [] };
};
const iso = (seconds: number): string =>
  new Date(signingTime.getTime() + seconds * 1000).toISOString().replace('.000Z', 'Z');

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

describe('raw envelopes', () => {
  const options: EvidenceOptions = { signer: 'key', format: 'envelope' };
  const two = makeEvidence({ ...options, signatures: 2 });
  test.each<[string, EvidenceFixture, string]>([
    ['one signature', makeEvidence(options), 'key.pub'],
    ['a second by a stranger', two, 'key.pub'],
    [
      'the same twice',
      makeEvidence({ ...options, editEnvelope: (it) => it.signatures.push(...it.signatures) }),
      'key.pub',
    ],
    [
      'the right one last',
      makeEvidence({
        ...options,
        signatures: 2,
        editEnvelope: (it) => (it.signatures = it.signatures.toReversed()),
      }),
      'key.pub',
    ],
    [
      'no key id',
      makeEvidence({ ...options, editEnvelope: (it) => it.signatures.forEach((one) => delete one.keyid) }),
      'key.pub',
    ],
    [
      'an unknown field, as DSSE allows',
      makeEvidence({ ...options, editEnvelope: (it) => Object.assign(it, { x: 1 }) }),
      'key.pub',
    ],
    [
      'only a stranger',
      makeEvidence({ ...options, signatures: 2, editEnvelope: (it) => it.signatures.shift() }),
      'KEY_UNKNOWN',
    ],
    [
      'another payload',
      makeEvidence({ ...options, editEnvelope: (it) => (it.payload = 'e30=') }),
      'SIGNATURE_INVALID',
    ],
    [
      'another payload type',
      makeEvidence({ ...options, editEnvelope: (it) => (it.payloadType = 'x') }),
      'SIGNATURE_INVALID',
    ],
    ['a certificate without a log', makeEvidence({ format: 'envelope' }), 'LOG_ENTRY_MISSING'],
  ])('%s', (_, fixture, expected) => {
    expect(outcome({ fixture })).toBe(expected);
  });
  test('two trusted keys are two signers', () => {
    const first = trustedKeyOf(two);
    const second = makeKey('p256', 'signer/first/1');
    const other: TrustedKey = {
      ...first,
      name: 'second.pub',
      hints: [],
      key: parsePublicKey(Buffer.from(second.publicKey.export({ type: 'spki', format: 'pem' })), 'x'),
    };
    expect(outcome({ fixture: two, trust: { root: undefined, keys: [first, other] } })).toBe(
      'key.pub, second.pub',
    );
  });
  test('a signature without certificate and key id, and no key', () => {
    const fixture = makeEvidence({
      ...options,
      editEnvelope: (it) => it.signatures.forEach((one) => delete one.keyid),
    });
    expect(outcome({ fixture, trust: { root: undefined, keys: [] } })).toBe('LOG_ENTRY_MISSING');
  });
});

describe('certificates and their trust', () => {
  const fixture = makeEvidence();
  // An id-ecPublicKey turned into an algorithm that nobody knows: well-formed, and of no use here.
  const foreign = (rawBytes: string): string =>
    Buffer.from(
      Buffer.from(rawBytes, 'base64').toString('hex').replace('06072a8648ce3d0201', '06072a8648ce3d027f'),
      'hex',
    ).toString('base64');
  const ofForeignKind = <T extends TrustedRootJson['certificateAuthorities'][number]>(authority: T): T => ({
    ...authority,
    certChain: {
      certificates: authority.certChain.certificates.map(({ rawBytes }) => ({ rawBytes: foreign(rawBytes) })),
    },
  });
  const identity = fixture.identity ?? '';
  test.each<[string, EvidenceOptions, (root: TrustedRootJson) => void, string]>([
    ['as it should be', {}, () => {}, identity],
    ['no authority', {}, (it) => (it.certificateAuthorities = []), 'CERTIFICATE_UNTRUSTED'],
    [
      'a foreign authority before the right one',
      {},
      (it) => it.certificateAuthorities.unshift(...it.certificateAuthorities.slice(0, 1).map(ofForeignKind)),
      identity,
    ],
    [
      'only a foreign authority',
      {},
      (it) => (it.certificateAuthorities = it.certificateAuthorities.map(ofForeignKind)),
      'TRUST_ROOT_INVALID',
    ],
    ['no CT log', {}, (it) => (it.ctlogs = []), 'SCT_UNTRUSTED'],
    ['no CT log and no SCT', { leaf: { scts: [] } }, (it) => (it.ctlogs = []), identity],
    [
      'a foreign key of the CT log',
      {},
      (it) => it.ctlogs.forEach((one) => (one.publicKey.rawBytes = foreign(one.publicKey.rawBytes))),
      'TRUST_ROOT_INVALID',
    ],
    [
      'a foreign key of another CT log',
      {},
      (it) =>
        it.ctlogs.push({
          ...structuredClone(it.ctlogs[0] ?? JSON.parse('{}')),
          logId: { keyId: Buffer.alloc(32).toString('base64') },
          publicKey: {
            rawBytes: foreign(it.ctlogs[0]?.publicKey.rawBytes ?? ''),
            keyDetails: '',
            validFor: { start: iso(0) },
          },
        }),
      identity,
    ],
    ['no log', {}, (it) => (it.tlogs = []), 'LOG_UNTRUSTED'],
    [
      'a foreign key of the log',
      {},
      (it) =>
        it.tlogs.slice(0, 1).forEach((one) => (one.publicKey.rawBytes = foreign(one.publicKey.rawBytes))),
      'TRUST_ROOT_INVALID',
    ],
    [
      'a foreign key of another log',
      {},
      (it) =>
        it.tlogs
          .slice(1)
          .forEach((one) => (one.publicKey.rawBytes = foreign(it.tlogs[0]?.publicKey.rawBytes ?? ''))),
      identity,
    ],
    [
      'a foreign timestamp authority, not needed',
      {},
      (it) => (it.timestampAuthorities = it.timestampAuthorities.map(ofForeignKind)),
      identity,
    ],
    [
      'a foreign timestamp authority, needed',
      { timestamps: [{}] },
      (it) => (it.timestampAuthorities = it.timestampAuthorities.map(ofForeignKind)),
      'TRUST_ROOT_INVALID',
    ],
    [
      'a foreign timestamp authority before the right one',
      { timestamps: [{}] },
      (it) => it.timestampAuthorities.unshift(...it.timestampAuthorities.slice(0, 1).map(ofForeignKind)),
      identity,
    ],
    ['a timestamp alone', { log: 'none', timestamps: [{}] }, () => {}, 'LOG_ENTRY_MISSING'],
    [
      'a timestamp alone, in a root without logs',
      { log: 'none', timestamps: [{}] },
      (it) => (it.tlogs = []),
      identity,
    ],
    ['nothing, in a root without logs', { log: 'none' }, (it) => (it.tlogs = []), 'LOG_ENTRY_MISSING'],
    [
      'an old window of the authority too',
      {},
      (it) =>
        it.certificateAuthorities.unshift({
          ...structuredClone(it.certificateAuthorities[0] ?? JSON.parse('{}')),
          validFor: { start: iso(-9000), end: iso(-8000) },
        }),
      identity,
    ],
    [
      'an old window of the log too',
      {},
      (it) =>
        it.tlogs.unshift(
          ...it.tlogs.slice(0, 1).map((one) => ({
            ...one,
            publicKey: { ...one.publicKey, validFor: { start: iso(-9000), end: iso(-8000) } },
          })),
        ),
      identity,
    ],
  ])('%s', (_, options, edit, expected) => {
    const made = makeEvidence(options);
    expect(outcome({ fixture: made, trust: rootOf(made, edit) })).toBe(expected);
  });
  test('no root', () => {
    expect(outcome({ fixture, trust: { root: undefined, keys: [] } })).toBe('CERTIFICATE_UNTRUSTED');
  });

  const service = (name: 'fulcio' | 'ctLog' | 'rekorV1' | 'rekorV2' | 'tsa', start: number, end: number) => ({
    [name]: { start: iso(start), end: iso(end) },
  });
  test.each<[string, EvidenceOptions, string]>([
    ['log: both ends are inside', { trust: service('rekorV1', 0, 0) }, identity],
    ['log: over', { trust: service('rekorV1', -9, -1) }, 'LOG_KEY_OUTSIDE_VALIDITY'],
    ['log: not yet', { trust: service('rekorV1', 1, 9) }, 'LOG_KEY_OUTSIDE_VALIDITY'],
    ['checkpoints: both ends are inside', { log: 'rekor-v2', trust: service('rekorV2', 0, 0) }, identity],
    ['checkpoints: over', { log: 'rekor-v2', trust: service('rekorV2', -9, -1) }, 'LOG_KEY_OUTSIDE_VALIDITY'],
    [
      'checkpoints: not yet',
      { log: 'rekor-v2', trust: service('rekorV2', 1, 9) },
      'LOG_KEY_OUTSIDE_VALIDITY',
    ],
    ['timestamps: both ends are inside', { log: 'rekor-v2', trust: service('tsa', 0, 0) }, identity],
    ['timestamps: over', { log: 'rekor-v2', trust: service('tsa', -9, -1) }, 'TIMESTAMP_OUTSIDE_VALIDITY'],
    ['CT log: the instant of the SCT', { trust: service('ctLog', -5, -5) }, identity],
    ['CT log: over', { trust: service('ctLog', -9, -6) }, 'SCT_UNTRUSTED'],
    ['authority: from the certificate to the signature', { trust: service('fulcio', -5, 0) }, identity],
    ['authority: after the certificate', { trust: service('fulcio', -4, 9) }, 'CERTIFICATE_OUTSIDE_VALIDITY'],
    ['authority: before the signature', { trust: service('fulcio', -9, -1) }, 'CERTIFICATE_OUTSIDE_VALIDITY'],
    ['certificate: the first second', { logOptions: { time: new Date(iso(-5)) } }, identity],
    ['certificate: the last second', { logOptions: { time: new Date(iso(595)) } }, identity],
    ['certificate: before', { logOptions: { time: new Date(iso(-6)) } }, 'CERTIFICATE_OUTSIDE_VALIDITY'],
    ['certificate: after', { logOptions: { time: new Date(iso(596)) } }, 'CERTIFICATE_OUTSIDE_VALIDITY'],
  ])('windows, %s', (_, options, expected) => {
    expect(outcome({ fixture: makeEvidence(options) })).toBe(expected);
  });

  test('each log is judged by its own time', () => {
    const later = makeEvidence({ logOptions: { time: new Date(iso(300)) } });
    const both = makeEvidence({
      edit: (it) => {
        if ('verificationMaterial' in later.json)
          it.verificationMaterial.tlogEntries?.push(...(later.json.verificationMaterial.tlogEntries ?? []));
      },
    });
    expect(outcome({ fixture: both })).toBe(identity);
    const split = rootOf(both, (it) => {
      const [log] = it.tlogs;
      if (log === undefined) return;
      const shard = (start: number, end: number): typeof log => ({
        ...log,
        publicKey: { ...log.publicKey, validFor: { start: iso(start), end: iso(end) } },
      });
      it.tlogs = [shard(-10, 10), shard(290, 310)];
    });
    expect(outcome({ fixture: both, trust: split })).toBe(identity);
  });
  test('a second entry that does not hold refuses all', () => {
    const stranger = makeEvidence({ world: makeWorld('elsewhere') });
    const both = makeEvidence({
      edit: (it) => {
        if ('verificationMaterial' in stranger.json)
          it.verificationMaterial.tlogEntries?.push(
            ...(stranger.json.verificationMaterial.tlogEntries ?? []),
          );
      },
    });
    expect(outcome({ fixture: both })).toBe('LOG_ENTRY_MISMATCH');
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
