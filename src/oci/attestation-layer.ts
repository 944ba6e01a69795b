import { sha256Hex } from '#core/bytes/digest';
import { fromHex } from '#core/bytes/hex';
import { readPemBlocks } from '#core/crypto/pem';
import { parseEnvelope, type Envelope } from '#core/dsse/envelope';
import { EdgesealError, refuse } from '#core/errors/error';
import { parseJson, parseJsonBytes } from '#core/json/parse';
import { at, noOtherKeys, objectAt, objectOf, stringAt, type Where } from '#core/json/shape';
import { member, type JsonObject } from '#core/json/value';
import { limits } from '#core/limits';
import type { Evidence, VerificationMaterial } from '#core/sigstore/evidence';
import { parseLogEntry, type LogEntry } from '#core/tlog/log-entry';
import { readCosignTimestamp } from '#core/tsa/cosign-timestamp';

/** Annotations of a layer of cosign's `.att` tag that carry the verification material. */
const layerAnnotations = {
  bundle: 'dev.sigstore.cosign/bundle',
  certificate: 'dev.sigstore.cosign/certificate',
  chain: 'dev.sigstore.cosign/chain',
  timestamp: 'dev.sigstore.cosign/rfc3161timestamp',
} as const;

const BUNDLE_FIELDS: ReadonlySet<string> = new Set(['SignedEntryTimestamp', 'Payload']);
const PAYLOAD_FIELDS: ReadonlySet<string> = new Set(['body', 'integratedTime', 'logIndex', 'logID']);

/**
 * The evidence in a layer of cosign's `.att` image: the blob is the DSSE envelope as Rekor got it, so that
 * the log's digest of the envelope is checked too; certificate, chain, Rekor v1 entry and signed timestamp
 * stand in the layer's annotations.
 * @param source what reasons call the layer
 * @throws BUNDLE_INVALID, ENVELOPE_INVALID, SIGNATURE_MISSING, BASE64_INVALID, HEX_INVALID, JSON_*,
 * UTF8_INVALID, INPUT_TOO_LARGE
 * @see https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
 */
export function evidenceOfLayer(
  envelopeBytes: Uint8Array,
  annotations: Readonly<Record<string, string>>,
  source: string,
): Evidence {
  if (envelopeBytes.length > limits.evidenceItem) {
    refuse('INPUT_TOO_LARGE', `${source} is too large`, {
      expected: `at most ${limits.evidenceItem} octets`,
    });
  }
  const envelope = parseEnvelope(parseJsonBytes(envelopeBytes, source), '', 'raw');
  if (envelope.signatures.length !== 1) {
    refuse('BUNDLE_INVALID', "a layer's envelope has exactly one signature", {
      path: 'signatures',
      expected: '1',
      found: String(envelope.signatures.length),
    });
  }
  const digest = sha256Hex(envelopeBytes);
  const bundle = annotation(annotations, layerAnnotations.bundle);
  const timestamp = annotation(annotations, layerAnnotations.timestamp);
  return {
    digest,
    source,
    format: 'bundle',
    bytes: envelopeBytes,
    content: { kind: 'dsse', envelope },
    material: readMaterial(annotations, envelope),
    logEntries: bundle === undefined ? [] : [readEntry(bundle)],
    timestamps:
      timestamp === undefined
        ? []
        : [readCosignTimestamp(timestamp, { code: 'BUNDLE_INVALID', path: layerAnnotations.timestamp })],
    envelopeDigest: digest,
  };
}

/** Absent and empty are one: cosign writes empty annotations too. */
function annotation(annotations: Readonly<Record<string, string>>, name: string): string | undefined {
  const value = Object.hasOwn(annotations, name) ? annotations[name] : undefined;
  return value === '' ? undefined : value;
}

function readMaterial(
  annotations: Readonly<Record<string, string>>,
  envelope: Envelope,
): VerificationMaterial {
  const leaf = annotation(annotations, layerAnnotations.certificate);
  const above = annotation(annotations, layerAnnotations.chain);
  if (leaf === undefined) {
    if (above !== undefined)
      malformed(layerAnnotations.certificate, 'the certificate below its chain', 'none');
    return { kind: 'public-key', hint: envelope.signatures[0]?.keyid ?? '' };
  }
  const [certificate, ...more] = readCertificates(leaf, layerAnnotations.certificate);
  if (certificate === undefined || more.length > 0)
    return malformed(layerAnnotations.certificate, 'one certificate', String(more.length + 1));
  const chain = above === undefined ? [] : readCertificates(above, layerAnnotations.chain);
  return { kind: 'certificates', chain: [certificate, ...chain] };
}

function readCertificates(text: string, name: string): readonly Uint8Array[] {
  try {
    const blocks = readPemBlocks(text, name);
    if (blocks.length <= limits.certificates && blocks.every(({ label }) => label === 'CERTIFICATE'))
      return blocks.map(({ der }) => der);
  } catch (error) {
    if (!(error instanceof EdgesealError)) throw error;
  }
  return malformed(name, `at most ${limits.certificates} PEM CERTIFICATE blocks`, 'something else');
}

/** A TransparencyLogEntry of Rekor v1 from cosign's own spelling of it: no proof, only the promise. */
function readEntry(text: string): LogEntry {
  const where: Where = { code: 'BUNDLE_INVALID', path: layerAnnotations.bundle };
  const bundle = readObject(text, where, BUNDLE_FIELDS);
  const payload = objectAt(bundle, 'Payload', where);
  const here = at(where, 'Payload');
  noOtherKeys(payload, PAYLOAD_FIELDS, here);
  const logId = Buffer.from(fromHex(stringAt(payload, 'logID', here))).toString('base64');
  const entry = {
    logIndex: member(payload, 'logIndex') ?? null,
    integratedTime: member(payload, 'integratedTime') ?? null,
    logId: { keyId: logId },
    inclusionPromise: { signedEntryTimestamp: stringAt(bundle, 'SignedEntryTimestamp', where) },
    canonicalizedBody: stringAt(payload, 'body', here),
  };
  return parseLogEntry(entry, here, true);
}

function readObject(text: string, where: Where, fields: ReadonlySet<string>): JsonObject {
  const object = objectOf(parseJson(text, where.path), where);
  noOtherKeys(object, fields, where);
  return object;
}

function malformed(name: string, expected: string, found: string): never {
  return refuse('BUNDLE_INVALID', "a layer's annotation is malformed", { path: name, expected, found });
}
