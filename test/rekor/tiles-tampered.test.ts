import { describe, expect, test } from 'vitest';
import type { ReasonCode } from '#core/errors/codes';
import { signCheckpoint } from '../../release/local/checkpoint.ts';
import { strangerSigner } from '../sigstore/checkpoint.ts';
import type { EvidenceFixture } from '../sigstore/make-evidence.ts';
import { TiledLog } from '../sigstore/tiled-log.ts';
import { makeWorld } from '../sigstore/world.ts';
import { RekorV2Log, tiledLog } from './log-v2.ts';
import { bare, body, INDEX, honest, TiledSearch } from './tiled-search.ts';

const rekor = new TiledSearch();
const { rekorV1, rekorV2 } = makeWorld();

/** The honest answer with another content. */
const instead =
  (end: string, change: (bytes: Buffer) => Uint8Array | string): RekorV2Log['fault'] =>
  (path) => {
    const bytes = path.endsWith(end) ? honest.resource(path.slice('/api/v2/'.length)) : undefined;
    return bytes && { status: 200, body: change(bytes) };
  };

const cut = (bytes: Buffer): Buffer => bytes.subarray(0, -1);
const more = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.from([0])]);
const flip =
  (at: number) =>
  (bytes: Buffer): Buffer => {
    const copy = Buffer.from(bytes);
    copy.writeUInt8((copy.at(at) ?? 0) ^ 1, at < 0 ? copy.length + at : at);
    return copy;
  };
const line =
  (number: number, change: (text: string) => string) =>
  (bytes: Buffer): string => {
    const lines = bytes.toString().split('\n');
    return lines.with(number, change(lines[number] ?? '')).join('\n');
  };
const signed = (options: Partial<Parameters<typeof signCheckpoint>[0]>): string => {
  const [origin = '', size = '', root = ''] = honest.checkpoint.split('\n');
  const truth = { origin, size: Number(size), root: Buffer.from(root, 'base64'), signers: [rekorV2.signer] };
  return signCheckpoint({ ...truth, ...options });
};
/** Two logs by one key: only the name tells them apart. */
const twin = { ...rekorV2.signer, name: 'log2025.example' };

describe('what a log serves and does not hold together is refused', () => {
  test.each<[string, ReasonCode, string, (bytes: Buffer) => Uint8Array | string]>([
    ['own tile: first hash', 'LOG_TILE_INVALID', '/0/001', flip(0)],
    ['own tile: the hash of the entry', 'LOG_TILE_INVALID', '/0/001', flip(44 * 32 + 5)],
    ['own tile: last octet', 'LOG_TILE_INVALID', '/0/001', flip(-1)],
    ['own tile: cut off', 'LOG_TILE_INVALID', '/0/001', cut],
    ['own tile: longer', 'INPUT_TOO_LARGE', '/0/001', more],
    ['own tile: empty', 'LOG_TILE_INVALID', '/0/001', () => ''],
    ['own tile: another one', 'LOG_TILE_INVALID', '/0/001', () => honest.resource('tile/0/000') ?? ''],
    ['right edge: first hash', 'LOG_PROOF_INVALID', '/0/002.p/88', flip(0)],
    ['right edge: last octet', 'LOG_PROOF_INVALID', '/0/002.p/88', flip(-1)],
    ['right edge: cut off', 'LOG_TILE_INVALID', '/0/002.p/88', cut],
    ['level 1: the tile beside', 'LOG_PROOF_INVALID', '/1/000.p/2', flip(0)],
    ['level 1: the own tile', 'LOG_TILE_INVALID', '/1/000.p/2', flip(40)],
    ['level 1: both exchanged', 'LOG_TILE_INVALID', '/1/000.p/2', (bytes) => exchange(bytes)],
    ['bundle: first length', 'LOG_TILE_INVALID', 'entries/001', flip(1)],
    ['bundle: first entry', 'LOG_TILE_INVALID', 'entries/001', flip(2)],
    ['bundle: last octet', 'LOG_TILE_INVALID', 'entries/001', flip(-1)],
    ['bundle: cut off', 'LOG_TILE_INVALID', 'entries/001', cut],
    ['bundle: longer', 'LOG_TILE_INVALID', 'entries/001', more],
    ['bundle: empty', 'LOG_TILE_INVALID', 'entries/001', () => ''],
    [
      'bundle: another one',
      'LOG_TILE_INVALID',
      'entries/001',
      () => honest.resource('tile/entries/000') ?? '',
    ],
    ['bundle: too large', 'INPUT_TOO_LARGE', 'entries/001', () => Buffer.alloc(4 * 1024 * 1024 + 1)],
    ['checkpoint: origin', 'CHECKPOINT_UNTRUSTED', '/checkpoint', line(0, (text) => `${text}x`)],
    ['checkpoint: size', 'CHECKPOINT_UNTRUSTED', '/checkpoint', line(1, () => '601')],
    ['checkpoint: size 0', 'CHECKPOINT_UNTRUSTED', '/checkpoint', line(1, () => '0')],
    ['checkpoint: no size', 'CHECKPOINT_INVALID', '/checkpoint', line(1, () => '')],
    ['checkpoint: root', 'CHECKPOINT_UNTRUSTED', '/checkpoint', line(2, (text) => `A${text.slice(1)}`)],
    ['checkpoint: a line more', 'CHECKPOINT_UNTRUSTED', '/checkpoint', line(2, (text) => `${text}\nx`)],
    [
      'checkpoint: signer',
      'CHECKPOINT_UNTRUSTED',
      '/checkpoint',
      line(4, (text) => text.replace(' log', ' lag')),
    ],
    [
      'checkpoint: key id',
      'LOG_UNTRUSTED',
      '/checkpoint',
      line(4, (text) => text.replace(/ \S(\S+)$/, ' A$1')),
    ],
    [
      'checkpoint: signature',
      'CHECKPOINT_UNTRUSTED',
      '/checkpoint',
      line(4, (text) => text.replace(/\S{4}$/, 'AAAA')),
    ],
    ['checkpoint: no signature', 'CHECKPOINT_INVALID', '/checkpoint', line(4, () => '')],
    ['checkpoint: no UTF-8', 'CHECKPOINT_INVALID', '/checkpoint', () => Buffer.from([0xff, 0x0a])],
    ['checkpoint: HTML', 'CHECKPOINT_INVALID', '/checkpoint', () => '<html>'],
    ['checkpoint: huge', 'INPUT_TOO_LARGE', '/checkpoint', () => ' '.repeat(65_537)],
    ['checkpoint: a smaller tree', 'LOG_ENTRY_MISSING', '/checkpoint', () => signed({ size: INDEX })],
    ['checkpoint: a larger tree', 'LOG_TILE_MISSING', '/checkpoint', () => signed({ size: 2 ** 30 })],
    ['checkpoint: no tree', 'LOG_ENTRY_MISSING', '/checkpoint', () => signed({ size: 0 })],
    [
      'checkpoint: another root, signed',
      'LOG_PROOF_INVALID',
      '/checkpoint',
      () => signed({ root: Buffer.alloc(32) }),
    ],
    [
      'checkpoint: a stranger',
      'LOG_UNTRUSTED',
      '/checkpoint',
      () => signed({ signers: [strangerSigner(rekorV2.origin)] }),
    ],
    [
      'checkpoint: another log by the same key',
      'CHECKPOINT_UNTRUSTED',
      '/checkpoint',
      () => signed({ origin: twin.name, signers: [twin] }),
    ],
  ])('%s: %s', async (_, code, end, change) => {
    rekor.log.fault = instead(end, change);
    expect(await rekor.outcome()).toBe(code);
  });

  function exchange(bytes: Buffer): Buffer {
    return Buffer.concat([bytes.subarray(32), bytes.subarray(0, 32)]);
  }

  test('every hash of every tile, and every octet of the bundle that is read', async () => {
    rekor.log = new RekorV2Log(tiledLog({ 3: body }, { size: 21 }));
    const tree = tiledLog({ 3: body }, { size: 21 });
    for (const path of ['tile/0/000.p/21', 'tile/entries/000.p/21']) {
      const bytes = tree.resource(path) ?? Buffer.alloc(0);
      for (let at = 0; at < bytes.length; at += path.includes('entries') ? 9 : 31) {
        rekor.log.fault = (asked) =>
          asked.endsWith(path) ? { status: 200, body: flip(at)(bytes) } : undefined;
        expect([path, at, await rekor.outcome({ indices: [3] })]).toEqual([path, at, 'LOG_TILE_INVALID']);
      }
    }
  });
  test('a tree that the log did not sign', async () => {
    const other = new TiledLog(
      { ...rekorV2, signer: rekorV1.signer },
      { size: 600, entries: new Map([[INDEX, body]]) },
    );
    rekor.log = new RekorV2Log(other);
    expect(await rekor.outcome()).toBe('CHECKPOINT_UNTRUSTED');
  });
  test('the checkpoint of another trusted log, where the root knows this address', async () => {
    const { trustedRoot, ...rest } = bare;
    const [first, second] = trustedRoot.tlogs;
    const known = (log1: string, log2: string): EvidenceFixture => {
      const tlogs = [
        { ...first, baseUrl: log1 },
        { ...second, baseUrl: log2 },
      ];
      const trustedRootBytes = Buffer.from(JSON.stringify({ ...trustedRoot, tlogs }));
      return { ...rest, trustedRoot, trustedRootBytes };
    };
    expect(await rekor.outcome({ fixture: known('https://x.example', rekor.server.url) })).toBe('pass');
    expect(await rekor.outcome({ fixture: known('https://x.example', `${rekor.server.url}/`) })).toBe('pass');
    expect(await rekor.outcome({ fixture: known(rekor.server.url, 'https://x.example') })).toBe(
      'LOG_UNTRUSTED',
    );
  });
});
