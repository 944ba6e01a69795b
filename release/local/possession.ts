import { explicit, readDer, tags, type DerElement } from '#core/asn1/der';
import { readBitString, readOid, readSmallInteger } from '#core/asn1/values';
import { fromBase64Protobuf } from '#core/bytes/base64';
import type { HashAlgorithm } from '#core/bytes/digest';
import { readPem } from '#core/crypto/pem';
import { parsePublicKey, parseSpki, type KeyAlgorithm, type PublicKey } from '#core/crypto/public-key';
import { verifySignature } from '#core/crypto/signature';
import { objectAt, objectOf, stringAt, type Where } from '#core/json/shape';
import { member, type JsonObject } from '#core/json/value';
import { orRefuse, Refused } from './service.ts';

const where: Where = { code: 'KEY_INVALID', path: '' };

const INVALID_SIGNATURE = 'The signature supplied in the request could not be verified';
const INVALID_KEY = 'The public key supplied in the request could not be parsed';
const INVALID_CSR = 'The certificate signing request could not be parsed';

/** The hash that goes with a key; Ed25519 takes none. */
const HASHES: Readonly<Record<KeyAlgorithm, HashAlgorithm>> = {
  'ecdsa-p256': 'sha256',
  'ecdsa-p384': 'sha384',
  'ecdsa-p521': 'sha512',
  ed25519: 'sha512',
  rsa: 'sha256',
};

/**
 * The public key of a request for a certificate, whose private half the caller has shown to possess: by a signing
 * request (RFC 2986) that is signed with it, or by its signature over the token's subject.
 * @throws Refused
 */
export function provenKey(request: JsonObject, subject: string): PublicKey {
  const csr = member(request, 'certificateSigningRequest');
  if (typeof csr === 'string' && csr !== '') return requestedKey(csr);
  const [key, proof] = orRefuse(INVALID_KEY, () => {
    const wanted = objectAt(objectOf(request, where), 'publicKeyRequest', where);
    const content = stringAt(objectAt(wanted, 'publicKey', where), 'content', where);
    const proof = member(wanted, 'proofOfPossession');
    return [parsePublicKey(Buffer.from(content), 'the public key'), proof] as const;
  });
  const isProven = orRefuse(INVALID_SIGNATURE, () => {
    const signature = fromBase64Protobuf(typeof proof === 'string' ? proof : '');
    return verifySignature(key, HASHES[key.algorithm], Buffer.from(subject), signature);
  });
  if (!isProven) throw new Refused(400, INVALID_SIGNATURE);
  return key;
}

const SIGNATURE_HASHES: ReadonlyMap<string, HashAlgorithm> = new Map([
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
  ['1.3.101.112', 'sha512'],
]);

interface SigningRequest {
  readonly info: DerElement;
  readonly key: PublicKey;
  readonly hash: HashAlgorithm | undefined;
  readonly signature: Uint8Array;
}

function requestedKey(encoded: string): PublicKey {
  const { info, key, hash, signature } = orRefuse(INVALID_CSR, () => {
    const { label, der } = readPem(fromBase64Protobuf(encoded), 'the signing request');
    if (label !== 'CERTIFICATE REQUEST') throw new Refused(400, INVALID_CSR);
    return readRequest(der);
  });
  if (hash === undefined || !verifySignature(key, hash, info.encoded, signature))
    throw new Refused(400, INVALID_SIGNATURE);
  return key;
}

/** CertificationRequest of PKCS #10 (RFC 2986 section 4.2). @throws DER_INVALID, KEY_INVALID, KEY_UNSUPPORTED */
function readRequest(der: Uint8Array): SigningRequest {
  const outer = readDer(der, tags.sequence).children();
  const info = outer.next(tags.sequence);
  const algorithm = outer.next(tags.sequence).children();
  const signature = readBitString(outer.next());
  outer.end();
  const fields = info.children();
  const version = readSmallInteger(fields.next(tags.integer));
  fields.next(tags.sequence);
  const spki = fields.next(tags.sequence);
  fields.optional(explicit(0));
  fields.end();
  if (version !== 0) throw new Refused(400, INVALID_CSR);
  const hash = SIGNATURE_HASHES.get(readOid(algorithm.next()));
  return { info, key: parseSpki(spki.encoded), hash, signature };
}
