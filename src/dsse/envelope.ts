import { fromBase64Either } from '#core/bytes/base64';
import { readPem } from '#core/crypto/pem';
import { EdgesealError, refuse } from '#core/errors/error';
import { arrayAt, at, noOtherKeys, objectOf, optionalStringAt, stringAt, type Where } from '#core/json/shape';
import type { JsonObject, JsonValue } from '#core/json/value';
import { limits } from '#core/limits';

export interface EnvelopeSignature {
  /** An unauthenticated hint; undefined where absent or empty. */
  readonly keyid: string | undefined;
  readonly sig: Uint8Array;
  /** DER; from slsa-github-generator's and cosign's non-standard `cert`, where the caller allows it. */
  readonly certificate: Uint8Array | undefined;
}

/**
 * A DSSE envelope v1.
 * @see https://github.com/secure-systems-lab/dsse/blob/master/envelope.md
 */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  /** At least one. */
  readonly signatures: readonly EnvelopeSignature[];
}

const FIELDS: ReadonlySet<string> = new Set(['payload', 'payloadType', 'signatures']);
const SIGNATURE_FIELDS: ReadonlySet<string> = new Set(['sig', 'keyid']);

/**
 * Reads an envelope.
 * @param form `raw`: an envelope by itself, where DSSE has unknown fields passed over and `signatures[].cert`
 * (PEM) may stand; `bundle`: one in protobuf JSON, which has no other fields
 * @throws ENVELOPE_INVALID, BASE64_INVALID, SIGNATURE_MISSING
 */
export function parseEnvelope(value: JsonValue | undefined, path: string, form: 'raw' | 'bundle'): Envelope {
  const where: Where = { code: 'ENVELOPE_INVALID', path };
  const object = objectOf(value, where);
  if (form === 'bundle') noOtherKeys(object, FIELDS, where);
  const items = arrayAt(object, 'signatures', where, limits.signatures);
  if (items.length === 0) {
    refuse('SIGNATURE_MISSING', 'an envelope has no signature', {
      path: at(where, 'signatures').path,
      expected: 'at least one',
    });
  }
  return {
    payloadType: stringAt(object, 'payloadType', where),
    payload: fromBase64Either(stringAt(object, 'payload', where), at(where, 'payload').path),
    signatures: items.map((item, index) => readSignature(item, at(at(where, 'signatures'), index), form)),
  };
}

function readSignature(item: JsonValue, where: Where, form: 'raw' | 'bundle'): EnvelopeSignature {
  const object = objectOf(item, where);
  if (form === 'bundle') noOtherKeys(object, SIGNATURE_FIELDS, where);
  const sig = fromBase64Either(stringAt(object, 'sig', where), at(where, 'sig').path);
  if (sig.length === 0) refuse('SIGNATURE_MISSING', 'a signature is empty', { path: at(where, 'sig').path });
  const keyid = optionalStringAt(object, 'keyid', where);
  return {
    keyid: keyid === '' ? undefined : keyid,
    sig,
    certificate: form === 'raw' ? readCertificate(object, where) : undefined,
  };
}

function readCertificate(object: JsonObject, where: Where): Uint8Array | undefined {
  const text = optionalStringAt(object, 'cert', where);
  if (text === undefined || text === '') return undefined;
  try {
    const { label, der } = readPem(Buffer.from(text, 'utf8'), at(where, 'cert').path);
    if (label === 'CERTIFICATE') return der;
  } catch (error) {
    if (!(error instanceof EdgesealError)) throw error;
  }
  return refuse('ENVELOPE_INVALID', 'a signature carries something else than one certificate', {
    path: at(where, 'cert').path,
    expected: 'one PEM CERTIFICATE',
  });
}
