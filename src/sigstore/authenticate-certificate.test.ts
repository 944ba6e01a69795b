import { describe, expect, test } from 'vitest';
import { makeEvidence, type EvidenceOptions } from '../../test/sigstore/make-evidence.ts';
import { makeWorld, type TrustedRootJson } from '../../test/sigstore/world.ts';
import { outcome, rootOf, iso } from '../../test/sigstore/question.ts';

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
