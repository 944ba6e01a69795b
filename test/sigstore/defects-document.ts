import type { ReasonCode } from '#core/errors/codes';
import type { BundleJson } from './bundle.ts';
import type { Defect, Defects, DefectStage } from './defect.ts';
import type { EnvelopeJson } from './dsse.ts';
import { base64 } from './json.ts';
import { makeKey } from './keys.ts';
import { makeEvidence, type EvidenceFixture, type EvidenceOptions } from './make-evidence.ts';
import { makeWorld } from './world.ts';

const parse = (code: ReasonCode, change: (text: string) => string | Buffer): Defect => ({
  code,
  stage: 'parse',
  make: () => withBytes(makeEvidence(), change),
});

/** The fixture with other bytes; `json` stays what it was. */
function withBytes(fixture: EvidenceFixture, change: (text: string) => string | Buffer): EvidenceFixture {
  return { ...fixture, bytes: Buffer.from(change(fixture.bytes.toString())) };
}

const bundle = (
  code: ReasonCode,
  edit: (bundle: BundleJson) => void,
  options: EvidenceOptions = {},
): Defect => ({
  code,
  stage: 'parse',
  make: () => makeEvidence({ ...options, edit }),
});

const envelope = (
  code: ReasonCode,
  stage: DefectStage,
  editEnvelope: (envelope: EnvelopeJson) => void,
  options: EvidenceOptions = {},
): Defect => ({ code, stage, make: () => makeEvidence({ ...options, editEnvelope }) });

const firstSignature =
  (change: (signature: EnvelopeJson['signatures'][number]) => void) => (it: EnvelopeJson) => {
    const [signature] = it.signatures;
    if (signature !== undefined) change(signature);
  };

const payload = (code: ReasonCode, stage: DefectStage, content: string | Buffer): Defect => ({
  code,
  stage,
  make: () => makeEvidence({ payload: Buffer.from(content) }),
});

const statement = (edit: (statement: { [key: string]: unknown }) => void): string => {
  const copy = structuredClone(makeEvidence().statement ?? {});
  edit(copy);
  return JSON.stringify(copy);
};

export const documentDefects: Defects = {
  'document: empty': parse('EVIDENCE_EMPTY', () => ''),
  'document: only white space': parse('EVIDENCE_EMPTY', () => ' \n\t\n'),
  'document: truncated': parse('JSON_SYNTAX', (text) => text.slice(0, -2)),
  'document: not UTF-8': parse('UTF8_INVALID', (text) =>
    Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xff])]),
  ),
  'document: a key twice': parse('JSON_DUPLICATE_KEY', (text) => text.replace('{', '{"mediaType":"x",')),
  'document: nested too deep': parse('JSON_TOO_DEEP', () => '['.repeat(1000) + ']'.repeat(1000)),
  'document: something else': parse('EVIDENCE_UNRECOGNISED', () => '{"hello":"world"}'),
  'document: an array of nothing': parse('EVIDENCE_EMPTY', () => '[]'),

  'bundle: unknown version': bundle('BUNDLE_VERSION_UNSUPPORTED', (it) => {
    it.mediaType = 'application/vnd.dev.sigstore.bundle.v0.9+json';
  }),
  'bundle: no content': bundle('BUNDLE_INVALID', (it) => {
    delete it.dsseEnvelope;
  }),
  'bundle: two contents': bundle('BUNDLE_INVALID', (it) => {
    it.messageSignature = {
      messageDigest: { algorithm: 'SHA2_256', digest: base64('x'.repeat(32)) },
      signature: 'AAAA',
    };
  }),
  'bundle: no material': bundle('BUNDLE_INVALID', (it) => {
    delete it.verificationMaterial.certificate;
  }),
  'bundle: certificate and key hint': bundle('BUNDLE_INVALID', (it) => {
    it.verificationMaterial.publicKey = { hint: 'x' };
  }),
  'bundle: v0.3 with a chain': bundle('BUNDLE_INVALID', (it) => {
    const { certificate } = it.verificationMaterial;
    it.verificationMaterial = {
      ...it.verificationMaterial,
      x509CertificateChain: { certificates: certificate === undefined ? [] : [certificate] },
    };
    delete it.verificationMaterial.certificate;
  }),
  'bundle: empty chain': bundle(
    'BUNDLE_INVALID',
    (it) => {
      it.verificationMaterial.x509CertificateChain = { certificates: [] };
    },
    { format: 'bundle-0.2' },
  ),
  'bundle: chain with an authority of its own': {
    code: 'CERTIFICATE_CHAIN_INVALID',
    stage: 'authenticate',
    make: () =>
      makeEvidence({
        format: 'bundle-0.2',
        edit: (it) => {
          const [stranger = Buffer.alloc(0)] = makeWorld('elsewhere').fulcio.chain;
          it.verificationMaterial.x509CertificateChain?.certificates.splice(1, 1, {
            rawBytes: base64(stranger),
          });
        },
      }),
  },
  'bundle: negative log index': bundle('BUNDLE_INVALID', (it) => {
    for (const entry of it.verificationMaterial.tlogEntries ?? []) entry.logIndex = '-1';
  }),
  'bundle: base64 with a stray character': bundle('BASE64_INVALID', (it) => {
    if (it.dsseEnvelope !== undefined) it.dsseEnvelope.payload = `!!${it.dsseEnvelope.payload}`;
  }),
  'bundle: two signatures': {
    code: 'BUNDLE_INVALID',
    stage: 'parse',
    make: () => makeEvidence({ signatures: 2 }),
  },

  'envelope: no signature': envelope('SIGNATURE_MISSING', 'parse', (it) => {
    it.signatures = [];
  }),
  'envelope: empty signature': envelope(
    'SIGNATURE_MISSING',
    'parse',
    firstSignature((it) => {
      it.sig = '';
    }),
  ),
  'envelope: signature in bad base64': envelope(
    'BASE64_INVALID',
    'parse',
    firstSignature((it) => {
      it.sig = it.sig.slice(0, -1);
    }),
  ),
  'envelope: another payload': envelope('SIGNATURE_INVALID', 'authenticate', (it) => {
    it.payload = base64(Buffer.from(it.payload, 'base64').toString().replace('example-org', 'evil-org'));
  }),
  'envelope: another payload type': envelope('SIGNATURE_INVALID', 'authenticate', (it) => {
    it.payloadType = 'application/vnd.in-toto.provenance+json';
  }),
  "envelope: another key's signature": {
    code: 'SIGNATURE_INVALID',
    stage: 'authenticate',
    make: () => {
      const other = makeEvidence({ seed: 'other', log: 'none' });
      return makeEvidence({
        editEnvelope: (it) => {
          if ('signatures' in other.json) return;
          it.signatures = other.json.dsseEnvelope?.signatures ?? [];
        },
      });
    },
  },
  'envelope: unsupported payload type': {
    code: 'PAYLOAD_TYPE_UNSUPPORTED',
    stage: 'bind',
    make: () => makeEvidence({ payloadType: 'text/plain' }),
  },
  'envelope: raw, by a certificate that no log saw': {
    code: 'LOG_ENTRY_MISSING',
    stage: 'authenticate',
    make: () => makeEvidence({ format: 'envelope' }),
  },
  'key: nobody knows it': {
    code: 'KEY_UNKNOWN',
    stage: 'authenticate',
    make: () => {
      const fixture = makeEvidence({ signer: 'key' });
      const stranger = makeKey('p256', 'stranger');
      return {
        ...fixture,
        key: stranger,
        publicKeyPem: stranger.publicKey.export({ type: 'spki', format: 'pem' }),
        keyHint: 'stranger',
      };
    },
  },
  'message: digest of another artifact': {
    code: 'ARTIFACT_DIGEST_MISMATCH',
    stage: 'authenticate',
    make: () =>
      makeEvidence({
        content: 'message',
        edit: (it) => {
          if (it.messageSignature !== undefined)
            it.messageSignature.messageDigest.digest = base64(Buffer.alloc(32, 7));
        },
      }),
  },
  'message: signature over another artifact': {
    code: 'SIGNATURE_INVALID',
    stage: 'authenticate',
    make: () => {
      const other = makeEvidence({
        content: 'message',
        artifact: { name: 'other', content: Buffer.from('other') },
      });
      return makeEvidence({
        content: 'message',
        edit: (it) => {
          if ('signatures' in other.json || it.messageSignature === undefined) return;
          it.messageSignature.signature = other.json.messageSignature?.signature ?? '';
        },
      });
    },
  },
  'trust: another instance': {
    code: 'CERTIFICATE_UNTRUSTED',
    stage: 'authenticate',
    make: () => {
      const { trustedRoot, trustedRootBytes } = makeEvidence({ world: makeWorld('elsewhere') });
      return { ...makeEvidence(), trustedRoot, trustedRootBytes };
    },
  },

  'statement: not JSON': payload('JSON_SYNTAX', 'bind', 'not json'),
  'statement: not UTF-8': payload('UTF8_INVALID', 'bind', Buffer.from([0x7b, 0xff, 0x7d])),
  'statement: a key twice': payload(
    'JSON_DUPLICATE_KEY',
    'bind',
    statement(() => {}).replace('{', '{"_type":"x",'),
  ),
  'statement: not an object': payload('STATEMENT_INVALID', 'bind', '[]'),
  'statement: unknown type': payload(
    'STATEMENT_TYPE_UNSUPPORTED',
    'bind',
    statement((it) => {
      it['_type'] = 'https://in-toto.io/Statement/v9';
    }),
  ),
  'statement: no predicate type': payload(
    'STATEMENT_INVALID',
    'bind',
    statement((it) => {
      delete it['predicateType'];
    }),
  ),
  'statement: no subject': payload(
    'STATEMENT_INVALID',
    'bind',
    statement((it) => {
      it['subject'] = [];
    }),
  ),
  'statement: subject without digest': payload(
    'RESOURCE_DESCRIPTOR_INVALID',
    'bind',
    statement((it) => {
      it['subject'] = [{ name: 'x' }];
    }),
  ),
  'statement: upper-case digest': payload(
    'DIGEST_INVALID',
    'bind',
    statement((it) => {
      it['subject'] = [{ name: 'x', digest: { sha256: 'AB'.repeat(32) } }];
    }),
  ),
  'statement: short digest': payload(
    'DIGEST_INVALID',
    'bind',
    statement((it) => {
      it['subject'] = [{ name: 'x', digest: { sha256: 'ab'.repeat(31) } }];
    }),
  ),
  'statement: another artifact': {
    code: 'ARTIFACT_DIGEST_MISMATCH',
    stage: 'bind',
    make: () => makeEvidence({ subjects: [{ name: 'other', digest: { sha256: 'ab'.repeat(32) } }] }),
  },
  'statement: only a SHA-1 digest': {
    code: 'ARTIFACT_DIGEST_MISMATCH',
    stage: 'bind',
    make: () => makeEvidence({ subjects: [{ name: 'other', digest: { sha1: 'ab'.repeat(20) } }] }),
  },
};
