import { pem } from './der.ts';
import { pae, postedEnvelope, type EnvelopeJson } from './dsse.ts';
import { base64, canonicalJson, type Json } from './json.ts';
import { digest, sha256, type Hash, type TestKey } from './keys.ts';

export type EntryKind =
  'dsse/0.0.1' | 'intoto/0.0.1' | 'intoto/0.0.2' | 'hashedrekord/0.0.1' | 'hashedrekord/0.0.2' | 'dsse/0.0.2';

/** What is logged: an envelope or a message's digest, each signature's bytes and the verifier that goes with it. */
export interface Logged {
  readonly content:
    | { readonly kind: 'dsse'; readonly envelope: EnvelopeJson; readonly payload: Buffer }
    | { readonly kind: 'message'; readonly digest: Buffer; readonly hash: Hash };
  readonly signatures: readonly Buffer[];
  /** One a signature. */
  readonly verifiers: readonly Verifier[];
}

export interface Verifier {
  readonly key: TestKey;
  /** DER; absent for a plain key. */
  readonly certificate: Buffer | undefined;
}

/** An entry's canonicalised body as Rekor stores and hashes it. */
export function entryBody(kind: EntryKind, logged: Logged): Buffer {
  const [name = '', apiVersion = ''] = kind.split('/');
  return Buffer.from(canonicalJson({ apiVersion, kind: name, spec: specs[kind](logged) }));
}

const specs: Readonly<Record<EntryKind, (logged: Logged) => Json>> = {
  'dsse/0.0.1': (logged) => {
    const { envelope, payload } = dsseOf(logged);
    return {
      envelopeHash: { algorithm: 'sha256', value: sha256(postedEnvelope(envelope)).toString('hex') },
      payloadHash: { algorithm: 'sha256', value: sha256(payload).toString('hex') },
      signatures: logged.signatures.map((signature, index) => ({
        signature: base64(signature),
        verifier: base64(pemOf(verifierAt(logged, index))),
      })),
    };
  },
  'intoto/0.0.1': (logged) => {
    const { envelope, payload } = dsseOf(logged);
    return {
      content: {
        hash: { algorithm: 'sha256', value: sha256(postedEnvelope(envelope)).toString('hex') },
        payloadHash: { algorithm: 'sha256', value: sha256(payload).toString('hex') },
      },
      publicKey: base64(pemOf(verifierAt(logged, 0))),
    };
  },
  'intoto/0.0.2': (logged) => {
    const { envelope, payload } = dsseOf(logged);
    const signatures = logged.signatures.map((signature, index) => ({
      publicKey: base64(pemOf(verifierAt(logged, index))),
      // Rekor's API takes bytes here and is given base64 text: twice encoded.
      sig: base64(base64(signature)),
    }));
    return {
      content: {
        envelope: { payloadType: envelope.payloadType, signatures },
        hash: { algorithm: 'sha256', value: sha256(postedEnvelope(envelope)).toString('hex') },
        payloadHash: { algorithm: 'sha256', value: sha256(payload).toString('hex') },
      },
    };
  },
  'hashedrekord/0.0.1': (logged) => {
    const { hash, value } = signedDigest(logged);
    return {
      data: { hash: { algorithm: hash, value: value.toString('hex') } },
      signature: {
        content: base64(signatureAt(logged, 0)),
        publicKey: { content: base64(pemOf(verifierAt(logged, 0))) },
      },
    };
  },
  'hashedrekord/0.0.2': (logged) => {
    const { hash, value } = signedDigest(logged);
    return {
      hashedRekordV002: {
        data: { algorithm: protobufHash[hash], digest: base64(value) },
        signature: {
          content: base64(signatureAt(logged, 0)),
          verifier: protobufVerifier(verifierAt(logged, 0)),
        },
      },
    };
  },
  'dsse/0.0.2': (logged) => ({
    dsseV002: {
      payloadHash: { algorithm: 'SHA2_256', digest: base64(sha256(dsseOf(logged).payload)) },
      signatures: logged.signatures.map((signature, index) => ({
        content: base64(signature),
        verifier: protobufVerifier(verifierAt(logged, index)),
      })),
    },
  }),
};

export const protobufHash: Readonly<Record<Hash, string>> = {
  sha256: 'SHA2_256',
  sha384: 'SHA2_384',
  sha512: 'SHA2_512',
};

function dsseOf(logged: Logged): { envelope: EnvelopeJson; payload: Buffer } {
  if (logged.content.kind === 'dsse') return logged.content;
  throw new Error('a message signature has no envelope to log');
}

/** Of a message: its digest. Of an envelope: the digest of what was signed, its pre-authentication encoding. */
function signedDigest(logged: Logged): { hash: Hash; value: Buffer } {
  if (logged.content.kind === 'message') return { hash: logged.content.hash, value: logged.content.digest };
  const { envelope, payload } = logged.content;
  const { hash } = verifierAt(logged, 0).key;
  return { hash, value: digest(hash, pae(envelope.payloadType, payload)) };
}

function protobufVerifier({ key, certificate }: Verifier): Json {
  return certificate === undefined
    ? { keyDetails: key.keyDetails, publicKey: { rawBytes: base64(key.spki) } }
    : { keyDetails: key.keyDetails, x509Certificate: { rawBytes: base64(certificate) } };
}

function pemOf({ key, certificate }: Verifier): string {
  return certificate === undefined ? pem('PUBLIC KEY', key.spki) : pem('CERTIFICATE', certificate);
}

function signatureAt(logged: Logged, index: number): Buffer {
  const signature = logged.signatures[index];
  if (signature === undefined) throw new Error(`no signature ${index} to log`);
  return signature;
}

function verifierAt(logged: Logged, index: number): Verifier {
  const verifier = logged.verifiers[index];
  if (verifier === undefined) throw new Error(`no verifier ${index} to log`);
  return verifier;
}
