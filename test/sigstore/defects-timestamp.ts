import type { ReasonCode } from '#core/errors/codes';
import type { Defect, Defects } from './defect.ts';
import { makeKey } from './keys.ts';
import { makeEvidence, signingTime, type EvidenceOptions } from './make-evidence.ts';
import { makeTimestampAuthority, type AuthorityOptions } from './timestamp-authority.ts';
import { makeWorld } from './world.ts';
import { extendedKeyUsage, usage } from '../../release/local/x509.ts';

type Wanted = NonNullable<EvidenceOptions['timestamps']>[number];

/** Evidence whose only proof of time is one timestamp. */
const stamped = (code: ReasonCode, wanted: Wanted, options: EvidenceOptions = {}): Defect => ({
  code,
  stage: 'authenticate',
  make: () => makeEvidence({ log: 'rekor-v2', timestamps: [wanted], ...options }),
});

const later = (seconds: number): Date => new Date(signingTime.getTime() + seconds * 1000);

/** A trusted authority that is not as it should be. */
const byAuthority = (code: ReasonCode, label: string, options: AuthorityOptions): Defect => ({
  code,
  stage: 'authenticate',
  make: () =>
    makeEvidence({ log: 'rekor-v2', world: { ...makeWorld(), tsa: makeTimestampAuthority(label, options) } }),
});

export const timestampDefects: Defects = {
  'timestamp: of an unknown authority': stamped('TIMESTAMP_UNTRUSTED', {
    authority: makeWorld('elsewhere').tsa,
  }),
  'timestamp: of an unknown authority, certificates left out': stamped('TIMESTAMP_UNTRUSTED', {
    authority: makeWorld('elsewhere').tsa,
    embedCertificates: false,
  }),
  'timestamp: over another signature': stamped('TIMESTAMP_MISMATCH', { over: Buffer.from('another') }),
  'timestamp: signed by another key': stamped('TIMESTAMP_UNTRUSTED', {
    signingKey: makeKey('p256', 'stranger'),
  }),
  'timestamp: attributes about another token': stamped('TIMESTAMP_UNTRUSTED', {
    messageDigest: Buffer.alloc(32, 1),
  }),
  'timestamp: not granted': stamped('TIMESTAMP_INVALID', { status: 2 }),
  'timestamp: garbage': {
    code: 'TIMESTAMP_INVALID',
    stage: 'authenticate',
    make: () =>
      makeEvidence({
        log: 'rekor-v2',
        edit: (it) => {
          it.verificationMaterial.timestampVerificationData = {
            rfc3161Timestamps: [{ signedTimestamp: 'MAA=' }],
          };
        },
      }),
  },
  'timestamp: one good, one garbage': {
    code: 'TIMESTAMP_INVALID',
    stage: 'authenticate',
    make: () =>
      makeEvidence({
        log: 'rekor-v2',
        edit: (it) => {
          it.verificationMaterial.timestampVerificationData?.rfc3161Timestamps.push({
            signedTimestamp: 'MAA=',
          });
        },
      }),
  },
  'timestamp: authority not yet trusted then': stamped(
    'TIMESTAMP_OUTSIDE_VALIDITY',
    {},
    { trust: { tsa: { start: '2026-02-01T00:00:00Z' } } },
  ),
  'timestamp: authority no longer trusted then': stamped(
    'TIMESTAMP_OUTSIDE_VALIDITY',
    {},
    { trust: { tsa: { start: '2025-01-01T00:00:00Z', end: '2026-01-01T00:00:00Z' } } },
  ),
  'timestamp: authority’s certificate expired': byAuthority('TIMESTAMP_OUTSIDE_VALIDITY', 'expired', {
    window: { notBefore: new Date('2025-01-01T00:00:00Z'), notAfter: new Date('2025-12-31T00:00:00Z') },
  }),
  'timestamp: authority’s certificate is not for timestamps': byAuthority('TIMESTAMP_UNTRUSTED', 'no-usage', {
    extensions: (list) => list.filter((it) => it.oid !== '2.5.29.37'),
  }),
  'timestamp: authority’s certificate is for code too': byAuthority('TIMESTAMP_UNTRUSTED', 'two-usages', {
    extensions: (list) =>
      list.map((it) =>
        it.oid === '2.5.29.37' ? extendedKeyUsage([usage.timeStamping, usage.codeSigning], true) : it,
      ),
  }),
  'timestamp: after the certificate expired': stamped('CERTIFICATE_OUTSIDE_VALIDITY', { time: later(3600) }),
  'timestamp: before the certificate was made': stamped('CERTIFICATE_OUTSIDE_VALIDITY', {
    time: later(-3600),
  }),
  'timestamp: outside validity beside a good log time': {
    code: 'CERTIFICATE_OUTSIDE_VALIDITY',
    stage: 'authenticate',
    make: () => makeEvidence({ timestamps: [{ time: later(3600) }] }),
  },
};
