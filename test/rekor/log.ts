import { createHash } from 'node:crypto';
import { leafHash } from '#core/tlog/merkle';
import { canonicalJson, type Json } from '../sigstore/json.ts';
import { uuidOf, type RekorEntry } from './entry.ts';

/** What a log answers. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** Something that answers to bodies by path. */
export interface Answering {
  answer(path: string, body: string): Answer;
}

/** Takes over an answer; undefined leaves it to the log. */
export type Fault = (path: string, body: string) => Answer | undefined;

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const json = (value: unknown): Answer => ({ status: 200, body: JSON.stringify(value) });

/** As much of Rekor v1's API as searching needs: the index, and entries by UUID or by proposal. */
export class RekorLog implements Answering {
  /** Paths and bodies, as they were asked. */
  readonly asked: { readonly path: string; readonly body: string }[] = [];
  fault: Fault | undefined;
  readonly #entries = new Map<string, RekorEntry>();
  readonly #index = new Map<string, string[]>();

  /** @param keys digests that the index finds the entry by, hex */
  add(entry: RekorEntry, keys: readonly string[], uuid = uuidOf(entry)): this {
    this.#entries.set(uuid, entry);
    for (const key of keys)
      this.#index.set(`sha256:${key}`, [...(this.#index.get(`sha256:${key}`) ?? []), uuid]);
    return this;
  }

  answer(path: string, body: string): Answer {
    this.asked.push({ path, body });
    const faulty = this.fault?.(path, body);
    if (faulty !== undefined) return faulty;
    if (!path.startsWith('/api/v1/')) return { status: 404, body: '{"code":404}' };
    const question: unknown = JSON.parse(body);
    if (path === '/api/v1/index/retrieve') {
      const hash = memberOf(question, 'hash');
      return json(typeof hash === 'string' ? (this.#index.get(hash) ?? []) : []);
    }
    if (path !== '/api/v1/log/entries/retrieve') return { status: 404, body: '{"code":404}' };
    const uuids = listOf(question, 'entryUUIDs').map(String);
    const proposed = listOf(question, 'entries').map(proposedLeaf);
    const wanted = [...uuids, ...proposed].map((uuid) => uuid.slice(-64));
    if (wanted.length > 10) return { status: 422, body: '{"code":422}' };
    const found = [...this.#entries].filter(([uuid]) => wanted.includes(uuid.slice(-64)));
    return json(found.map(([uuid, entry]) => ({ [uuid]: entry })));
  }
}

/** The leaf hash that a proposed entry would have, as Rekor canonicalises it. */
function proposedLeaf(proposal: unknown): string {
  const spec = memberOf(proposal, 'spec');
  const content = memberOf(spec, 'proposedContent') ?? memberOf(spec, 'content');
  const text = String(memberOf(content, 'envelope'));
  const envelope: unknown = JSON.parse(text);
  const payload = Buffer.from(String(memberOf(envelope, 'payload')), 'base64');
  const hash = (value: string): Json => ({ algorithm: 'sha256', value });
  const verifiers = listOf(content, 'verifiers').map(String);
  const body: Json =
    memberOf(proposal, 'kind') === 'dsse'
      ? {
          apiVersion: '0.0.1',
          kind: 'dsse',
          spec: {
            envelopeHash: hash(sha256(text)),
            payloadHash: hash(sha256(payload)),
            signatures: listOf(envelope, 'signatures').map((signature, i) => ({
              signature: String(memberOf(signature, 'sig')),
              verifier: verifiers[i] ?? '',
            })),
          },
        }
      : {
          apiVersion: '0.0.1',
          kind: 'intoto',
          spec: {
            content: { hash: hash(sha256(text)), payloadHash: hash(sha256(payload)) },
            publicKey: String(memberOf(spec, 'publicKey')),
          },
        };
  return leafHash(Buffer.from(canonicalJson(body))).toString('hex');
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : undefined;
}

function listOf(value: unknown, key: string): readonly unknown[] {
  const list = memberOf(value, key);
  return Array.isArray(list) ? list : [];
}
