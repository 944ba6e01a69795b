import { explicit, tags } from '#core/asn1/der';
import { fromBase64, toBase64 } from '#core/bytes/base64';
import { digest } from '#core/bytes/digest';
import { verifySignature } from '#core/crypto/signature';
import { parseJsonBytes } from '#core/json/parse';
import { arrayAt, objectOf, stringOf } from '#core/json/shape';
import { parseCertificate, type Certificate } from '#core/x509/certificate';
import { tlv } from './der.ts';
import { MerkleLog } from './merkle-log.ts';
import {
  digitallySigned,
  milliseconds,
  signTimestamp,
  timestampedEntry,
  vector,
  type SctSigner,
} from './sct.ts';
import { json, orRefuse, Refused, type LocalAnswer, type LocalRequest } from './service.ts';
import type { SigningKey } from './signing-key.ts';
import type { Store } from './store.ts';
import { extensionOids } from './x509.ts';

/** A log's promise, in the form that its API gives it out. */
export interface Promised {
  readonly time: Date;
  /** The digitally-signed struct. */
  readonly signature: Buffer;
}

const MALFORMED = 'the chain is not a precertificate and its issuers';
/** Entries in one answer, count. */
const PAGE = 256;
const PATH = '/ct/v1/';

/** A Certificate Transparency log (RFC 6962) of precertificates. It takes those of every authority. */
export class CtLog implements SctSigner {
  readonly key: SigningKey;
  readonly logId: Buffer;
  readonly #log: MerkleLog;
  readonly #clock: () => Date;

  constructor(key: SigningKey, store: Store, clock: () => Date) {
    this.key = key;
    this.logId = digest('sha256', key.spki);
    this.#log = new MerkleLog(store, 'ct-log.journal');
    this.#clock = clock;
  }

  /**
   * Logs a precertificate.
   * @param chain DER, precertificate first
   * @throws Refused
   */
  addPreChain(chain: readonly Uint8Array[]): Promised {
    const [precertificate, issuer, ...more] = chain;
    if (precertificate === undefined || issuer === undefined) throw new Refused(400, MALFORMED);
    const { tbs, issuerSpki } = orRefuse(MALFORMED, () => readPrecertificate(precertificate, issuer));
    const time = this.#clock();
    const entry = { tbs, issuerSpki, time };
    const extensions = vector(2, Buffer.alloc(0));
    const others = Buffer.concat([issuer, ...more].map((der) => vector(3, der)));
    const extra = toBase64(Buffer.concat([vector(3, precertificate), vector(3, others)]));
    // v1, timestamped_entry
    this.#log.append(Buffer.concat([Buffer.from([0, 0]), timestampedEntry(entry), extensions]), extra);
    return { time, signature: signTimestamp(this, entry) };
  }

  readonly answer = (request: LocalRequest): LocalAnswer | undefined => {
    if (!request.path.startsWith(PATH)) return undefined;
    const what = request.path.slice(PATH.length);
    if (what === 'add-pre-chain' && request.method === 'POST') return this.#add(request.body);
    if (request.method !== 'GET') return undefined;
    if (what === 'get-sth') return json(this.#treeHead());
    if (what === 'get-entries') return this.#entries(request.query);
    if (what === 'get-sth-consistency') return this.#consistency(request.query);
    if (what === 'get-proof-by-hash') return this.#proof(request.query);
    return undefined;
  };

  #add(body: Buffer): LocalAnswer {
    const where = { code: 'CERTIFICATE_INVALID', path: '' } as const;
    const chain = orRefuse(MALFORMED, () =>
      arrayAt(objectOf(parseJsonBytes(body), where), 'chain', where, 10).map((item) =>
        fromBase64(stringOf(item, where)),
      ),
    );
    const { time, signature } = this.addPreChain(chain);
    return json({
      sct_version: 0,
      id: toBase64(this.logId),
      timestamp: time.getTime(),
      extensions: '',
      signature: toBase64(signature),
    });
  }

  #treeHead(): object {
    const time = this.#clock();
    const size = Buffer.alloc(8);
    size.writeBigUInt64BE(BigInt(this.#log.size));
    const { root } = this.#log;
    // v1, tree_hash
    const signed = Buffer.concat([Buffer.from([0, 1]), milliseconds(time), size, root]);
    return {
      tree_size: this.#log.size,
      timestamp: time.getTime(),
      sha256_root_hash: toBase64(root),
      tree_head_signature: toBase64(digitallySigned(this.key, signed)),
    };
  }

  #entries(query: URLSearchParams): LocalAnswer {
    const start = numberIn(query, 'start');
    const end = Math.min(numberIn(query, 'end'), start + PAGE - 1, this.#log.size - 1);
    if (start >= this.#log.size || end < start) throw new Refused(400, 'start and end are not in the log');
    const entries = this.#log.leaves.slice(start, end + 1).map((leaf, index) => ({
      leaf_input: toBase64(leaf),
      extra_data: this.#log.notes[start + index] ?? '',
    }));
    return json({ entries });
  }

  #consistency(query: URLSearchParams): LocalAnswer {
    const [first, last] = [numberIn(query, 'first'), numberIn(query, 'second')];
    if (first < 1 || first > last || last > this.#log.size)
      throw new Refused(400, 'first and second are no sizes of the log');
    return json({ consistency: this.#log.consistency(first, last).map((it) => toBase64(it)) });
  }

  #proof(query: URLSearchParams): LocalAnswer {
    const size = numberIn(query, 'tree_size');
    const hash = orRefuse('hash is not base64', () => fromBase64(query.get('hash') ?? ''));
    const index = this.#log.find(Buffer.from(hash).toString('hex'));
    if (size > this.#log.size || index === undefined || index >= size)
      throw new Refused(404, 'no such leaf in a tree of this size');
    return json({ leaf_index: index, audit_path: this.#log.path(index, size).map((it) => toBase64(it)) });
  }
}

function numberIn(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  if (!/^\d{1,15}$/.test(text)) throw new Refused(400, `${name} is not a number`);
  return Number(text);
}

/** The TBSCertificate that the final certificate will have, but for its SCTs. @throws EdgesealError, Refused */
function readPrecertificate(
  der: Uint8Array,
  issuerDer: Uint8Array,
): { readonly tbs: Buffer; readonly issuerSpki: Uint8Array } {
  const certificate = parseCertificate(der);
  const issuer = parseCertificate(issuerDer);
  const isPoisoned = certificate.extensions.get(extensionOids.precertificatePoison)?.critical === true;
  if (!isPoisoned || !isSignedBy(certificate, issuer)) throw new Refused(400, MALFORMED);
  const kept = certificate.encodedExtensions.filter(({ oid }) => oid !== extensionOids.precertificatePoison);
  const extensions = tlv(tags.sequence, ...kept.map(({ encoded }) => encoded));
  return {
    tbs: tlv(tags.sequence, ...certificate.tbsHead, tlv(explicit(3), extensions)),
    issuerSpki: issuer.publicKey.spki,
  };
}

function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  return verifySignature(issuer.publicKey, certificate.signatureHash, certificate.tbs, certificate.signature);
}
