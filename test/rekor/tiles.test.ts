import { describe, expect, test } from 'vitest';
import type { ReasonCode } from '#core/errors/codes';
import { signCheckpoint } from '../../release/local/checkpoint.ts';
import { strangerSigner, witnessSigner } from '../sigstore/checkpoint.ts';
import { canonicalJson, type Json } from '../sigstore/json.ts';
import type { EntryKind } from '../sigstore/log-body.ts';
import { makeEvidence, signingTime, type EvidenceOptions } from '../sigstore/make-evidence.ts';
import { verifyByOracle } from '../sigstore/oracle.ts';
import { makeWorld } from '../sigstore/world.ts';
import { changes } from './changes.ts';
import { completed } from './complete.ts';
import { bodyOf, RekorV2Log, tiledLog, withoutEntry } from './log-v2.ts';
import { KEY, unlogged, body, INDEX, honest, TiledSearch } from './tiled-search.ts';

const rekor = new TiledSearch();
const { rekorV2 } = makeWorld();

describe('an entry of a tiled log', () => {
  test('is read in two rounds: the checkpoint, then all tiles at once', async () => {
    expect(await rekor.outcome()).toBe('pass');
    expect(rekor.log.asked[0]).toBe('/api/v2/checkpoint');
    expect(rekor.log.asked.slice(1).toSorted()).toEqual([
      '/api/v2/tile/0/001',
      '/api/v2/tile/0/002.p/88',
      '/api/v2/tile/1/000.p/2',
      '/api/v2/tile/entries/001',
    ]);
  });
  test.each([0, 1, 255, 256, 511, 512, 513, 598, 599])('at index %d', async (index) => {
    rekor.log = new RekorV2Log(tiledLog({ [index]: body }));
    expect(await rekor.outcome({ indices: [index] })).toBe('pass');
  });
  test.each([
    [1, 0],
    [2, 1],
    [256, 255],
    [257, 256],
    [512, 3],
    [66_000, 65_999],
  ])('in a tree of %d, at %d', async (size, index) => {
    rekor.log = new RekorV2Log(tiledLog({ [index]: body }, { size }));
    expect(await rekor.outcome({ indices: [index] })).toBe('pass');
  });
  test.each<[string, EvidenceOptions]>([
    ['hashedrekord, by key', KEY],
    ['dsse, by key', { ...KEY, entry: 'dsse/0.0.2' }],
    ['hashedrekord, by an Ed25519 key', { ...KEY, keyType: 'ed25519' }],
  ])('of a bare envelope: %s', async (_, options) => {
    rekor.log = new RekorV2Log(tiledLog({ 5: bodyOf(options) }));
    const fixture = makeEvidence({ ...options, format: 'envelope' });
    expect(await rekor.outcome({ fixture, indices: [5] })).toBe('pass');
  });
  test.each<[string, EvidenceOptions]>([
    ['v0.3, by certificate', {}],
    ['v0.3, by certificate, dsse', { entry: 'dsse/0.0.2' }],
    ['v0.2, by certificate', { format: 'bundle-0.2' }],
    ['v0.1, by certificate and its chain', { format: 'bundle-0.1', chain: 'root' }],
    ['v0.3, by key', { ...KEY, timestamps: [] }],
  ])('of a bundle without entry: %s', async (_, options) => {
    rekor.log = new RekorV2Log(tiledLog({ 5: bodyOf(options) }));
    const fixture = makeEvidence({ log: 'rekor-v2', ...options, edit: withoutEntry });
    expect(await rekor.outcome({ fixture, indices: [5] })).toBe('pass');
  });
  test.each<[string, EvidenceOptions]>([
    ['by certificate', {}],
    ['by certificate, dsse', { entry: 'dsse/0.0.2' }],
    ['by key', KEY],
  ])('makes a bundle that sigstore-js accepts: %s', async (_, options) => {
    const fixture = makeEvidence({ log: 'rekor-v2', ...options, edit: withoutEntry });
    for (const index of [0, 300, 599]) {
      const tiled = new RekorV2Log(tiledLog({ [index]: bodyOf(options) }));
      const made = await completed(fixture, tiled, index);
      expect(() => verifyByOracle(made)).not.toThrow();
    }
  });
  test('proves no time: a certificate needs its timestamp', async () => {
    rekor.log = new RekorV2Log(tiledLog({ 5: bodyOf({}) }));
    const fixture = makeEvidence({ format: 'envelope' });
    expect(await rekor.outcome({ fixture, indices: [5] })).toBe('TIME_UNPROVEN');
    const stale = { log: 'rekor-v2', timestamps: [{ time: new Date('2026-01-10T00:00:00Z') }] } as const;
    const late = makeEvidence({ ...stale, edit: withoutEntry });
    expect(await rekor.outcome({ fixture: late, indices: [5] })).toBe('CERTIFICATE_OUTSIDE_VALIDITY');
  });
  test('is one of several that are named', async () => {
    rekor.log = new RekorV2Log(tiledLog({ [INDEX]: body, 599: bodyOf({}) }));
    expect(await rekor.outcome({ indices: [599, INDEX] })).toBe('pass');
    expect(await rekor.outcome({ fixture: unlogged, indices: [599, INDEX] })).toBe('pass');
    expect(rekor.log.asked.filter((path) => path.endsWith('/002.p/88')).length).toBe(4);
  });
  test('is proved though the log grew between two answers, and dropped its partial tiles', async () => {
    const grown = { size: 1024, checkpointSize: 600 };
    rekor.log = new RekorV2Log(tiledLog({ [INDEX]: body, 599: bodyOf({}) }, grown));
    expect(await rekor.outcome()).toBe('pass');
    expect(await rekor.outcome({ fixture: unlogged, indices: [599] })).toBe('pass');
    expect(rekor.log.asked).toContain('/api/v2/tile/entries/002');
    rekor.log = new RekorV2Log(tiledLog({ [INDEX]: body }, { ...grown, keepsParts: true }));
    expect(await rekor.outcome()).toBe('pass');
    expect(rekor.log.asked).not.toContain('/api/v2/tile/0/002');
  });
  test('is found behind a redirect to another path of the log', async () => {
    rekor.log.fault = (path) => ({ status: 302, headers: { location: `/new${path}` }, body: '' });
    const moved = new RekorV2Log(honest);
    const behind = rekor.log.fault;
    rekor.log.fault = (path) => (path.startsWith('/new') ? moved.answer(path.slice(4)) : behind(path));
    expect(await rekor.outcome()).toBe('pass');
  });
  test('is asked for again when the log is busy', async () => {
    let busy = 2;
    rekor.log.fault = () => (busy-- > 0 ? { status: 503, body: '' } : undefined);
    expect(await rekor.outcome()).toBe('pass');
  });
  test('is proved by a checkpoint with witnesses beside', async () => {
    const [origin = '', size = '', root = ''] = honest.checkpoint.split('\n');
    const signers = [witnessSigner('w.example', signingTime), rekorV2.signer, strangerSigner('x.example')];
    const note = signCheckpoint({ origin, size: Number(size), root: Buffer.from(root, 'base64'), signers });
    rekor.log.fault = (path) => (path.endsWith('/checkpoint') ? { status: 200, body: note } : undefined);
    expect(await rekor.outcome()).toBe('pass');
  });
});

describe('an entry that is another is refused, though its log proves it', () => {
  const bodies: readonly (readonly [EntryKind, string, Buffer])[] = (
    ['hashedrekord/0.0.2', 'dsse/0.0.2'] as const
  ).flatMap((entry) =>
    changes(JSON.parse(bodyOf({ ...KEY, entry }).toString())).map(
      ([where, changed]) => [entry, where, Buffer.from(JSON.stringify(changed))] as const,
    ),
  );
  test.each(bodies)('%s: body%s', async (_, where, changed) => {
    rekor.log = new RekorV2Log(tiledLog({ 5: changed }, { size: 9 }));
    const code = await rekor.outcome({ indices: [5] });
    // What a log says of the kind of a key beside the key itself proves nothing.
    const expected = where.endsWith('.keyDetails') ? /^pass$/ : /^LOG_ENTRY_(INVALID|MISMATCH|UNSUPPORTED)$/;
    expect(code).toMatch(expected);
  });
  test.each<[string, Buffer, ReasonCode]>([
    ['no JSON', Buffer.from('entry'), 'LOG_ENTRY_INVALID'],
    ['empty', Buffer.alloc(0), 'LOG_ENTRY_INVALID'],
    ['another JSON', Buffer.from('[]'), 'LOG_ENTRY_INVALID'],
    ['of no kind', Buffer.from('{"spec":{}}'), 'LOG_ENTRY_INVALID'],
    [
      'of an unknown kind',
      Buffer.from(canonicalJson({ apiVersion: '0.0.9', kind: 'x', spec: {} } satisfies Json)),
      'LOG_ENTRY_UNSUPPORTED',
    ],
    ['of another signature', bodyOf({ ...KEY, seed: 'other' }), 'LOG_ENTRY_MISMATCH'],
    ['of another artifact', bodyOf({ ...KEY, payload: Buffer.from('{}') }), 'LOG_ENTRY_MISMATCH'],
    ['of a certificate of this key', bodyOf({}), 'TIME_UNPROVEN'],
    ['of the certificate of another', bodyOf({ seed: 'other' }), 'LOG_ENTRY_MISMATCH'],
    ['as long as an entry can be', Buffer.alloc(0xffff, 0x20), 'LOG_ENTRY_INVALID'],
  ])('%s', async (_, other, code) => {
    rekor.log = new RekorV2Log(tiledLog({ 5: other }, { size: 9 }));
    expect(await rekor.outcome({ indices: [5] })).toBe(code);
  });
  test.each([
    ['the next one', INDEX + 1, 'LOG_ENTRY_INVALID'],
    ['the last one', 599, 'LOG_ENTRY_INVALID'],
    ['one that is not there yet', 600, 'LOG_ENTRY_MISSING'],
    ['one far beyond', Number.MAX_SAFE_INTEGER, 'LOG_ENTRY_MISSING'],
  ])('%s', async (_, index, code) => {
    expect(await rekor.outcome({ indices: [index] })).toBe(code);
    if (index >= 600) expect(rekor.log.asked).toEqual(['/api/v2/checkpoint']);
  });
});
