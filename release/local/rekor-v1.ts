import { sha256Hex } from '#core/bytes/digest';
import { canonicalize } from '#core/json/canonical';
import { parseJson, parseJsonBytes } from '#core/json/parse';
import { isArray, isObject, member, type JsonObject, type JsonValue } from '#core/json/value';
import { leafHash } from '#core/tlog/merkle';
import { subjectAlternativeName } from '#core/x509/extensions';
import { parseCertificate } from '#core/x509/certificate';
import { rekorV1Signer, signCheckpoint } from './checkpoint.ts';
import { pem } from './der.ts';
import { MerkleLog } from './merkle-log.ts';
import type { Verifier } from './rekor-entry.ts';
import { readProposal, type Proposal } from './rekor-proposal.ts';
import { seedBody } from './seed.ts';
import { json, orRefuse, pemText, Refused, type LocalAnswer, type LocalRequest } from './service.ts';
import type { SigningKey } from './signing-key.ts';
import type { Store } from './store.ts';

const PATH = '/api/v1/';
const ENTRIES = 'log/entries';
/** The number of the log's only tree. */
const TREE = 4711n;
/** Questions in one request, count. */
const MOST = 10;

/** What the log keeps of an entry beside its leaf. */
interface Kept {
  readonly integratedTime: number;
  readonly keys: readonly string[];
}

/** A transparency log that speaks Rekor's API v1. */
export class RekorV1 {
  readonly key: SigningKey;
  readonly #host: string;
  readonly #log: MerkleLog;
  readonly #clock: () => Date;
  readonly #kept: Kept[];

  /** @param host the name in its checkpoints */
  constructor(host: string, key: SigningKey, store: Store, clock: () => Date) {
    this.key = key;
    this.#host = host;
    this.#clock = clock;
    this.#log = new MerkleLog(store, 'rekor-v1.journal');
    this.#kept = this.#log.notes.map(readKept);
    // Some clients take an index of 0 for none at all.
    if (this.#log.size === 0)
      this.#append({ body: seedBody(key, 'hashedrekord/0.0.1'), verifiers: [], digests: [] });
  }

  get logId(): Buffer {
    return Buffer.from(sha256Hex(this.key.spki), 'hex');
  }

  readonly answer = ({ method, path, query, body }: LocalRequest): LocalAnswer | undefined => {
    if (!path.startsWith(PATH)) return undefined;
    const what = path.slice(PATH.length).replace(/\/$/, '');
    if (what === ENTRIES) return method === 'POST' ? this.#create(body) : this.#byIndex(query);
    if (what === `${ENTRIES}/retrieve` && method === 'POST') return this.#retrieve(body);
    if (what.startsWith(`${ENTRIES}/`)) return this.#byUuid(what.slice(ENTRIES.length + 1));
    if (what === 'index/retrieve' && method === 'POST') return this.#search(body);
    if (what === 'log/proof') return this.#consistency(query);
    if (what === 'log/publicKey') return pemText(pem('PUBLIC KEY', this.key.spki));
    return what === 'log' ? json(this.#info()) : undefined;
  };

  #create(body: Buffer): LocalAnswer {
    const proposal = readProposal(readJson(body));
    const uuid = uuidOf(proposal.body);
    const location = `${PATH}${ENTRIES}/${uuid}`;
    if (this.#indexOf(uuid) !== undefined) {
      const message = `an equivalent entry already exists in the transparency log with UUID ${uuid}`;
      throw new Refused(409, message, { location });
    }
    return json(this.#entry(this.#append(proposal)), 201, { location, etag: uuid });
  }

  #append(proposal: Proposal): number {
    const integratedTime = Math.floor(this.#clock().getTime() / 1000);
    const keys = [...proposal.digests, ...proposal.verifiers.flatMap(keysOf)];
    const kept = { integratedTime, keys };
    this.#kept.push(kept);
    return this.#log.append(proposal.body, JSON.stringify(kept));
  }

  #byIndex(query: URLSearchParams): LocalAnswer {
    const text = query.get('logIndex') ?? '';
    const index = /^\d{1,15}$/.test(text) ? Number(text) : Infinity;
    if (index >= this.#log.size) throw new Refused(404, 'no such entry');
    return json(this.#entry(index));
  }

  #byUuid(uuid: string): LocalAnswer {
    const index = this.#indexOf(uuid);
    if (index === undefined) throw new Refused(404, 'no such entry');
    return json(this.#entry(index));
  }

  #retrieve(body: Buffer): LocalAnswer {
    const question = readJson(body);
    const uuids = listAt(question, 'entryUUIDs').map(String);
    const indexes = listAt(question, 'logIndexes').map(Number);
    const proposals = listAt(question, 'entries').map((entry) => uuidOf(readProposal(entry).body));
    if (uuids.length + indexes.length + proposals.length > MOST)
      throw new Refused(422, `at most ${MOST} entries`);
    const found = [...uuids, ...proposals].map((uuid) => this.#indexOf(uuid));
    const known = [...found, ...indexes.filter((index) => index < this.#log.size)];
    return json(known.flatMap((index) => (index === undefined ? [] : [this.#entry(index)])));
  }

  #search(body: Buffer): LocalAnswer {
    const question = readJson(body);
    const { hash, email, publicKey } = question;
    const content = isObject(publicKey) ? member(publicKey, 'content') : undefined;
    const wanted = new Set([
      ...(typeof hash === 'string' ? [hash.includes(':') ? hash : `sha256:${hash}`] : []),
      ...(typeof email === 'string' ? [email] : []),
      ...(typeof content === 'string' ? [`sha256:${sha256Hex(Buffer.from(content, 'base64'))}`] : []),
    ]);
    if (wanted.size === 0) throw new Refused(400, 'a hash, an email or a public key is needed');
    const uuids = this.#kept.flatMap(({ keys }, index) => {
      const leaf = this.#log.leaves[index];
      return leaf !== undefined && keys.some((key) => wanted.has(key)) ? [uuidOf(leaf)] : [];
    });
    return json(uuids);
  }

  #consistency(query: URLSearchParams): LocalAnswer {
    const first = Number(query.get('firstSize') ?? '1');
    const last = Number(query.get('lastSize') ?? '');
    if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || first < 1 || first > last)
      throw new Refused(400, 'firstSize and lastSize are no sizes of a log');
    if (last > this.#log.size) throw new Refused(400, 'the log is not so large');
    const hashes = this.#log.consistency(first, last).map((hash) => hash.toString('hex'));
    return json({ rootHash: this.#log.rootOf(last).toString('hex'), hashes });
  }

  #info(): object {
    const { root, size } = this.#log;
    return {
      inactiveShards: [],
      rootHash: root.toString('hex'),
      signedTreeHead: this.#checkpoint(),
      treeID: String(TREE),
      treeSize: size,
    };
  }

  #checkpoint(): string {
    const { root, size } = this.#log;
    const signers = [rekorV1Signer(this.#host, this.key)];
    return signCheckpoint({ origin: `${this.#host} - ${TREE}`, size, root, signers });
  }

  #indexOf(uuid: string): number | undefined {
    return this.#log.find(uuid.slice(-64));
  }

  #entry(index: number): object {
    const leaf = this.#log.leaves[index] ?? Buffer.alloc(0);
    const promised = {
      body: leaf.toString('base64'),
      integratedTime: this.#kept[index]?.integratedTime ?? 0,
      logID: this.logId.toString('hex'),
      logIndex: index,
    };
    const proof = {
      checkpoint: this.#checkpoint(),
      hashes: this.#log.path(index).map((hash) => hash.toString('hex')),
      logIndex: index,
      rootHash: this.#log.root.toString('hex'),
      treeSize: this.#log.size,
    };
    const signedEntryTimestamp = this.key.sign(Buffer.from(canonicalize(promised))).toString('base64');
    return { [uuidOf(leaf)]: { ...promised, verification: { inclusionProof: proof, signedEntryTimestamp } } };
  }
}

/** The name of an entry: its tree and its leaf hash. */
const uuidOf = (leaf: Uint8Array): string =>
  `${TREE.toString(16).padStart(16, '0')}${leafHash(leaf).toString('hex')}`;

/** By what an entry is found beside its digests: its key or certificate, and whom that names. */
function keysOf({ certificate, key }: Verifier): readonly string[] {
  if (certificate === undefined) return [`sha256:${sha256Hex(pem('PUBLIC KEY', key.spki))}`];
  const { value } = subjectAlternativeName(parseCertificate(certificate));
  return [`sha256:${sha256Hex(pem('CERTIFICATE', certificate))}`, value];
}

function readJson(body: Buffer): JsonObject {
  const value = orRefuse('the request is not JSON', () => parseJsonBytes(body));
  if (!isObject(value)) throw new Refused(400, 'the request is not a JSON object');
  return value;
}

function listAt(object: JsonObject, key: string): readonly JsonValue[] {
  const list = member(object, key);
  return isArray(list) ? list : [];
}

function readKept(record: string): Kept {
  const value = parseJson(record);
  const integratedTime = isObject(value) ? member(value, 'integratedTime') : undefined;
  if (!isObject(value) || typeof integratedTime !== 'number')
    throw new Error('the state of rekor-v1 is damaged');
  return { integratedTime, keys: listAt(value, 'keys').map(String) };
}
