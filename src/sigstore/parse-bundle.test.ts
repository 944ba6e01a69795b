import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { isObject } from '#core/json/value';
import { parseJson } from '#core/json/parse';
import { limits } from '#core/limits';
import type { BundleJson } from '../../test/sigstore/bundle.ts';
import { makeEvidence, type EvidenceOptions } from '../../test/sigstore/make-evidence.ts';
import { parseBundle } from './parse-bundle.ts';

type Edit = (bundle: BundleJson, material: BundleJson['verificationMaterial']) => void;

function outcome(options: EvidenceOptions, edit: Edit = () => {}): unknown {
  const { json } = makeEvidence(options);
  if (!('verificationMaterial' in json)) throw new Error('a bundle is expected');
  const bundle = structuredClone(json);
  edit(bundle, bundle.verificationMaterial);
  try {
    const value = parseJson(JSON.stringify(bundle));
    return isObject(value) ? parseBundle(value).material.kind : 'no object';
  } catch (error) {
    if (error instanceof EdgesealError) return error.code;
    throw error;
  }
}

const v1: EvidenceOptions = { format: 'bundle-0.1' };
const v1WithProof: EvidenceOptions = { format: 'bundle-0.1', logOptions: { proof: true } };
const v2: EvidenceOptions = { format: 'bundle-0.2' };
const v3: EvidenceOptions = {};
const key: EvidenceOptions = { signer: 'key' };
const message: EvidenceOptions = { content: 'message' };
const stamped: EvidenceOptions = { timestamps: [{}] };
const some = { rawBytes: 'MAA=' };

describe('what each version has', () => {
  test.each<[string, EvidenceOptions, Edit, unknown]>([
    ['v0.1', v1, () => {}, 'certificates'],
    ['v0.2', v2, () => {}, 'certificates'],
    ['v0.3', v3, () => {}, 'certificates'],
    [
      'v0.3 in its first spelling',
      v3,
      (it) => (it.mediaType = 'application/vnd.dev.sigstore.bundle+json;version=0.3'),
      'certificates',
    ],
    ['a key', key, () => {}, 'public-key'],
    ['a key without hint', key, (_, it) => (it.publicKey = JSON.parse('{}')), 'public-key'],
    ['a message', message, () => {}, 'certificates'],
    ['a timestamp', stamped, () => {}, 'certificates'],
    ['no log entries', v3, (_, it) => delete it.tlogEntries, 'certificates'],
    [
      'null for absent',
      v3,
      (it, material) =>
        Object.assign(it, { messageSignature: null }) &&
        Object.assign(material, { publicKey: null, timestampVerificationData: null }),
      'certificates',
    ],
    [
      'v0.1 without promise',
      v1WithProof,
      (_, it) => it.tlogEntries?.forEach((entry) => delete entry.inclusionPromise),
      'BUNDLE_INVALID',
    ],
    ['v0.1 with promise and proof', v1WithProof, () => {}, 'certificates'],
    [
      'v0.2 without proof',
      v2,
      (_, it) => it.tlogEntries?.forEach((entry) => delete entry.inclusionProof),
      'LOG_PROOF_MISSING',
    ],
    [
      'v0.3 without proof',
      v3,
      (_, it) => it.tlogEntries?.forEach((entry) => delete entry.inclusionProof),
      'LOG_PROOF_MISSING',
    ],
    [
      'v0.2 with a certificate',
      v2,
      (_, it) => (delete it.x509CertificateChain, (it.certificate = some)),
      'BUNDLE_INVALID',
    ],
    [
      'v0.1 with a certificate',
      v1,
      (_, it) => (delete it.x509CertificateChain, (it.certificate = some)),
      'BUNDLE_INVALID',
    ],
    [
      'v0.3 with a chain',
      v3,
      (_, it) => (delete it.certificate, (it.x509CertificateChain = { certificates: [some] })),
      'BUNDLE_INVALID',
    ],
    [
      'no kind of an entry',
      v3,
      (_, it) => it.tlogEntries?.forEach((entry) => Reflect.deleteProperty(entry, 'kindVersion')),
      'BUNDLE_INVALID',
    ],
  ])('%s', (_, options, edit, expected) => {
    expect(outcome(options, edit)).toBe(expected);
  });

  test.each([
    '',
    'application/vnd.dev.sigstore.bundle+json;version=0.4',
    'application/vnd.dev.sigstore.bundle.v0.4+json',
    'application/vnd.dev.sigstore.bundle.v0.2+json',
    'application/vnd.dev.sigstore.bundle+json',
    'application/vnd.dev.sigstore.bundle+json; version=0.3',
    'APPLICATION/vnd.dev.sigstore.bundle.v0.3+json',
    'toString',
  ])('media type %j', (mediaType) => {
    expect(outcome(v3, (it) => (it.mediaType = mediaType))).toBe('BUNDLE_VERSION_UNSUPPORTED');
  });
});

describe('what no bundle has', () => {
  const digest =
    (change: object): Edit =>
    (it) =>
      Object.assign(it.messageSignature?.messageDigest ?? {}, change);
  test.each<[string, EvidenceOptions, Edit, string]>([
    ['no media type', v3, (it) => Reflect.deleteProperty(it, 'mediaType'), 'BUNDLE_INVALID'],
    ['a media type that is a number', v3, (it) => Object.assign(it, { mediaType: 3 }), 'BUNDLE_INVALID'],
    ['an unknown field', v3, (it) => Object.assign(it, { x: 1 }), 'BUNDLE_INVALID'],
    ['an unknown field of the material', v3, (_, it) => Object.assign(it, { x: 1 }), 'BUNDLE_INVALID'],
    [
      'an unknown field of the certificate',
      v3,
      (_, it) => Object.assign(it.certificate ?? {}, { x: 1 }),
      'BUNDLE_INVALID',
    ],
    [
      'an unknown field of the chain',
      v2,
      (_, it) => Object.assign(it.x509CertificateChain ?? {}, { x: 1 }),
      'BUNDLE_INVALID',
    ],
    [
      'an unknown field of the key',
      key,
      (_, it) => Object.assign(it.publicKey ?? {}, { x: 1 }),
      'BUNDLE_INVALID',
    ],
    [
      'an unknown field of the message',
      message,
      (it) => Object.assign(it.messageSignature ?? {}, { x: 1 }),
      'BUNDLE_INVALID',
    ],
    ['an unknown field of the digest', message, digest({ x: 1 }), 'BUNDLE_INVALID'],
    [
      'an unknown field of the envelope',
      v3,
      (it) => Object.assign(it.dsseEnvelope ?? {}, { x: 1 }),
      'ENVELOPE_INVALID',
    ],
    [
      'an unknown field of the timestamps',
      stamped,
      (_, it) => Object.assign(it.timestampVerificationData ?? {}, { x: 1 }),
      'BUNDLE_INVALID',
    ],
    ['no material', v3, (it) => Reflect.deleteProperty(it, 'verificationMaterial'), 'BUNDLE_INVALID'],
    ['no signer', v3, (_, it) => delete it.certificate, 'BUNDLE_INVALID'],
    ['two signers', v3, (_, it) => (it.publicKey = { hint: 'x' }), 'BUNDLE_INVALID'],
    ['no content', v3, (it) => delete it.dsseEnvelope, 'BUNDLE_INVALID'],
    ['an empty chain', v2, (_, it) => (it.x509CertificateChain = { certificates: [] }), 'BUNDLE_INVALID'],
    [
      'a long chain',
      v2,
      (_, it) =>
        (it.x509CertificateChain = {
          certificates: Array.from({ length: limits.certificates + 1 }, () => some),
        }),
      'BUNDLE_INVALID',
    ],
    [
      'many log entries',
      v3,
      (_, it) =>
        (it.tlogEntries = Array.from(
          { length: limits.logEntries + 1 },
          () => it.tlogEntries?.[0] ?? JSON.parse('{}'),
        )),
      'BUNDLE_INVALID',
    ],
    [
      'many timestamps',
      stamped,
      (_, it) =>
        (it.timestampVerificationData = {
          rfc3161Timestamps: Array.from({ length: limits.timestamps + 1 }, () => ({
            signedTimestamp: 'MAA=',
          })),
        }),
      'BUNDLE_INVALID',
    ],
    ['two signatures', { signatures: 2 }, () => {}, 'BUNDLE_INVALID'],
    ['no signature', v3, (it) => it.dsseEnvelope?.signatures.pop(), 'SIGNATURE_MISSING'],
    [
      'an empty signature of a message',
      message,
      (it) => Object.assign(it.messageSignature ?? {}, { signature: '' }),
      'SIGNATURE_MISSING',
    ],
    ['SHA-1', message, digest({ algorithm: 'SHA1' }), 'BUNDLE_INVALID'],
    ['toString for an algorithm', message, digest({ algorithm: 'toString' }), 'BUNDLE_INVALID'],
    ['a digest of another length', message, digest({ algorithm: 'SHA2_384' }), 'BUNDLE_INVALID'],
    ['an empty digest', message, digest({ digest: '' }), 'BUNDLE_INVALID'],
    ['a certificate in bad base64', v3, (_, it) => (it.certificate = { rawBytes: '!' }), 'BASE64_INVALID'],
    [
      'a timestamp in bad base64',
      stamped,
      (_, it) => (it.timestampVerificationData = { rfc3161Timestamps: [{ signedTimestamp: '!' }] }),
      'BASE64_INVALID',
    ],
    [
      'a hint that is a number',
      key,
      (_, it) => Object.assign(it.publicKey ?? {}, { hint: 1 }),
      'BUNDLE_INVALID',
    ],
  ])('%s', (_, options, edit, code) => {
    expect(outcome(options, edit)).toBe(code);
  });
});
