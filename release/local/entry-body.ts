import { toBase64 } from '#core/bytes/base64';
import { digest, sha256Hex, type HashAlgorithm } from '#core/bytes/digest';
import { toHex } from '#core/bytes/hex';
import { preAuthEncoding } from '#core/dsse/pae';
import { canonicalize } from '#core/json/canonical';
import type { JsonValue } from '#core/json/value';
import { pem } from './der.ts';
import type { SigningKey } from './signing-key.ts';

export type EntryKind =
  'dsse/0.0.1' | 'intoto/0.0.1' | 'intoto/0.0.2' | 'hashedrekord/0.0.1' | 'hashedrekord/0.0.2' | 'dsse/0.0.2';

/** What is logged: an envelope or a message's digest, each signature's bytes and the verifier that goes with it. */
export interface LoggedContent {
  readonly content:
    | {
        readonly kind: 'dsse';
        readonly payloadType: string;
        readonly payload: Uint8Array;
        /** SHA-256 of the envelope's bytes as they were posted, hex. */
        readonly envelopeDigest: string;
      }
    | { readonly kind: 'message'; readonly digest: Uint8Array; readonly hash: HashAlgorithm };
  readonly signatures: readonly LoggedSignature[];
}

export interface LoggedSignature {
  readonly signature: Uint8Array;
  /** What the envelope calls the key; absent where it is empty. */
  readonly keyid?: string | undefined;
  readonly verifier: LoggedVerifier;
}

export interface LoggedVerifier {
  readonly key: Pick<SigningKey, 'spki' | 'hash' | 'keyDetails'>;
  /** DER; absent for a plain key. */
  readonly certificate: Uint8Array | undefined;
}

/** An entry's canonicalised body as Rekor stores and hashes it. */
export function entryBody(kind: EntryKind, logged: LoggedContent): Buffer {
  const [name = '', apiVersion = ''] = kind.split('/');
  return Buffer.from(canonicalize({ apiVersion, kind: name, spec: specs[kind](logged) }));
}

const specs: Readonly<Record<EntryKind, (logged: LoggedContent) => JsonValue>> = {
  'dsse/0.0.1': (logged) => {
    const { payload, envelopeDigest } = dsseOf(logged);
    return {
      envelopeHash: sha256(envelopeDigest),
      payloadHash: sha256(sha256Hex(payload)),
      // Rekor sorts them.
      signatures: logged.signatures
        .map(({ signature, verifier }) => ({
          signature: toBase64(signature),
          verifier: toBase64(pemOf(verifier)),
        }))
        .toSorted((a, b) => (a.signature < b.signature ? -1 : 1)),
    };
  },
  'intoto/0.0.1': (logged) => {
    const { payload, envelopeDigest } = dsseOf(logged);
    return {
      content: { hash: sha256(envelopeDigest), payloadHash: sha256(sha256Hex(payload)) },
      publicKey: toBase64(pemOf(first(logged).verifier)),
    };
  },
  'intoto/0.0.2': (logged) => {
    const { payload, payloadType, envelopeDigest } = dsseOf(logged);
    const signatures = logged.signatures.map(({ signature, keyid, verifier }) => ({
      ...(keyid === undefined ? {} : { keyid }),
      publicKey: toBase64(pemOf(verifier)),
      // Rekor's API takes bytes here and is given base64 text: twice encoded.
      sig: toBase64(Buffer.from(toBase64(signature))),
    }));
    return {
      content: {
        envelope: { payloadType, signatures },
        hash: sha256(envelopeDigest),
        payloadHash: sha256(sha256Hex(payload)),
      },
    };
  },
  'hashedrekord/0.0.1': (logged) => {
    const { hash, value } = signedDigest(logged);
    const { signature, verifier } = first(logged);
    return {
      data: { hash: { algorithm: hash, value: toHex(value) } },
      signature: {
        content: toBase64(signature),
        publicKey: { content: toBase64(pemOf(verifier)) },
      },
    };
  },
  'hashedrekord/0.0.2': (logged) => {
    const { hash, value } = signedDigest(logged);
    const { signature, verifier } = first(logged);
    return {
      hashedRekordV002: {
        data: { algorithm: protobufHash[hash], digest: toBase64(value) },
        signature: { content: toBase64(signature), verifier: protobufVerifier(verifier) },
      },
    };
  },
  'dsse/0.0.2': (logged) => ({
    dsseV002: {
      payloadHash: { algorithm: 'SHA2_256', digest: toBase64(digest('sha256', dsseOf(logged).payload)) },
      signatures: logged.signatures.map(({ signature, verifier }) => ({
        content: toBase64(signature),
        verifier: protobufVerifier(verifier),
      })),
    },
  }),
};

export const protobufHash: Readonly<Record<HashAlgorithm, string>> = {
  sha256: 'SHA2_256',
  sha384: 'SHA2_384',
  sha512: 'SHA2_512',
};

const sha256 = (value: string): JsonValue => ({ algorithm: 'sha256', value });

function dsseOf({ content }: LoggedContent): Extract<LoggedContent['content'], { kind: 'dsse' }> {
  if (content.kind === 'dsse') return content;
  throw new Error('a message signature has no envelope to log');
}

/** Of a message: its digest. Of an envelope: the digest of what was signed, its pre-authentication encoding. */
function signedDigest(logged: LoggedContent): { readonly hash: HashAlgorithm; readonly value: Uint8Array } {
  const { content } = logged;
  if (content.kind === 'message') return { hash: content.hash, value: content.digest };
  const { hash } = first(logged).verifier.key;
  return { hash, value: digest(hash, preAuthEncoding(content.payloadType, content.payload)) };
}

function protobufVerifier({ key, certificate }: LoggedVerifier): JsonValue {
  return certificate === undefined
    ? { keyDetails: key.keyDetails, publicKey: { rawBytes: toBase64(key.spki) } }
    : { keyDetails: key.keyDetails, x509Certificate: { rawBytes: toBase64(certificate) } };
}

function pemOf({ key, certificate }: LoggedVerifier): Buffer {
  return Buffer.from(
    certificate === undefined ? pem('PUBLIC KEY', key.spki) : pem('CERTIFICATE', certificate),
  );
}

function first({ signatures }: LoggedContent): LoggedSignature {
  const [signature] = signatures;
  if (signature === undefined) throw new Error('no signature to log');
  return signature;
}
