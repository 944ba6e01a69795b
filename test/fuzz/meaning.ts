import type { Json } from '../sigstore/json.ts';
import { derElements, type DerElement } from './der-tree.ts';
import { signatureName } from './ecdsa-twin.ts';
import { get, isObject, list, text, type Path } from './json-tree.ts';

/**
 * What an item of evidence says, read without the core: every part that something must vouch for, each as a
 * text to compare. What stands in no field here is what README.md lists as covered by nothing.
 */
export interface Meaning {
  /** Payload type and payload, or digest, with the signature; names the statement that was signed. */
  readonly content: string;
  /** The leaf certificate, or that it is a key: its hint vouches for nothing. A raw envelope: nothing here, its signers stand in `signatures`. */
  readonly signer: string;
  /** Signature and certificate of each signature of a raw envelope. */
  readonly signatures: readonly string[];
  /** Certificates that came along after the leaf. */
  readonly chain: readonly string[];
  readonly entries: readonly EntryMeaning[];
  readonly timestamps: readonly string[];
}

export interface EntryMeaning {
  readonly logId: string;
  readonly body: string;
  readonly kindVersion: string | undefined;
  readonly logIndex: string;
  readonly integratedTime: string;
  readonly promise: string | undefined;
  readonly proof: string | undefined;
  /** The proof's index, which is that of a shard. */
  readonly proofIndex: string;
  /** The note's text, and its signature lines. */
  readonly checkpoint: { readonly text: string; readonly signatures: readonly string[] } | undefined;
}

const knownMediaTypes = new Set([
  'application/vnd.dev.sigstore.bundle+json;version=0.1',
  'application/vnd.dev.sigstore.bundle+json;version=0.2',
  'application/vnd.dev.sigstore.bundle+json;version=0.3',
  'application/vnd.dev.sigstore.bundle.v0.3+json',
]);

/** @returns undefined where an item is neither a bundle nor an envelope */
export function meaningOf(item: Json): Meaning | undefined {
  if (!isObject(item)) return undefined;
  if (get(item, 'verificationMaterial') === undefined) return envelopeMeaning(item);
  if (!knownMediaTypes.has(text(item, 'mediaType') ?? '')) return undefined;
  const material = get(item, 'verificationMaterial');
  const certificates = [
    ...[get(material, 'certificate')].filter((it) => it !== undefined),
    ...list(material, 'x509CertificateChain', 'certificates'),
  ].map((it) => bytesAt(it, 'rawBytes'));
  return {
    content: bundleContent(item),
    signer: get(material, 'publicKey') === undefined ? `certificate ${certificates[0] ?? ''}` : 'key',
    signatures: [],
    chain: certificates.slice(1),
    entries: list(material, 'tlogEntries').map(entryMeaning),
    timestamps: list(material, 'timestampVerificationData', 'rfc3161Timestamps').map((it) =>
      timestampMeaning(bytesAt(it, 'signedTimestamp')),
    ),
  };
}

function bundleContent(item: Json): string {
  const envelope = get(item, 'dsseEnvelope');
  if (envelope !== undefined) {
    const signatures = list(envelope, 'signatures').map((it) => named(bytesAt(it, 'sig')));
    return JSON.stringify([text(envelope, 'payloadType'), bytesAt(envelope, 'payload'), signatures]);
  }
  const message = get(item, 'messageSignature');
  const digest = [text(message, 'messageDigest', 'algorithm'), bytesAt(message, 'messageDigest', 'digest')];
  return JSON.stringify(['message', digest, named(bytesAt(message, 'signature'))]);
}

function envelopeMeaning(envelope: Json): Meaning {
  return {
    content: JSON.stringify([text(envelope, 'payloadType'), bytesAt(envelope, 'payload')]),
    signer: '',
    signatures: list(envelope, 'signatures').map((it) =>
      JSON.stringify([named(bytesAt(it, 'sig')), text(it, 'cert') ?? '']),
    ),
    chain: [],
    entries: [],
    timestamps: [],
  };
}

function entryMeaning(entry: Json): EntryMeaning {
  const proof = get(entry, 'inclusionProof');
  const kind = get(entry, 'kindVersion');
  const promise = get(entry, 'inclusionPromise');
  const note = text(proof, 'checkpoint', 'envelope');
  return {
    logId: bytesAt(entry, 'logId', 'keyId'),
    body: bytesAt(entry, 'canonicalizedBody'),
    kindVersion: kind === undefined ? undefined : `${text(kind, 'kind')}/${text(kind, 'version')}`,
    logIndex: integerAt(entry, 'logIndex'),
    integratedTime: integerAt(entry, 'integratedTime'),
    promise: promise === undefined ? undefined : named(bytesAt(promise, 'signedEntryTimestamp')),
    proof:
      proof === undefined
        ? undefined
        : JSON.stringify([
            integerAt(proof, 'logIndex'),
            integerAt(proof, 'treeSize'),
            bytesAt(proof, 'rootHash'),
            list(proof, 'hashes').map((hash) => bytesAt(hash)),
          ]),
    proofIndex: integerAt(proof, 'logIndex'),
    checkpoint: note === undefined ? undefined : checkpointMeaning(note),
  };
}

function checkpointMeaning(note: string): EntryMeaning['checkpoint'] {
  const split = note.lastIndexOf('\n\n');
  const signatures = note.slice(split + 2).split('\n');
  return {
    text: note.slice(0, split),
    signatures: signatures.map((line) => {
      const [dash = '', name = '', blob = '', ...more] = line.split(' ');
      const octets = Buffer.from(strictBase64(blob), 'hex');
      return [
        dash,
        name,
        octets.subarray(0, 4).toString('hex'),
        signatureName(octets.subarray(4)),
        ...more,
      ].join(' ');
    }),
  };
}

/**
 * TSTInfo, and of each signer its name, hash, signed attributes and signature; else the bytes themselves. The
 * certificates that came along and the status before the token stand under no signature.
 */
function timestampMeaning(hex: string): string {
  const [response] = derElements(Buffer.from(hex, 'hex')) ?? [];
  const signedData = inside(response, 1, 1, 0);
  const fields = signedData && derElements(signedData.value);
  const info = inside(fields?.[2], 1, 0);
  const last = fields?.[fields.length - 1];
  const signers = last && derElements(last.value);
  if (info === undefined || signers === undefined) return `unreadable ${hex}`;
  return JSON.stringify([info.encoded.toString('hex'), signers.map(signerMeaning)]);
}

function signerMeaning(signer: DerElement): string {
  const [, identifier, algorithm, attributes, , signature] = derElements(signer.value) ?? [];
  const parts = [identifier, inside(algorithm, 0), attributes].map((it) => it?.encoded.toString('hex'));
  return JSON.stringify([...parts, signatureName(signature?.value ?? Buffer.alloc(0))]);
}

/** The element at this way down. */
function inside(element: DerElement | undefined, ...way: readonly number[]): DerElement | undefined {
  let current = element;
  for (const step of way) current = current && derElements(current.value)?.[step];
  return current;
}

const named = (hex: string): string =>
  /^[0-9a-f]*$/.test(hex) ? signatureName(Buffer.from(hex, 'hex')) : hex;

/** Hex of a base64 text in either alphabet; a text that is not strictly base64 stands for itself. */
function bytesAt(value: Json | undefined, ...path: Path): string {
  const found = get(value, ...path);
  if (found === undefined) return 'absent';
  return typeof found === 'string' ? strictBase64(found) : `not text: ${JSON.stringify(found)}`;
}

function strictBase64(encoded: string): string {
  const joined = encoded.replaceAll(/\r?\n/g, '');
  const bytes = Buffer.from(joined, 'base64');
  const bare = joined.replace(/={0,2}$/, '');
  const same = [bytes.toString('base64').replace(/=*$/, ''), bytes.toString('base64url')].includes(bare);
  return same ? bytes.toString('hex') : `not base64: ${encoded}`;
}

/** An int64 of protobuf JSON: a number or a text of digits; absent is 0. */
function integerAt(value: Json | undefined, key: string): string {
  const found = get(value, key) ?? '0';
  if (typeof found === 'string')
    return /^\d+$/.test(found) ? String(BigInt(found)) : `not a number: ${found}`;
  return typeof found === 'number' ? String(found) : `not a number: ${JSON.stringify(found)}`;
}
