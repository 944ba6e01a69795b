import { createHash, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { preAuthEncoding } from '#core/dsse/pae';
import { leafHash, nodeHash, verifyInclusion } from '#core/tlog/merkle';
import { parseCheckpoint, verifyCheckpoint } from '#core/tlog/checkpoint';
import { parseSpki } from '#core/crypto/public-key';
import { readEntryBundle } from '#core/tlog/entry-bundle';
import { proofOf } from '#core/tlog/tile-proof';
import { tilePath, tileWith } from '#core/tlog/tiles';
import { memoryStore } from '../../release/local/store.ts';
import { InProcess } from './in-process.ts';
import { clientKey } from './request.ts';

const local = new InProcess();
const key = clientKey();
const b64 = (data: string | Uint8Array): string => Buffer.from(data).toString('base64');
const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest();
const signed = (data: string | Uint8Array): Buffer => sign('sha256', Buffer.from(data), key.privateKey);
const spki = Buffer.from(key.pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64');

const hashedrekord = (
  text: string,
  {
    signature = b64(signed(text)),
    key: content = b64(key.pem),
    ...hash
  }: Readonly<Record<string, string>> = {},
): Record<string, unknown> => ({
  apiVersion: '0.0.1',
  kind: 'hashedrekord',
  spec: {
    data: { hash: { algorithm: 'sha256', value: sha256(text).toString('hex'), ...hash } },
    signature: { content: signature, publicKey: { content } },
  },
});

const type = 'application/vnd.in-toto+json';
const statement = JSON.stringify({ subject: [{ name: 'a', digest: { sha256: 'ab'.repeat(32) } }] });
const envelope = (payload = statement, by = payload): string =>
  JSON.stringify({
    payloadType: type,
    payload: b64(payload),
    signatures: [{ sig: b64(signed(preAuthEncoding(type, Buffer.from(by)))), keyid: '' }],
  });
const dsse = (text: string, verifiers = [b64(key.pem)]): Record<string, unknown> => ({
  apiVersion: '0.0.1',
  kind: 'dsse',
  spec: { proposedContent: { envelope: text, verifiers } },
});

/** The root that a consistency proof leads to (RFC 9162 section 2.1.4.2), or nothing where it does not lead from the first. */
function grown(first: number, last: number, proof: readonly string[], root: string): string | undefined {
  const hashes: Buffer[] = proof.map((hash) => Buffer.from(hash, 'hex'));
  if (first === last) return root;
  if (Number.isInteger(Math.log2(first))) hashes.unshift(Buffer.from(root, 'hex'));
  let [fn, sn] = [first - 1, last - 1];
  while (fn % 2 === 1) [fn, sn] = [fn >> 1, sn >> 1];
  let fr: Buffer = hashes[0] ?? Buffer.alloc(0);
  let sr = fr;
  for (const hash of hashes.slice(1)) {
    if (fn % 2 === 1 || fn === sn) {
      [fr, sr] = [nodeHash(hash, fr), nodeHash(hash, sr)];
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1];
    } else sr = nodeHash(sr, hash);
    [fn, sn] = [fn >> 1, sn >> 1];
  }
  return fr.toString('hex') === root && sn === 0 ? sr.toString('hex') : undefined;
}

interface Entry {
  readonly body: string;
  readonly logIndex: number;
  readonly verification: {
    readonly inclusionProof: {
      readonly hashes: readonly string[];
      readonly logIndex: number;
      readonly rootHash: string;
      readonly treeSize: number;
      readonly checkpoint: string;
    };
  };
}
const entryIn = (answer: Record<string, unknown>): readonly [string, Entry] => {
  const [found] = Object.entries(answer);
  if (found === undefined) throw new Error('no entry');
  return found as [string, Entry];
};

describe('Rekor v1', () => {
  const entries = '/api/v1/log/entries';

  test('an entry is found by its UUID, index, proposal, digest and key, and once', () => {
    const proposal = hashedrekord('found');
    const created = local.ask(entries, { body: proposal });
    const [uuid, entry] = entryIn(JSON.parse(created.text));
    expect([created.status, created.headers]).toMatchObject([
      201,
      { etag: uuid, location: `${entries}/${uuid}` },
    ]);
    for (const path of [
      `${entries}/${uuid}`,
      `${entries}/${uuid.slice(16)}`,
      `${entries}?logIndex=${entry.logIndex}`,
    ])
      expect(entryIn(local.json(path))[0]).toBe(uuid);
    const asked = { entryUUIDs: [uuid], logIndexes: [entry.logIndex], entries: [proposal] };
    const found: unknown[] = JSON.parse(local.ask(`${entries}/retrieve`, { body: asked }).text);
    expect(found).toHaveLength(3);
    const queries = [
      { hash: `sha256:${sha256('found').toString('hex')}` },
      { hash: sha256('found').toString('hex') },
      { publicKey: { format: 'x509', content: b64(key.pem) } },
    ];
    for (const body of queries)
      expect(JSON.parse(local.ask('/api/v1/index/retrieve', { body }).text)).toContain(uuid);
    const again = local.ask(entries, { body: proposal });
    expect([again.status, again.headers?.['location']]).toEqual([409, `${entries}/${uuid}`]);
  });

  test('an envelope is found by its subjects', () => {
    const [uuid] = entryIn(local.json(entries, { body: dsse(envelope()) }, 201));
    const body = { hash: `sha256:${'ab'.repeat(32)}` };
    expect(JSON.parse(local.ask('/api/v1/index/retrieve', { body }).text)).toEqual([uuid]);
  });

  test('every entry is proven in a tree of all', () => {
    for (let i = 0; i < 9; i++) local.json(entries, { body: hashedrekord(`entry ${i}`) }, 201);
    const { treeSize, signedTreeHead } = local.json('/api/v1/log');
    for (let index = 0; index < Number(treeSize); index++) {
      const [uuid, { body, verification }] = entryIn(local.json(`${entries}?logIndex=${index}`));
      const { inclusionProof: proof } = verification;
      const leaf = leafHash(Buffer.from(body, 'base64'));
      expect(uuid.slice(16)).toBe(leaf.toString('hex'));
      const hashes = proof.hashes.map((hash) => Buffer.from(hash, 'hex'));
      verifyInclusion(leaf, index, proof.treeSize, hashes, Buffer.from(proof.rootHash, 'hex'), '');
      expect(proof.checkpoint.split('\n').slice(0, 3)).toEqual(
        String(signedTreeHead).split('\n').slice(0, 3),
      );
    }
  });

  test('every tree begins with those before it', () => {
    const size = Number(local.json('/api/v1/log')['treeSize']);
    const proofOf = (first: number, last: number): { rootHash: string; hashes: string[] } =>
      JSON.parse(local.ask(`/api/v1/log/proof?firstSize=${first}&lastSize=${last}`).text);
    for (let last = 1; last <= size; last++) {
      for (let first = 1; first <= last; first++) {
        const [before, after] = [proofOf(first, first), proofOf(first, last)];
        expect(before.hashes).toEqual([]);
        expect(grown(first, last, after.hashes, before.rootHash)).toBe(after.rootHash);
      }
    }
  });

  test.each([
    'firstSize=0&lastSize=1',
    'firstSize=2&lastSize=1',
    'lastSize=999',
    'firstSize=x&lastSize=1',
    '',
  ])('no proof for %j', (query) => {
    expect(local.ask(`/api/v1/log/proof?${query}`).status).toBe(400);
  });

  test.each<[string, unknown, number]>([
    ['a signature of something else', hashedrekord('x', { signature: b64(signed('y')) }), 400],
    ['a key of somebody else', hashedrekord('x', { key: b64(clientKey().pem) }), 400],
    ['no key', hashedrekord('x', { key: '' }), 400],
    ['a hash that is too short', hashedrekord('x', { value: 'abcd' }), 400],
    ['a hash that is weak', hashedrekord('x', { algorithm: 'sha1' }), 400],
    ['an envelope with another payload', dsse(envelope(statement, 'another')), 400],
    ['an envelope that is none', dsse('{}'), 400],
    ['an envelope without verifiers', dsse(envelope(), []), 400],
    ['a kind that is not taken', { apiVersion: '0.0.1', kind: 'rpm', spec: {} }, 400],
    ['no kind', {}, 400],
    ['no JSON', 'x', 400],
  ])('refuses %s', (_, body, status) => {
    const size = local.json('/api/v1/log')['treeSize'];
    const answer = local.ask(entries, { body });
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      status,
      { code: status, message: expect.any(String) },
    ]);
    expect(local.json('/api/v1/log')['treeSize']).toBe(size);
  });

  test.each([
    [`${entries}/${'0'.repeat(80)}`, undefined, 404],
    [`${entries}?logIndex=999`, undefined, 404],
    [`${entries}?logIndex=-1`, undefined, 404],
    ['/api/v1/index/retrieve', {}, 400],
    [`${entries}/retrieve`, { entryUUIDs: Array.from({ length: 11 }, () => '00') }, 422],
  ])('%s: nothing', (path, body, status) => {
    expect(local.ask(path, body === undefined ? {} : { body }).status).toBe(status);
  });
});

const record = (text: string, change: object = {}, hash = 'sha256'): Record<string, unknown> => ({
  hashedRekordRequestV002: {
    digest: b64(createHash(hash).update(text).digest()),
    signature: {
      content: b64(sign(hash, Buffer.from(text), key.privateKey)),
      verifier: { publicKey: { rawBytes: b64(spki) }, keyDetails: 'PKIX_ECDSA_P256_SHA_256', ...change },
    },
  },
});
const changedRecord = (change: object): Record<string, unknown> => ({
  hashedRekordRequestV002: { ...Object(record('x')['hashedRekordRequestV002']), ...change },
});
const another = { keyDetails: 'PKIX_ECDSA_P384_SHA_384' };

describe('Rekor v2', () => {
  const entries = '/rekor-v2/api/v2/log/entries';

  test.each<[string, unknown, string]>([
    [
      'an envelope, as the public log does',
      { dsseRequestV002: { envelope: {}, verifiers: [] } },
      'invalid type, must be hashedrekord',
    ],
    ['nothing', {}, 'invalid type, must be hashedrekord'],
    ['another digest', changedRecord({ digest: b64(sha256('y')) }), 'invalid hashedrekord request'],
    ['a hash that does not go with the key', record('x', {}, 'sha384'), 'invalid hashedrekord request'],
    ['no signature', changedRecord({ signature: {} }), 'invalid hashedrekord request'],
    ['a key that calls itself another', record('x', another, 'sha384'), 'invalid hashedrekord request'],
    ['a key of no kind', record('x', { keyDetails: 'NONE' }), 'invalid hashedrekord request'],
    ['no key', record('x', { publicKey: undefined }), 'invalid hashedrekord request'],
    ['no JSON', 'x', 'invalid hashedrekord request'],
  ])('refuses %s', (_, body, message) => {
    const { status, text } = local.ask(entries, { body });
    expect([status, JSON.parse(text)]).toEqual([400, { code: 3, message, details: [] }]);
  });

  test('takes an entry once', () => {
    const { logIndex } = local.json(entries, { body: record('once') }, 201);
    const again = local.ask(entries, { body: record('another') });
    expect(again.status).toBe(201);
    const first = local.json(entries, { body: JSON.stringify(recordAgain) }, 201);
    const twice = local.ask(entries, { body: JSON.stringify(recordAgain) });
    expect([twice.status, twice.headers?.['x-log-index']]).toEqual([409, first['logIndex']]);
    expect(Number(logIndex)).toBeGreaterThan(0);
  });
  const recordAgain = record('the very same');

  test('its tiles prove every entry to its checkpoint', () => {
    const store = memoryStore();
    for (let i = 0; i < 600; i++) store.append('rekor-v2.journal', `${b64(`entry ${i}`)} `);
    const large = new InProcess(store);
    large.json(entries, { body: record('one more') }, 201);
    const ask = (name: string): Buffer => Buffer.from(large.ask(`/rekor-v2/api/v2/${name}`).body);
    const checkpoint = parseCheckpoint(ask('checkpoint').toString(), 'checkpoint');
    const { size, rootHash } = checkpoint;
    expect(size).toBe(601);
    const [, log] = large.services.trustedRoot.tlogs;
    const trusted = parseSpki(Buffer.from(log?.publicKey.rawBytes ?? '', 'base64'));
    verifyCheckpoint(checkpoint, trusted, Buffer.from(log?.logId.keyId ?? '', 'base64').subarray(0, 4), '');
    for (const index of [0, 1, 255, 256, 511, 512, 600]) {
      const { width, index: number } = tileWith(0, index, size);
      const bundle = readEntryBundle(ask(tilePath('entries', number, width)), width, 'bundle');
      const proof = proofOf(index, size, (it) => ask(tilePath(it.level, it.index, it.width)));
      verifyInclusion(leafHash(bundle[index % 256] ?? Buffer.alloc(0)), index, size, proof, rootHash, '');
    }
    for (const name of ['tile/0/000.p/7', 'tile/0/002.p/80', 'tile/1/000.p/1', 'tile/entries/002.p/1'])
      expect(ask(name).length).toBeGreaterThan(0);
  });

  test.each(['tile/0/009', 'tile/0/001', 'tile/0/000.p/257', 'tile/0/x000/000', 'tile/9/000', 'tile', 'log'])(
    '%s is not there',
    (name) => {
      expect(local.ask(`/rekor-v2/api/v2/${name}`).status).toBe(404);
    },
  );
});
