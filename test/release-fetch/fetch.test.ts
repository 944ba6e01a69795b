import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe as suite, expect, test } from 'vitest';
import { sha256Hex } from '#core/bytes/digest';
import type { JsonValue } from '#core/json/value';
import { openWork } from '../../release/lock/work.ts';
import { main } from '../../release/main.ts';
import { FileServer } from './file-server.ts';
import { publish } from './npm-world.ts';
import { TestRepository } from './repository.ts';
import { describe, fetching, Folders, refusalOf, worldOf } from './work.ts';

let server: FileServer;
const folders = new Folders();
let repository: TestRepository;
let work: string;
let home: string;
let packageUrl: string;
let packageDigest: string;
beforeAll(async () => {
  repository = new TestRepository({ a: 'a', 'vendor/text': 'text' });
});
beforeEach(async () => {
  server = await FileServer.start();
  work = folders.make('work');
  home = folders.make('home');
  const tarballs = await publish(server, [{ name: '@s/node', version: '26.0.0' }]);
  const bytes = tarballs.get('@s/node@26.0.0')?.bytes ?? Buffer.alloc(0);
  packageUrl = 'pkg:npm/%40s/node@26.0.0';
  packageDigest = `sha512:${createHash('sha512').update(bytes).digest('hex')}`;
});
afterEach(async () => {
  await server.stop();
  folders.remove();
});
afterAll(() => repository.remove());

const data = Buffer.from('data\n'.repeat(50_000));
const digest = `sha256:${sha256Hex(data)}`;
const input: JsonValue = {
  name: 'data',
  kind: 'url',
  uri: 'https://files.example/data?key=a-secret',
  digest,
};

const world = (env: Record<string, string> = {}) => worldOf(home, env, server.url);
const fetched = async (inputs: readonly JsonValue[], isOffline = false, io = world()) =>
  fetching({ repository, description: describe(inputs), work, io, isOffline });
const refused = async (inputs: readonly JsonValue[], isOffline = false): Promise<string> =>
  refusalOf(async () => fetched(inputs, isOffline));
const storeFile = (hex: string): string => path.join(work, 'store/sha256', hex);

suite('a file by its address', () => {
  test('is downloaded once, and then in the store', async () => {
    server.files.set('/data', data);
    const first = await fetched([input]);
    expect(first.origins).toEqual({ store: 0, machine: 0, network: 1 });
    const { plan, lock, store } = await openWork(work);
    expect(lock).toEqual(first.lock);
    expect(plan.inputs[0]?.name).toBe('data');
    expect(Buffer.from(await store.read(sha256Hex(data))).equals(data)).toBe(true);
    for (const isOffline of [false, true]) {
      const again = await fetched([input], isOffline);
      expect(again.origins).toEqual({ store: 1, machine: 0, network: 0 });
      expect(again.lockSha256).toBe(first.lockSha256);
    }
    expect(server.asked).toEqual(['/data']);
  });

  test.each<[string, (attempt: number, response: Parameters<FileServer['faults'][0]>[1]) => void]>([
    [
      'an answer that is cut off',
      (_, response) =>
        void response
          .writeHead(200, { 'content-length': data.length })
          .write(data.subarray(0, 100_000), () => response.destroy()),
    ],
    [
      'a body without a length that ends too soon',
      (_, response) => void response.end(data.subarray(0, 100_000)),
    ],
    ['another content', (_, response) => void response.end('something else')],
    ['HTTP 429', (_, response) => void response.writeHead(429, { 'retry-after': '1' }).end()],
    ['HTTP 503', (_, response) => void response.writeHead(503).end()],
    ['a connection that is reset', (_, response) => void response.socket?.resetAndDestroy()],
  ])('is asked for again after %s', async (_, answer) => {
    server.files.set('/data', data);
    let attempts = 0;
    server.faults.push((__, response) => {
      if (++attempts > 2) return false;
      answer(attempts, response);
      return true;
    });
    expect((await fetched([input])).origins.network).toBe(1);
    expect(attempts).toBe(3);
  });

  test.each<[string, (response: Parameters<FileServer['faults'][0]>[1]) => void, RegExp]>([
    ['another content', (response) => void response.end('something else'), /^RELEASE_CONTENT_MISMATCH /],
    [
      'more than it should be',
      (response) => void response.end(Buffer.concat([data, data])),
      /^RELEASE_CONTENT_MISMATCH /,
    ],
    [
      'HTTP 404',
      (response) => void response.writeHead(404).end(),
      /^RELEASE_INPUT_UNAVAILABLE .* is not there; HTTP 404/,
    ],
    [
      'HTTP 403',
      (response) => void response.writeHead(403).end(),
      /^RELEASE_INPUT_UNAVAILABLE .* from files\.example; HTTP 403/,
    ],
    [
      'HTTP 500',
      (response) => void response.writeHead(500).end(),
      /^RELEASE_INPUT_UNAVAILABLE .* from files\.example; HTTP 500/,
    ],
    [
      'a wait that is too long',
      (response) => void response.writeHead(429, { 'retry-after': '3600' }).end(),
      /^RELEASE_INPUT_UNAVAILABLE .*HTTP 429/,
    ],
    [
      'no connection',
      (response) => void response.socket?.resetAndDestroy(),
      /^RELEASE_INPUT_UNAVAILABLE .*ECONNRESET/,
    ],
    [
      'a redirect without TLS',
      (response) =>
        void response.writeHead(302, { location: 'http://elsewhere.example/data?token=a-secret' }).end(),
      /^REGISTRY_REDIRECT_REFUSED .*http:\/\/elsewhere\.example"$/,
    ],
    [
      'a redirect with a password',
      (response) =>
        void response.writeHead(302, { location: 'https://user:a-secret@elsewhere.example/' }).end(),
      /^REGISTRY_REDIRECT_REFUSED /,
    ],
    [
      'redirects without an end',
      (response) => void response.writeHead(302, { location: '/data?a-secret' }).end(),
      /^REGISTRY_REDIRECT_REFUSED /,
    ],
  ])('is refused after %s, without a secret', async (_, answer, expected) => {
    server.faults.push((__, response) => {
      answer(response);
      return true;
    });
    const refusal = await refused([input]);
    expect(refusal).toMatch(expected);
    expect(refusal).not.toContain('a-secret');
    expect(readdirSync(path.join(work, 'store/tmp'))).toEqual([]);
    expect(existsSync(path.join(work, 'lock.json'))).toBe(false);
  });

  test('goes on where a redirect by TLS says', async () => {
    server.files.set('/elsewhere', data);
    server.faults.push((request, response) => {
      if (request.url?.startsWith('/data') !== true) return false;
      response.writeHead(307, { location: 'https://cdn.example/elsewhere' }).end();
      return true;
    });
    expect((await fetched([input])).lock.dependencies[0]?.uri).toBe(
      'https://files.example/data?key=a-secret',
    );
  });

  test('is told of while it comes', async () => {
    let now = 0;
    const io = { ...world(), now: () => new Date((now += 100)) };
    server.files.set('/data', Buffer.concat([data, Buffer.alloc(9e6)]));
    const large = {
      ...(input as object),
      digest: `sha256:${sha256Hex(Buffer.concat([data, Buffer.alloc(9e6)]))}`,
    };
    await fetched([large], false, io);
    expect(io.said.join('')).toMatch(/^fetching: [1-8] MiB, 0 files, 0 of them downloaded\n/m);
  });

  test('may be asked for again ten times in a run', async () => {
    const many = Array.from({ length: 20 }, (_, index): JsonValue => ({
      ...(input as object),
      name: `data-${index}`,
      uri: `https://files.example/${index}`,
      digest: `sha256:${sha256Hex(String(index))}`,
    }));
    const seen = new Map<string, number>();
    server.faults.push((request, response) => {
      const count = (seen.get(request.url ?? '') ?? 0) + 1;
      seen.set(request.url ?? '', count);
      if (count < 2) response.writeHead(503).end();
      else response.end(request.url?.slice(1));
      return true;
    });
    expect(await refused(many)).toMatch(/^RELEASE_INPUT_UNAVAILABLE .*HTTP 503/);
    expect(seen.size).toBe(11);
    // What came is kept: the next run needs less.
    expect((await fetched(many)).origins).toEqual({ store: 10, machine: 0, network: 10 });
  });
});

suite('without a network', () => {
  test('everything that is missing is named', async () => {
    server.files.set('/data', data);
    const other: JsonValue = { name: 'node', kind: 'toolchain', uri: packageUrl, digest: packageDigest };
    const image: JsonValue = {
      name: 'base',
      kind: 'oci-image',
      image: `registry.example/base@sha256:${'0'.repeat(64)}`,
    };
    const refusal = await refused([input, other, image], true);
    expect(refusal).toMatch(/^RELEASE_INPUT_UNAVAILABLE without a network 3 of the inputs are not at hand/);
    expect(refusal).toContain(`https://files.example/data, ${packageUrl}, registry.example/base@sha256:000`);
    expect(refusal).not.toContain('a-secret');
    expect(server.asked).toEqual([]);
  });

  test('no connection is opened', async () => {
    const io = { ...world(), network: async () => Promise.reject(new Error('asked')) };
    await fetched([], true, io);
    await expect(fetched([], false, io)).rejects.toThrow('asked');
  });
});

suite('an archive of npm', () => {
  const node = (): JsonValue => ({ name: 'node', kind: 'toolchain', uri: packageUrl, digest: packageDigest });
  const cacheFile = (): string => {
    const hex = packageDigest.slice(7);
    return path.join(home, '.npm/_cacache/content-v2/sha512', hex.slice(0, 2), hex.slice(2, 4), hex.slice(4));
  };
  const fromRegistry = async () => fetched([node()], false, world({ npm_config_registry: server.url }));
  const cached = (content: Uint8Array): void => {
    mkdirSync(path.dirname(cacheFile()), { recursive: true });
    writeFileSync(cacheFile(), content);
  };

  test('is taken from npm’s cache', async () => {
    cached(Buffer.from(server.files.get('/@s/node/-/node-26.0.0.tgz') ?? ''));
    const { origins, lock } = await fetched([node()], true);
    expect(origins).toEqual({ store: 0, machine: 1, network: 0 });
    expect(lock.dependencies).toMatchObject([
      { uri: packageUrl, digest: { sha512: packageDigest.slice(7) } },
    ]);
    // By its SHA-512, without the cache.
    rmSync(cacheFile());
    expect((await fetched([node()], true)).origins.store).toBe(1);
  });
  test('is downloaded where the cache is damaged', async () => {
    cached(Buffer.from('damaged'));
    expect((await fromRegistry()).origins).toEqual({ store: 0, machine: 0, network: 1 });
    expect(server.asked).toEqual(['/@s/node/-/node-26.0.0.tgz']);
  });
  test('is where the registry says, if not where it usually is', async () => {
    const usual = '/@s/node/-/node-26.0.0.tgz';
    const content = server.files.get(usual) ?? '';
    server.files.delete(usual);
    server.files.set('/download/x.tgz', content);
    const about = String(server.files.get('/@s%2fnode')).replace(usual, '/download/x.tgz');
    server.files.set('/@s%2fnode', about);
    await fromRegistry();
    expect(server.asked).toEqual([usual, '/@s%2fnode', '/download/x.tgz']);
  });
  test('is refused where the registry has another one', async () => {
    server.files.set('/@s/node/-/node-26.0.0.tgz', 'another');
    expect(await refusalOf(fromRegistry)).toMatch(/^RELEASE_CONTENT_MISMATCH "pkg:npm\/%40s\/node@26\.0\.0"/);
  });
  test.each([
    'https://user:a-secret@registry.example/',
    'http://registry.example/',
    'nonsense',
    'ftp://registry.example',
  ])('is not asked of %s', async (npm_config_registry) => {
    const refusal = await refusalOf(async () => fetched([node()], false, world({ npm_config_registry })));
    expect(refusal).toMatch(/^FLAG_VALUE_INVALID /);
    expect(refusal).not.toContain('a-secret');
  });
});

suite('a file beside the description', () => {
  const local: JsonValue = { name: 'root', kind: 'toolchain', uri: 'file:made/root.tar', digest };
  test('is taken as it is, whether committed or not', async () => {
    repository.write('made/root.tar', data);
    const { lock, origins } = await fetched([local], true);
    expect([lock.dependencies[0]?.uri, origins.machine]).toEqual(['file:made/root.tar', 1]);
    repository.write('made/root.tar', 'changed');
    // The store has what the digest says.
    expect((await fetched([local], true)).origins.store).toBe(1);
    work = folders.make('work');
    expect(await refused([local])).toMatch(/^RELEASE_CONTENT_MISMATCH "file:made\/root\.tar"/);
    rmSync(path.join(repository.folder, 'made'), { recursive: true });
    expect(await refused([local])).toMatch(
      /^RELEASE_INPUT_UNAVAILABLE "file:made\/root\.tar" is not there; no such file/,
    );
    expect(await refused([local], true)).toMatch(/^RELEASE_INPUT_UNAVAILABLE without a network/);
  });
  test.each([
    ['file:../root.tar', 'RELEASE_PATH_OUTSIDE'],
    ['file:/root.tar', 'RELEASE_DESCRIPTION_INVALID'],
    ['file:a/./b', 'RELEASE_PATH_OUTSIDE'],
    ['file:', 'RELEASE_DESCRIPTION_INVALID'],
    ['file:a?b', 'RELEASE_DESCRIPTION_INVALID'],
  ])('may not be %s', async (uri, code) => {
    expect(await refused([{ ...(local as object), uri }])).toMatch(new RegExp(`^${code} `));
  });
});

suite('the work folder', () => {
  test('gets the same lock in another folder, at another time, of another origin', async () => {
    server.files.set('/data', data);
    const vendor: JsonValue = {
      name: 'vendor',
      kind: 'vendor-tree',
      path: 'vendor',
      digest: `gitTree:${repository.git('rev-parse', 'HEAD:vendor')}`,
    };
    await fetched([input, vendor]);
    const first = readFileSync(path.join(work, 'lock.json'));
    const plan = readFileSync(path.join(work, 'plan.json'));
    const other = folders.make('other');
    const clone = folders.make('clone');
    cpSync(repository.folder, clone, { recursive: true });
    await fetching({
      repository: { folder: clone, head: repository.head } as TestRepository,
      description: describe([input, vendor]),
      work: other,
      io: { ...world(), now: () => new Date(1e12) },
    });
    expect(readFileSync(path.join(other, 'lock.json')).equals(first)).toBe(true);
    expect(readFileSync(path.join(other, 'plan.json')).equals(plan)).toBe(true);
  });

  test('is healed where the store was changed', async () => {
    server.files.set('/data', data);
    await fetched([input]);
    for (const hex of [sha256Hex(data), sha256Hex('a')]) {
      chmodSync(storeFile(hex), 0o644);
      writeFileSync(storeFile(hex), 'changed');
    }
    expect((await fetched([input])).origins).toEqual({ store: 0, machine: 0, network: 1 });
    const { store } = await openWork(work);
    expect(Buffer.from(await store.read(sha256Hex('a'))).toString()).toBe('a');
    await store.read(sha256Hex(data));
  });

  test('is not written where something is missing, and the one before stays', async () => {
    server.files.set('/data', data);
    await fetched([input]);
    const before = readFileSync(path.join(work, 'lock.json'));
    const gone: JsonValue = {
      ...(input as object),
      name: 'gone',
      uri: 'https://files.example/gone',
      digest: `sha256:${'0'.repeat(64)}`,
    };
    expect(await refused([input, gone])).toMatch(/^RELEASE_INPUT_UNAVAILABLE /);
    expect(readFileSync(path.join(work, 'lock.json')).equals(before)).toBe(true);
  });
});

suite('edgeseal-release fetch', () => {
  const run = async (...argv: readonly string[]): Promise<readonly [number, string]> => {
    const io = worldOf(repository.folder, { GIT_DIR: '/nowhere', GIT_INDEX_FILE: '/nowhere' });
    const code = await main(['fetch', '--work', work, '--commit', repository.head, ...argv], io);
    return [code, io.said.join('')];
  };
  test('reads the description of the commit', async () => {
    const description = describe([]);
    repository.commit({ 'release.json': description, 'other/release.json': description });
    expect(await run()).toEqual([0, expect.stringMatching(/^example 1\.2\.3 is fetched into /)]);
    const [code, said] = await run('--json', 'other/release.json');
    expect([code, JSON.parse(said)]).toMatchObject([0, { inputs: [], source: { commit: repository.head } }]);
    repository.write('release.json', `${description}\n`);
    expect(await run()).toEqual([1, expect.stringMatching(/^RELEASE_SOURCE_MISMATCH: /)]);
    repository.write('new/release.json', `${description}\n`);
    expect((await run('new/release.json'))[0]).toBe(0);
  });
  test('says what it does where that takes time', async () => {
    let now = 0;
    const io = { ...worldOf(repository.folder), now: () => new Date((now += 400)) };
    await main(['fetch', '--offline', '--work', work, '--commit', repository.head, 'other/release.json'], io);
    expect(io.said.join('')).toMatch(/^reading the source: \d+ MiB, \d+ of \d+ files\n/);
  });
});
