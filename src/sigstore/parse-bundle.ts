import { fromBase64Protobuf } from '#core/bytes/base64';
import { parseEnvelope } from '#core/dsse/envelope';
import { refuse } from '#core/errors/error';
import { arrayAt, at, noOtherKeys, objectAt, objectOf, stringAt, type Where } from '#core/json/shape';
import { member, type JsonObject } from '#core/json/value';
import { limits } from '#core/limits';
import { parseLogEntry } from '#core/tlog/log-entry';
import type { Evidence, EvidenceContent, VerificationMaterial } from './evidence.ts';

type Parts = Pick<Evidence, 'content' | 'material' | 'logEntries' | 'timestamps'>;

const VERSIONS: ReadonlyMap<string, 1 | 2 | 3> = new Map([
  ['application/vnd.dev.sigstore.bundle+json;version=0.1', 1],
  ['application/vnd.dev.sigstore.bundle+json;version=0.2', 2],
  ['application/vnd.dev.sigstore.bundle+json;version=0.3', 3],
  ['application/vnd.dev.sigstore.bundle.v0.3+json', 3],
]);

const FIELDS: ReadonlySet<string> = new Set([
  'mediaType',
  'verificationMaterial',
  'messageSignature',
  'dsseEnvelope',
]);
const MATERIAL_FIELDS: ReadonlySet<string> = new Set([
  'publicKey',
  'x509CertificateChain',
  'certificate',
  'tlogEntries',
  'timestampVerificationData',
]);
const KEY_FIELDS: ReadonlySet<string> = new Set(['hint']);
const CHAIN_FIELDS: ReadonlySet<string> = new Set(['certificates']);
const RAW_FIELDS: ReadonlySet<string> = new Set(['rawBytes']);
const TIMESTAMP_FIELDS: ReadonlySet<string> = new Set(['rfc3161Timestamps']);
const SIGNED_FIELDS: ReadonlySet<string> = new Set(['signedTimestamp']);
const MESSAGE_FIELDS: ReadonlySet<string> = new Set(['messageDigest', 'signature']);
const DIGEST_FIELDS: ReadonlySet<string> = new Set(['algorithm', 'digest']);
const ALGORITHMS = { SHA2_256: ['sha256', 32], SHA2_384: ['sha384', 48], SHA2_512: ['sha512', 64] } as const;

/**
 * Reads a Sigstore bundle v0.1 to v0.3 (dev.sigstore.bundle.v1.Bundle in protobuf JSON) and holds it to its
 * version's rules: v0.1 needs a promise of inclusion, later versions a proof with checkpoint; v0.3 has one
 * certificate and no chain.
 * @throws BUNDLE_INVALID, BUNDLE_VERSION_UNSUPPORTED, BASE64_INVALID, ENVELOPE_INVALID, SIGNATURE_MISSING,
 * LOG_PROOF_MISSING
 */
export function parseBundle(bundle: JsonObject): Parts {
  const where: Where = { code: 'BUNDLE_INVALID', path: '' };
  const mediaType = stringAt(bundle, 'mediaType', where);
  const version = VERSIONS.get(mediaType);
  if (version === undefined) {
    return refuse('BUNDLE_VERSION_UNSUPPORTED', 'a bundle is of an unsupported version', {
      path: 'mediaType',
      expected: 'a Sigstore bundle v0.1, v0.2 or v0.3',
      found: JSON.stringify(mediaType.slice(0, 100)),
    });
  }
  noOtherKeys(bundle, FIELDS, where);
  const material = objectAt(bundle, 'verificationMaterial', where);
  const here = at(where, 'verificationMaterial');
  noOtherKeys(material, MATERIAL_FIELDS, here);
  const entries = at(here, 'tlogEntries');
  const parts: Parts = {
    content: readContent(bundle, where),
    material: readMaterial(material, version, here),
    logEntries: arrayAt(material, 'tlogEntries', here, limits.logEntries).map((entry, index) =>
      parseLogEntry(entry, at(entries, index), version === 1),
    ),
    timestamps: readTimestamps(material, here),
  };
  checkInclusion(parts, version);
  return parts;
}

function checkInclusion({ logEntries }: Parts, version: 1 | 2 | 3): void {
  for (const { kind, promise, proof, path } of logEntries) {
    if (kind === undefined) {
      refuse('BUNDLE_INVALID', 'a log entry does not say of which kind it is', {
        path: `${path}.kindVersion`,
        expected: 'kind and version',
        found: 'nothing',
      });
    }
    if (version === 1 && promise === undefined) {
      refuse('BUNDLE_INVALID', 'a log entry of a bundle v0.1 has no inclusion promise', {
        path: `${path}.inclusionPromise`,
        expected: 'a signed entry timestamp',
        found: 'nothing',
      });
    }
    if (version > 1 && proof === undefined) {
      refuse('LOG_PROOF_MISSING', `a log entry of a bundle v0.${version} has no inclusion proof`, {
        path: `${path}.inclusionProof`,
        expected: 'an inclusion proof and a checkpoint',
        found: 'no proof',
      });
    }
  }
}

function readContent(bundle: JsonObject, where: Where): EvidenceContent {
  const envelope = member(bundle, 'dsseEnvelope');
  const message = member(bundle, 'messageSignature');
  const hasEnvelope = envelope !== undefined && envelope !== null;
  const hasMessage = message !== undefined && message !== null;
  if (hasEnvelope === hasMessage) {
    return refuse('BUNDLE_INVALID', 'a bundle has one content', {
      expected: 'dsseEnvelope or messageSignature',
      found: hasEnvelope ? 'both' : 'neither',
    });
  }
  if (hasEnvelope) {
    const parsed = parseEnvelope(envelope, 'dsseEnvelope', 'bundle');
    if (parsed.signatures.length !== 1) {
      refuse('BUNDLE_INVALID', "a bundle's envelope has exactly one signature", {
        path: 'dsseEnvelope.signatures',
        expected: '1',
        found: String(parsed.signatures.length),
      });
    }
    return { kind: 'dsse', envelope: parsed };
  }
  return readMessage(objectOf(message, at(where, 'messageSignature')), at(where, 'messageSignature'));
}

function readMessage(message: JsonObject, where: Where): EvidenceContent {
  noOtherKeys(message, MESSAGE_FIELDS, where);
  const hash = objectAt(message, 'messageDigest', where);
  const here = at(where, 'messageDigest');
  noOtherKeys(hash, DIGEST_FIELDS, here);
  const name = stringAt(hash, 'algorithm', here);
  const digest = bytesAt(hash, 'digest', here);
  const algorithm =
    name === 'SHA2_256' || name === 'SHA2_384' || name === 'SHA2_512' ? ALGORITHMS[name] : undefined;
  if (algorithm === undefined || digest.length !== algorithm[1]) {
    return refuse('BUNDLE_INVALID', "a message's digest is malformed", {
      path: here.path,
      expected: 'SHA2_256, SHA2_384 or SHA2_512, and a digest of its length',
      found: `${JSON.stringify(name.slice(0, 40))}, ${digest.length} octets`,
    });
  }
  const signature = bytesAt(message, 'signature', where);
  if (signature.length === 0)
    refuse('SIGNATURE_MISSING', 'a signature is empty', { path: at(where, 'signature').path });
  return { kind: 'message', digestAlgorithm: algorithm[0], digest, signature };
}

function readMaterial(material: JsonObject, version: 1 | 2 | 3, where: Where): VerificationMaterial {
  const kinds = ['publicKey', 'x509CertificateChain', 'certificate'].filter(
    (key) => (member(material, key) ?? null) !== null,
  );
  const [kind] = kinds;
  if (
    kind === undefined ||
    kinds.length > 1 ||
    (kind === 'certificate' && version < 3) ||
    (kind === 'x509CertificateChain' && version === 3)
  ) {
    return refuse('BUNDLE_INVALID', `a bundle v0.${version} names its signer in one way`, {
      path: where.path,
      expected: version === 3 ? 'certificate or publicKey' : 'x509CertificateChain or publicKey',
      found: kinds.length === 0 ? 'nothing' : kinds.join(' and '),
    });
  }
  const value = objectAt(material, kind, where);
  const here = at(where, kind);
  if (kind === 'publicKey') {
    noOtherKeys(value, KEY_FIELDS, here);
    return {
      kind: 'public-key',
      hint: (member(value, 'hint') ?? null) === null ? '' : stringAt(value, 'hint', here),
    };
  }
  if (kind === 'certificate') return { kind: 'certificates', chain: [readRaw(value, here)] };
  noOtherKeys(value, CHAIN_FIELDS, here);
  const list = arrayAt(value, 'certificates', here, limits.certificates);
  if (list.length === 0)
    refuse('BUNDLE_INVALID', 'a certificate chain is empty', {
      path: at(here, 'certificates').path,
      expected: 'at least the signing certificate',
    });
  return {
    kind: 'certificates',
    chain: list.map((item, index) => {
      const there = at(at(here, 'certificates'), index);
      return readRaw(objectOf(item, there), there);
    }),
  };
}

function readRaw(value: JsonObject, where: Where): Uint8Array {
  noOtherKeys(value, RAW_FIELDS, where);
  return bytesAt(value, 'rawBytes', where);
}

function readTimestamps(material: JsonObject, where: Where): readonly Uint8Array[] {
  const data = member(material, 'timestampVerificationData');
  if (data === undefined || data === null) return [];
  const here = at(where, 'timestampVerificationData');
  const object = objectOf(data, here);
  noOtherKeys(object, TIMESTAMP_FIELDS, here);
  return arrayAt(object, 'rfc3161Timestamps', here, limits.timestamps).map((item, index) => {
    const there = at(at(here, 'rfc3161Timestamps'), index);
    const timestamp = objectOf(item, there);
    noOtherKeys(timestamp, SIGNED_FIELDS, there);
    return bytesAt(timestamp, 'signedTimestamp', there);
  });
}

function bytesAt(object: JsonObject, key: string, where: Where): Uint8Array {
  return fromBase64Protobuf(stringAt(object, key, where), at(where, key).path);
}
