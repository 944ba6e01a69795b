import { sha256Hex } from '#core/bytes/digest';
import { writePem } from '#core/crypto/pem';
import type { Envelope } from '#core/dsse/envelope';
import { EdgesealError, refuse } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import { isArray, type JsonObject } from '#core/json/value';
import { limits } from '#core/limits';
import type { LogClient } from './log-client.ts';
import { leafOfUuid, parseRekorAnswer, type GivenEntry } from './rekor-entry.ts';

/** What an entry is searched by. */
export interface LogQuery {
  readonly envelope: Envelope;
  /** The envelope's own bytes, where they are at hand: the log may know their digest. */
  readonly bytes: Uint8Array | string | undefined;
  /** SHA-256 of artifacts that it is about, lower-case hex. */
  readonly artifacts: readonly string[];
}

/** Rekor's own bound on what one request may ask for. */
const AT_ONCE = 10;
/** Artifacts that are searched by, count: any one leads to the entry. */
const ARTIFACTS = 4;
const INDEX = 'api/v1/index/retrieve';
const ENTRIES = 'api/v1/log/entries/retrieve';
const UUID = /^(?:[0-9a-f]{16})?[0-9a-f]{64}$/;

/**
 * Entries of a Rekor v1 log that may be about the envelope, likeliest first: by the entry that its signer would
 * have proposed, by the digests of envelope and payload, by the artifact's. They are in the shape of a bundle;
 * none of them is believed, and others may stand among them. Two rounds of requests.
 * @throws LOG_SEARCH_UNAVAILABLE, LOG_SEARCH_INVALID, LOG_ENTRY_INVALID, LOG_ENTRY_MISMATCH,
 * NETWORK_UNAVAILABLE, INPUT_TOO_LARGE
 * @see https://github.com/sigstore/rekor/blob/main/openapi.yaml
 */
export async function searchLog(client: LogClient, query: LogQuery): Promise<readonly JsonObject[]> {
  const { envelope, bytes, artifacts } = query;
  const own = bytes === undefined ? [] : [sha256Hex(bytes)];
  const hashes = [...own, sha256Hex(envelope.payload), ...artifacts.slice(0, ARTIFACTS)];
  const [proposed, ...lists] = await Promise.all([
    findProposed(client, query),
    ...[...new Set(hashes)].map((hash) => findUuids(client, hash)),
  ]);
  const known = new Set(proposed.map(({ uuid }) => uuid));
  const wanted = rank(lists).filter((uuid) => !known.has(uuid));
  const groups = [];
  for (let from = 0; from < Math.min(wanted.length, limits.logSearchEntries); from += AT_ONCE)
    groups.push(wanted.slice(from, Math.min(from + AT_ONCE, limits.logSearchEntries)));
  const found = await Promise.all(groups.map((group) => fetchEntries(client, group)));
  return [...proposed, ...found.flat()].map(({ entry }) => entry);
}

/** Those that most searches found come first; then in the searches' order. */
function rank(lists: readonly (readonly string[])[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const uuid of lists.flatMap((list) => [...new Set(list)]))
    counts.set(uuid, (counts.get(uuid) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([uuid]) => uuid);
}

async function findUuids(client: LogClient, hash: string): Promise<readonly string[]> {
  const body = JSON.stringify({ hash: `sha256:${hash}` });
  const answer = await client.post(INDEX, body, limits.logIndexAnswer);
  const list = answer && read(client, () => parseJsonBytes(answer, 'the answer'));
  if (list === undefined || !isArray(list)) return invalid(client, 'a list of UUIDs', 'another value');
  return list.map((uuid) =>
    typeof uuid === 'string' && UUID.test(uuid)
      ? uuid
      : invalid(client, 'UUIDs of 64 or 80 lower-case hexadecimal digits', 'something else among them'),
  );
}

async function fetchEntries(client: LogClient, uuids: readonly string[]): Promise<readonly GivenEntry[]> {
  const body = JSON.stringify({ entryUUIDs: uuids });
  const entries = await retrieve(client, body);
  const asked = new Set(uuids.map(leafOfUuid));
  for (const { uuid } of entries) {
    if (uuid === undefined || !asked.has(leafOfUuid(uuid)))
      invalid(client, 'the entries that were asked for', JSON.stringify(uuid ?? 'an entry without UUID'));
  }
  return entries;
}

/**
 * The entries that a signer with a certificate would have proposed: the log finds them without its index. A log
 * may not take such a question; then there is the index.
 */
async function findProposed(
  client: LogClient,
  { envelope, bytes }: LogQuery,
): Promise<readonly GivenEntry[]> {
  const verifiers = envelope.signatures.flatMap(({ certificate }) =>
    certificate === undefined
      ? []
      : [Buffer.from(writePem({ label: 'CERTIFICATE', der: certificate })).toString('base64')],
  );
  const [first] = verifiers;
  if (bytes === undefined || first === undefined || verifiers.length !== envelope.signatures.length)
    return [];
  const text = Buffer.from(bytes).toString('utf8');
  const entries = [
    { kind: 'intoto', apiVersion: '0.0.1', spec: { content: { envelope: text }, publicKey: first } },
    { kind: 'dsse', apiVersion: '0.0.1', spec: { proposedContent: { envelope: text, verifiers } } },
  ];
  return retrieve(client, JSON.stringify({ entries }));
}

async function retrieve(client: LogClient, body: string): Promise<readonly GivenEntry[]> {
  const answer = await client.post(ENTRIES, body, limits.logEntriesAnswer);
  if (answer === undefined) return [];
  const entries = read(client, () => parseRekorAnswer(answer, 'the answer'));
  if (entries.length > AT_ONCE) return invalid(client, `at most ${AT_ONCE} entries`, String(entries.length));
  return entries;
}

/** An answer that is no JSON is the log's fault; a malformed entry keeps its own reason. */
function read<T>(client: LogClient, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    if (!(cause instanceof EdgesealError) || cause.code.startsWith('LOG_')) throw cause;
    return invalid(client, 'strict JSON', cause.message);
  }
}

function invalid(client: LogClient, expected: string, found: string): never {
  return refuse('LOG_SEARCH_INVALID', `${client.host} does not answer as a log does`, {
    expected,
    found,
    hint: 'check --rekor-url; tell who runs the log',
  });
}
