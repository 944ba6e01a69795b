import type { ReasonCode } from '#core/errors/codes';
import { makeCtLog } from './ct-log.ts';
import type { Defect, Defects } from './defect.ts';
import { utf8String } from '../../release/local/der.ts';
import { makeFulcio, type LeafEdit } from './fulcio.ts';
import { fulcioOid, rawExtension, utf8Extension } from '../../release/local/fulcio-extensions.ts';
import { makeKey } from './keys.ts';
import { makeEvidence, signingTime, type EvidenceOptions } from './make-evidence.ts';
import { makeWorld } from './world.ts';
import {
  basicConstraints,
  extendedKeyUsage,
  extensionOids,
  keyUsage,
  usage,
  type Extension,
} from '../../release/local/x509.ts';

const leaf = (code: ReasonCode, edit: LeafEdit, options: EvidenceOptions = {}): Defect => ({
  code,
  stage: 'authenticate',
  make: () => makeEvidence({ ...options, leaf: edit }),
});

const adding =
  (...more: readonly Extension[]) =>
  (list: readonly Extension[]): Extension[] => [...list, ...more];

const without =
  (oid: string) =>
  (list: readonly Extension[]): Extension[] =>
    list.filter((it) => it.oid !== oid);

const replacing =
  (next: Extension) =>
  (list: readonly Extension[]): Extension[] =>
    list.map((it) => (it.oid === next.oid ? next : it));

const later = (seconds: number): Date => new Date(signingTime.getTime() + seconds * 1000);

/** A raw extension of Fulcio's that contradicts its newer form. */
const contradiction = (number: number, text: string): Defect =>
  leaf('CERTIFICATE_EXTENSION_CONTRADICTION', { extensions: replacing(rawExtension(number, text)) });

export const certificateDefects: Defects = {
  'certificate: a CA': leaf('CERTIFICATE_IS_CA', { extensions: adding(basicConstraints(true)) }),
  'certificate: no extended key usage': leaf('CERTIFICATE_USAGE_INVALID', {
    extensions: without(extensionOids.extendedKeyUsage),
  }),
  'certificate: for servers': leaf('CERTIFICATE_USAGE_INVALID', {
    extensions: replacing(extendedKeyUsage([usage.serverAuth])),
  }),
  'certificate: no key usage': leaf('CERTIFICATE_USAGE_INVALID', {
    extensions: without(extensionOids.keyUsage),
  }),
  'certificate: key usage without signatures': leaf('CERTIFICATE_USAGE_INVALID', {
    extensions: replacing(keyUsage('certSign')),
  }),
  'certificate: unknown critical extension': leaf('CERTIFICATE_EXTENSION_UNKNOWN_CRITICAL', {
    extensions: adding({ oid: '1.2.3.4.5', critical: true, value: utf8String('x') }),
  }),
  'certificate: an extension twice': leaf('CERTIFICATE_EXTENSION_DUPLICATE', {
    extensions: adding(utf8Extension(22, 'public')),
  }),
  'certificate: two names': leaf('CERTIFICATE_SAN_INVALID', {
    sans: [
      {
        type: 'uri',
        value: 'https://github.com/example-org/example/.github/workflows/release.yml@refs/tags/v1.2.3',
      },
      {
        type: 'uri',
        value: 'https://github.com/evil-org/evil/.github/workflows/release.yml@refs/tags/v1.2.3',
      },
    ],
  }),
  'certificate: no name': leaf('CERTIFICATE_SAN_INVALID', {
    extensions: without(extensionOids.subjectAltName),
  }),
  'certificate: empty list of names': leaf('CERTIFICATE_SAN_INVALID', { sans: [] }),
  'certificate: two issuers of the token': contradiction(1, 'https://accounts.evil.example'),
  'certificate: two triggers': contradiction(2, 'workflow_dispatch'),
  'certificate: two commits': contradiction(3, 'ab'.repeat(20)),
  'certificate: two repositories': contradiction(5, 'evil-org/evil'),
  'certificate: two refs': contradiction(6, 'refs/heads/main'),
  'certificate: trailing octets in an extension': leaf('CERTIFICATE_EXTENSION_INVALID', {
    extensions: replacing({
      oid: fulcioOid(12),
      value: Buffer.concat([utf8String('https://github.com/example-org/example'), Buffer.from([0])]),
    }),
  }),
  'certificate: extension of another type': leaf('CERTIFICATE_EXTENSION_INVALID', {
    extensions: replacing({ oid: fulcioOid(14), value: Buffer.from('refs/tags/v1.2.3') }),
  }),
  'certificate: Fulcio extension that is not known': leaf('CERTIFICATE_EXTENSION_INVALID', {
    extensions: adding(utf8Extension(99, 'x')),
  }),
  'certificate: expired before the log saw it': {
    code: 'CERTIFICATE_OUTSIDE_VALIDITY',
    stage: 'authenticate',
    make: () => makeEvidence({ logOptions: { time: later(3600) } }),
  },
  'certificate: not yet valid when the log saw it': {
    code: 'CERTIFICATE_OUTSIDE_VALIDITY',
    stage: 'authenticate',
    make: () => makeEvidence({ logOptions: { time: later(-3600) } }),
  },
  'certificate: BER, not DER': leaf('CERTIFICATE_INVALID', { nonMinimalLength: true }),
  'certificate: names an issuer that did not sign it': leaf('CERTIFICATE_UNTRUSTED', {
    issuerKey: makeKey('p384', 'stranger'),
  }),
  'certificate: by an authority of no trust': leaf('CERTIFICATE_UNTRUSTED', {
    issuer: makeFulcio('elsewhere').name,
    issuerKey: makeFulcio('elsewhere').key,
  }),
  'certificate: authority not yet trusted then': {
    code: 'CERTIFICATE_OUTSIDE_VALIDITY',
    stage: 'authenticate',
    make: () => makeEvidence({ trust: { fulcio: { start: '2026-02-01T00:00:00Z' } } }),
  },
  'certificate: authority no longer trusted then': {
    code: 'CERTIFICATE_OUTSIDE_VALIDITY',
    stage: 'authenticate',
    make: () =>
      makeEvidence({ trust: { fulcio: { start: '2025-01-01T00:00:00Z', end: '2026-01-01T00:00:00Z' } } }),
  },
  'certificate: garbage': {
    code: 'CERTIFICATE_INVALID',
    stage: 'authenticate',
    make: () =>
      makeEvidence({
        edit: (it) => {
          it.verificationMaterial.certificate = { rawBytes: 'AAAA' };
        },
      }),
  },
  "certificate: another signer's": {
    code: 'SIGNATURE_INVALID',
    stage: 'authenticate',
    make: () => {
      const other = makeEvidence({ seed: 'other' });
      return makeEvidence({
        edit: (it) => {
          it.verificationMaterial.certificate = {
            rawBytes: (other.certificate ?? Buffer.alloc(0)).toString('base64'),
          };
        },
      });
    },
  },

  'SCT: none': leaf('SCT_MISSING', { scts: [] }),
  'SCT: bad signature': leaf('SCT_INVALID', { scts: [{ badSignature: true }] }),
  'SCT: of an unknown log': leaf('SCT_UNTRUSTED', { scts: [{ log: makeCtLog('elsewhere') }] }),
  'SCT: made outside its log key’s validity': {
    code: 'SCT_UNTRUSTED',
    stage: 'authenticate',
    make: () =>
      makeEvidence({ trust: { ctLog: { start: '2025-01-01T00:00:00Z', end: '2026-01-01T00:00:00Z' } } }),
  },
  'SCT: list is garbage': leaf('SCT_INVALID', {
    scts: [],
    extensions: adding({ oid: extensionOids.signedCertificateTimestamps, value: utf8String('x') }),
  }),
  'SCT: list is empty': leaf('SCT_INVALID', {
    scts: [],
    extensions: adding({ oid: extensionOids.signedCertificateTimestamps, value: Buffer.from([4, 2, 0, 0]) }),
  }),
  'SCT: for a certificate of another authority': {
    code: 'SCT_INVALID',
    stage: 'authenticate',
    make: () => {
      const world = makeWorld();
      const stranger = makeFulcio('elsewhere');
      // The CT log saw a precertificate by another issuer; the authority signed all the same.
      return makeEvidence({
        world: { ...world, fulcio: { ...world.fulcio, key: stranger.key } },
        leaf: { issuerKey: world.fulcio.key },
      });
    },
  },
};
