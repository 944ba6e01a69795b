import { fromBase64Protobuf, toBase64 } from '#core/bytes/base64';
import type { HashAlgorithm } from '#core/bytes/digest';
import { parseSpki } from '#core/crypto/public-key';
import { parseJsonBytes } from '#core/json/parse';
import { objectAt, objectOf, optionalObjectOf, stringAt, type Where } from '#core/json/shape';
import { member, type JsonObject } from '#core/json/value';
import { leafHash } from '#core/tlog/merkle';
import { ed25519NoteKeyId, ed25519Signer, signCheckpoint } from './checkpoint.ts';
import { entryBody } from './entry-body.ts';
import { MerkleLog } from './merkle-log.ts';
import { certificateVerifier, isSignedDigest, keyVerifier, type Verifier } from './rekor-entry.ts';
import { seedBody } from './seed.ts';
import { json, orRefuse, Refused, type LocalAnswer, type LocalRequest } from './service.ts';
import type { SigningKey } from './signing-key.ts';
import type { Store } from './store.ts';
import { tileResource } from './tile-resource.ts';

const PATH = '/api/v2/';
const KIND = 'hashedrekord/0.0.2';
const where: Where = { code: 'LOG_ENTRY_INVALID', path: '' };
const INVALID = 'invalid hashedrekord request';

/** A transparency log that speaks Rekor's API v2: entries are written, checkpoint and tiles are read. */
export class RekorV2 {
  readonly key: SigningKey;
  readonly #host: string;
  readonly #log: MerkleLog;

  /**
   * @param host the origin of its checkpoints
   * @param seeder signs the first entry
   */
  constructor(host: string, key: SigningKey, seeder: SigningKey, store: Store) {
    this.key = key;
    this.#host = host;
    this.#log = new MerkleLog(store, 'rekor-v2.journal');
    // Some clients take an index of 0 for none at all.
    if (this.#log.size === 0) this.#log.append(seedBody(seeder, KIND));
  }

  get logId(): Buffer {
    return ed25519NoteKeyId(this.#host, this.key);
  }

  readonly answer = ({ method, path, body }: LocalRequest): LocalAnswer | undefined => {
    if (!path.startsWith(PATH)) return undefined;
    const what = path.slice(PATH.length);
    if (what === 'log/entries' && method === 'POST') return this.#create(body);
    if (what === 'checkpoint')
      return {
        status: 200,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body: this.#checkpoint(),
      };
    const bytes = tileResource(this.#log, what);
    if (bytes === undefined) throw new Refused(404, 'Not Found');
    return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: bytes };
  };

  #create(body: Buffer): LocalAnswer {
    const request = orRefuse(INVALID, () => objectOf(parseJsonBytes(body), where));
    const record = member(request, 'hashedRekordRequestV002');
    // As the public log does: an envelope is logged by the digest of what was signed.
    if (record === undefined) throw new Refused(400, 'invalid type, must be hashedrekord');
    const leaf = orRefuse(INVALID, () => readRecord(objectOf(record, where)));
    const known = this.#log.find(leafHash(leaf).toString('hex'));
    if (known !== undefined) {
      const message = `an equivalent entry already exists in the transparency log with index ${known}`;
      throw new Refused(409, message, { 'x-log-index': String(known) });
    }
    return json(this.#entry(this.#log.append(leaf), leaf), 201);
  }

  #entry(index: number, leaf: Buffer): object {
    const [kind, version] = KIND.split('/');
    return {
      logIndex: String(index),
      logId: { keyId: toBase64(this.logId) },
      kindVersion: { kind, version },
      inclusionProof: {
        logIndex: String(index),
        rootHash: toBase64(this.#log.root),
        treeSize: String(this.#log.size),
        hashes: this.#log.path(index).map((hash) => toBase64(hash)),
        checkpoint: { envelope: this.#checkpoint() },
      },
      canonicalizedBody: toBase64(leaf),
    };
  }

  #checkpoint(): string {
    const { size, root } = this.#log;
    return signCheckpoint({ origin: this.#host, size, root, signers: [ed25519Signer(this.#host, this.key)] });
  }
}

/** The hash that goes with a key, by what Sigstore calls the key. */
const HASHES: ReadonlyMap<string, HashAlgorithm> = new Map([
  ['PKIX_ECDSA_P256_SHA_256', 'sha256'],
  ['PKIX_ECDSA_P384_SHA_384', 'sha384'],
  ['PKIX_RSA_PKCS1V15_2048_SHA256', 'sha256'],
  ['PKIX_RSA_PKCS1V15_3072_SHA256', 'sha256'],
  ['PKIX_RSA_PKCS1V15_4096_SHA256', 'sha256'],
]);

/** The leaf of a request whose signature holds. @throws Refused, EdgesealError */
function readRecord(record: JsonObject): Buffer {
  const digest = fromBase64Protobuf(stringAt(record, 'digest', where));
  const signed = objectAt(record, 'signature', where);
  const signature = fromBase64Protobuf(stringAt(signed, 'content', where));
  const stated = objectAt(signed, 'verifier', where);
  const keyDetails = stringAt(stated, 'keyDetails', where);
  const verifier = verifierIn(stated);
  const hash = HASHES.get(keyDetails);
  if (hash === undefined || !keyDetails.startsWith(verifier.key.keyDetails.replace(/_2048_.*/, '')))
    throw new Refused(400, INVALID);
  if (digest.length * 8 !== Number(hash.slice(3)) || !isSignedDigest(verifier, hash, digest, signature))
    throw new Refused(400, INVALID);
  const key = { ...verifier.key, keyDetails };
  return entryBody(KIND, {
    content: { kind: 'message', hash, digest },
    signatures: [{ signature, verifier: { key, certificate: verifier.certificate } }],
  });
}

function verifierIn(stated: JsonObject): Verifier {
  const bytesOf = (object: JsonObject): Uint8Array => fromBase64Protobuf(stringAt(object, 'rawBytes', where));
  const certificate = optionalObjectOf(member(stated, 'x509Certificate'), where);
  if (certificate !== undefined) return certificateVerifier(bytesOf(certificate));
  return keyVerifier(parseSpki(bytesOf(objectAt(stated, 'publicKey', where))));
}
