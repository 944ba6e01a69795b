import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { parseRegistryKeys } from '#core/trust/registry-keys';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import { nodeFiles } from './files.ts';
import type { Io } from './io.ts';
import { seededTarget } from './seeds.ts';
import { cacheFolder, resolveTrust, type TrustChoice } from './trust-source.ts';

const seeds = readFileSync(createRequire(import.meta.url).resolve('@sigstore/tuf/seeds.json'));
const root: TrustChoice = { target: 'trusted_root.json', file: undefined, offline: false };

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'edgeseal-trust-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface World {
  readonly now?: string;
  readonly cache?: string;
  readonly tuf?: () => Promise<Uint8Array>;
}

function world({
  now = '2026-02-01T00:00:00Z',
  cache = path.join(folder, 'cache'),
  tuf,
}: World): Io & { asked: number } {
  const io = {
    asked: 0,
    files: nodeFiles(folder),
    stdout: () => undefined,
    stderr: () => undefined,
    now: () => new Date(now),
    env: { EDGESEAL_CACHE: cache },
    seeds: () => seeds,
    tuf: () => {
      io.asked++;
      return tuf === undefined ? Promise.reject(new Error('no route to host')) : tuf();
    },
  };
  return io;
}

const fresh = (text: string) => () => Promise.resolve(Buffer.from(text));

describe('the embedded copy', () => {
  test('is the public-good trusted root', () => {
    const parsed = parseTrustedRoot(seededTarget(seeds, 'trusted_root.json'), 'seeds');
    expect(parsed.certificateAuthorities.map(({ uri }) => uri)).toContain('https://fulcio.sigstore.dev');
  });
  test("holds the npm registry's keys", () => {
    const keys = parseRegistryKeys(seededTarget(seeds, 'npm-keys.json'), 'seeds');
    expect(keys.map(({ name }) => name)).toContain('SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U');
  });
  test.each(['{}', '[]', '{"https://tuf-repo-cdn.sigstore.dev":{"targets":{}}}'])('is not in %s', (text) => {
    expect(() => seededTarget(Buffer.from(text), 'trusted_root.json')).toThrow(EdgesealError);
  });
});

describe('resolveTrust', () => {
  test('a file of the user is all that counts', async () => {
    writeFileSync(path.join(folder, 'mine.json'), 'mine');
    const io = world({});
    const source = await resolveTrust(io, { ...root, file: 'mine.json' });
    expect([source.origin, Buffer.from(source.bytes).toString(), io.asked]).toEqual(['file', 'mine', 0]);
  });
  test('offline nobody is asked, and no copy is read', async () => {
    await resolveTrust(world({ tuf: fresh('kept') }), root);
    const io = world({});
    const source = await resolveTrust(io, { ...root, offline: true });
    expect([source.origin, io.asked]).toEqual(['embedded', 0]);
  });
  test('online it is fetched, kept, and not asked for again within a day', async () => {
    const first = await resolveTrust(world({ tuf: fresh('one') }), root);
    const later = world({ now: '2026-02-01T23:59:59Z' });
    const second = await resolveTrust(later, root);
    expect([first.origin, second.origin, later.asked]).toEqual(['tuf', 'cache', 0]);
    expect(second.fetched).toBe('2026-02-01T00:00:00.000Z');
  });
  test('after a day it is asked for again', async () => {
    await resolveTrust(world({ tuf: fresh('one') }), root);
    const io = world({ now: '2026-02-02T00:00:01Z', tuf: fresh('two') });
    const source = await resolveTrust(io, root);
    expect([source.origin, Buffer.from(source.bytes).toString()]).toEqual(['tuf', 'two']);
  });
  test('a clock that went back makes a copy no fresher', async () => {
    await resolveTrust(world({ tuf: fresh('one') }), root);
    const io = world({ now: '2026-01-01T00:00:00Z', tuf: fresh('two') });
    expect((await resolveTrust(io, root)).origin).toBe('tuf');
  });
  test('without a network the last copy stands in, and it is said', async () => {
    await resolveTrust(world({ tuf: fresh('one') }), root);
    const source = await resolveTrust(world({ now: '2026-03-01T00:00:00Z' }), root);
    expect([source.origin, source.instead?.code]).toEqual(['cache', 'NETWORK_UNAVAILABLE']);
  });
  test('without a network and a copy the embedded one stands in', async () => {
    const source = await resolveTrust(world({}), root);
    expect([source.origin, source.instead?.found]).toEqual(['embedded', '"no route to host"']);
  });
  test('a damaged copy is as good as none', async () => {
    await resolveTrust(world({ tuf: fresh('one') }), root);
    const cache = path.join(folder, 'cache', 'tuf');
    writeFileSync(path.join(cache, 'trusted_root.json.copy.json'), 'other');
    expect((await resolveTrust(world({}), root)).origin).toBe('embedded');
  });
  test.each(['/proc/nowhere', '/dev/null/cache'])(
    'a cache at %s that cannot be written changes nothing',
    async (cache) => {
      const source = await resolveTrust(world({ cache, tuf: fresh('one') }), root);
      expect(source.origin).toBe('tuf');
    },
  );
  test('an update fails where nothing fresh is to be had', async () => {
    await resolveTrust(world({ tuf: fresh('one') }), root);
    await expect(resolveTrust(world({}), { ...root, refresh: true })).rejects.toMatchObject({
      code: 'NETWORK_UNAVAILABLE',
    });
  });
  test('an update asks although the copy is fresh', async () => {
    await resolveTrust(world({ tuf: fresh('one') }), root);
    const io = world({ tuf: fresh('two') });
    expect((await resolveTrust(io, { ...root, refresh: true })).origin).toBe('tuf');
    expect(readdirSync(path.join(folder, 'cache', 'tuf'))).toEqual([
      'trusted_root.json.copy.json',
      'trusted_root.json.copy.json.note',
    ]);
  });
});

test.each([
  [{ EDGESEAL_CACHE: '/c', XDG_CACHE_HOME: '/x', HOME: '/h' }, '/c/tuf'],
  [{ XDG_CACHE_HOME: '/x', HOME: '/h' }, '/x/edgeseal/tuf'],
  [{ XDG_CACHE_HOME: 'relative', HOME: '/h' }, '/h/.cache/edgeseal/tuf'],
  [{ HOME: '' }, undefined],
  [{}, undefined],
])('the cache with %j is %s', (env, expected) => {
  expect(cacheFolder({ env })).toBe(expected);
});
