import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeFiles } from '#core/io/files';
import type { Io } from '#core/io/io';
import { nodeNetwork } from '#core/io/network';
import type { HttpRequest } from '#core/oci/http';
import { GithubApi } from '#core/release-set/github-api';
import { main } from '../../verifier/main.ts';
import { githubIssuer } from '../sigstore/claims.ts';
import { makeEvidence } from '../sigstore/make-evidence.ts';
import { attachBundles, pushImage } from '../registry/content.ts';
import { TestRegistry } from '../registry/server.ts';
import { GithubServer, type Fault } from './github-server.ts';
import { attest, hex, makeRelease } from './made-up.ts';

let folder: string;
let github: GithubServer;
const files = new Map<string, Buffer>();
const policy = {
  name: 'release',
  requirements: [
    {
      predicateType: 'slsaprovenance1',
      signers: [{ issuer: githubIssuer, identity: 'https://github.com/example-org/example/**' }],
      provenance: { source: { repository: 'https://github.com/example-org/example' } },
    },
  ],
};

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'edgeseal-release-'));
  writeFileSync(path.join(folder, 'policy.json'), JSON.stringify(policy));
  writeFileSync(path.join(folder, 'root.json'), makeEvidence().trustedRootBytes);
  writeFileSync(path.join(folder, 'expected.json'), '{"documents":["*.md","LICENSE"]}');
  files.clear();
  for (const [name, bytes] of makeRelease().files) {
    if (
      !name.includes('/') &&
      name !== 'SHA256SUMS' &&
      !name.startsWith('SHA256SUMS.') &&
      name !== 'checksums.txt'
    )
      files.set(name, bytes);
  }
  github = await GithubServer.start(files);
});
afterEach(async () => {
  await github.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the command; what is told as `CODE name`, and the exit code. */
async function run(
  source: string,
  more: readonly string[] = [],
  env: Io['env'] = {},
): Promise<{ readonly exit: number; readonly told: readonly string[]; readonly said: string }> {
  let stdout = '';
  let said = '';
  const exit = await main(
    `verify-release --policy policy.json --trusted-root root.json --expect expected.json --output json`
      .split(' ')
      .concat(more, source),
    {
      files: nodeFiles(folder),
      stdout: (text) => void (stdout += text),
      stderr: (text) => void (said += text),
      now: () => new Date('2026-06-01T00:00:00Z'),
      env: { GITHUB_API_URL: github.url, ...env },
      seeds: () => Buffer.from('{}'),
      tuf: () => Promise.reject(new Error('no network in a test')),
      network: () =>
        Promise.resolve({ ...nodeNetwork({}), clock: { now: () => 0, wait: async () => Promise.resolve() } }),
    },
  );
  const told = [...stdout.matchAll(/"code":"([A-Z_0-9]+)"/g)].map(([, code]) => code ?? '');
  return { exit, told, said };
}

const REFERENCE = 'github:o/r@v1.2.3';

describe('a release of GitHub', () => {
  test('passes; each file is asked for once', async () => {
    expect(await run(REFERENCE)).toMatchObject({ exit: 0, told: [] });
    const fetched = github.asked.filter(({ path: asked }) => asked.startsWith('/elsewhere/'));
    expect(fetched).toHaveLength(files.size);
  });

  test('of more than a page', async () => {
    for (let i = 0; i < 230; i++) files.set(`notes-${i}.md`, Buffer.from(`${i}`));
    expect(await run(REFERENCE)).toMatchObject({ exit: 0, told: [] });
    files.set('zzz', Buffer.from('extra'));
    expect(await run(REFERENCE)).toMatchObject({ exit: 1, told: ['RELEASE_FILE_UNPROVEN'] });
  });

  test('a token goes to no other address than api.github.com', async () => {
    await run(REFERENCE, [], { GITHUB_TOKEN: 'secret' });
    expect(github.asked.length).toBeGreaterThan(0);
    expect(github.asked.every(({ authorization }) => authorization === undefined)).toBe(true);
    const sent: HttpRequest[] = [];
    const api = new GithubApi({
      api: new URL('https://api.github.com'),
      token: 'secret',
      clock: { now: () => 0, wait: async () => Promise.resolve() },
      fetch: async (request) => {
        sent.push(request);
        const header = (name: string): string | undefined =>
          name === 'location' ? 'https://objects.example/1' : undefined;
        const status = sent.length === 1 ? 302 : 404;
        const body = (async function* (): AsyncGenerator<Uint8Array> {})();
        return Promise.resolve({ status, header, body, discard: () => undefined });
      },
    });
    const asset = { id: 1, name: 'x', size: 1, isUploaded: true, sha256: undefined };
    const name = { owner: 'o', repository: 'r', tag: 'v1' };
    await expect(api.read(name, asset, 'x', () => undefined)).rejects.toThrow('does not give out');
    expect(sent.map(({ url, headers }) => [url.host, headers['authorization']])).toEqual([
      ['api.github.com', 'Bearer secret'],
      ['objects.example', undefined],
    ]);
  });

  const at =
    (pattern: RegExp, answer: (response: Parameters<Fault>[1]) => void, times = Infinity): Fault =>
    (request, response) => {
      if (times <= 0 || !pattern.test(request.url ?? '')) return false;
      times--;
      answer(response);
      return true;
    };
  const status =
    (code: number, headers: Record<string, string> = {}) =>
    (response: Parameters<Fault>[1]) =>
      void response.writeHead(code, headers).end('{}');

  test.each<[string, Fault, number, string]>([
    ['no such release', at(/tags/, status(404)), 3, 'GITHUB_RELEASE_NOT_FOUND'],
    ['not for everybody', at(/tags/, status(403)), 3, 'GITHUB_RELEASE_NOT_FOUND'],
    ['rate limit', at(/tags/, status(429, { 'retry-after': '3600' })), 3, 'GITHUB_RATE_LIMITED'],
    [
      'rate limit, by 403',
      at(/assets/, status(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9999999999' })),
      3,
      'GITHUB_RATE_LIMITED',
    ],
    ['a teapot', at(/assets/, status(418)), 3, 'GITHUB_UNAVAILABLE'],
    ['no JSON', at(/tags/, (response) => response.end('<html>')), 3, 'GITHUB_ANSWER_INVALID'],
    [
      'another release',
      at(/tags/, (response) => response.end('{"id":1,"tag_name":"v9"}')),
      3,
      'GITHUB_ANSWER_INVALID',
    ],
    [
      'redirects for ever',
      at(/tags/, status(302, { location: '/repos/o/r/releases/tags/v1.2.3' })),
      3,
      'GITHUB_ANSWER_INVALID',
    ],
    [
      'a redirect away from TLS',
      at(/assets\/1$/, status(302, { location: 'http://example.com/' })),
      3,
      'GITHUB_ANSWER_INVALID',
    ],
    [
      'a file is longer',
      at(/elsewhere\/1$/, (response) => response.end('x'.repeat(999))),
      1,
      'GITHUB_CONTENT_MISMATCH',
    ],
    ['a file is shorter', at(/elsewhere\/1$/, (response) => response.end('x')), 1, 'GITHUB_CONTENT_MISMATCH'],
    [
      'a connection is cut off',
      at(/elsewhere\/1$/, (response) => response.destroy()),
      3,
      'NETWORK_UNAVAILABLE',
    ],
  ])('%s', async (_, fault, exit, code) => {
    github.faults.push(fault);
    expect(await run(REFERENCE)).toMatchObject({ exit, told: [code] });
  });

  test('other bytes of the same length', async () => {
    const name = [...files.keys()][0] ?? '';
    const other = Buffer.from(files.get(name) ?? '').fill('x');
    github.faults.push(at(/elsewhere\/1$/, (response) => response.end(other)));
    expect(await run(REFERENCE)).toMatchObject({ exit: 1, told: ['GITHUB_CONTENT_MISMATCH'] });
  });

  test.each([
    [
      'dropped midway',
      (response: Parameters<Fault>[1]) => {
        response.writeHead(200, { 'content-length': 999 });
        response.write('x');
        setImmediate(() => response.destroy());
      },
    ],
    ['that ends too soon', (response: Parameters<Fault>[1]) => void response.end('x')],
  ])('a download %s is asked for again', async (_, answer) => {
    github.faults.push(at(/elsewhere\/1$/, answer, 2));
    expect(await run(REFERENCE)).toMatchObject({ exit: 0, told: [] });
    expect(github.asked.filter(({ path: asked }) => asked === '/elsewhere/1')).toHaveLength(3);
  });

  test('attestations that only GitHub has', async () => {
    files.delete('multiple.intoto.jsonl');
    const attested = [...files].filter(([name]) => name.endsWith('.tar.gz'));
    const [first, ...others] = attested;
    expect((await run(REFERENCE)).exit).toBe(1);
    for (const [name, bytes] of attested)
      github.attestations.set(hex('sha256', bytes), [attest([[name, bytes]], { seed: name })]);
    expect(await run(REFERENCE)).toMatchObject({ exit: 0, told: [] });
    expect(others.length).toBeGreaterThan(0);
    const [name = '', bytes = Buffer.alloc(0)] = first ?? [];
    const digest = hex('sha256', bytes);
    github.attestations.set(digest, [attest([['other', Buffer.from('x')]], { seed: 'x' })]);
    expect(await run(REFERENCE)).toMatchObject({ exit: 1, told: ['RELEASE_FILE_UNPROVEN'] });
    github.attestations.set(digest, [attest([['renamed', bytes]], { seed: 'y' })]);
    expect(await run(REFERENCE)).toMatchObject({ exit: 1, told: ['RELEASE_FILE_RENAMED'] });
    // On the second page.
    const filler = Array.from({ length: 100 }, (__, i) =>
      attest([['x', Buffer.from(`${i}`)]], { log: 'none' }),
    );
    github.attestations.set(digest, [...filler, attest([[name, bytes]], { seed: 'z' })]);
    expect(await run(REFERENCE)).toMatchObject({ exit: 0 });
    // Kept elsewhere; and no longer there: that cannot be decided.
    const bundle = attest([[name, bytes]], { seed: 'z' });
    github.attestations.set(digest, [github.keep(bundle)]);
    expect(await run(REFERENCE)).toMatchObject({ exit: 0, told: [] });
    github.attestations.set(digest, [{ bundle_url: `${github.url}/blobs/9.json.sn` }]);
    expect(await run(REFERENCE)).toMatchObject({ exit: 3, told: ['GITHUB_BUNDLE_UNAVAILABLE'] });
    github.attestations.set(digest, [{ bundle_url: `${github.url}/blobs/9.json.sn` }, bundle]);
    expect(await run(REFERENCE)).toMatchObject({ exit: 0 });
  });

  test('a short fault is waited for', async () => {
    github.faults.push(at(/assets/, status(429, { 'retry-after': '0' }), 2));
    expect(await run(REFERENCE)).toMatchObject({ exit: 0 });
  });

  test.each([
    ['github:o/r', [], {}, 'FLAG_VALUE_INVALID'],
    ['github:o/../x@v1', [], {}, 'FLAG_VALUE_INVALID'],
    [REFERENCE, ['--offline'], {}, 'FLAG_CONFLICT'],
    [REFERENCE, [], { GITHUB_API_URL: 'http://example.com' }, 'FLAG_VALUE_INVALID'],
  ])('%s %j %j: %s', async (source, more, env, code) => {
    const { exit, said } = await run(source, more, env);
    expect([exit, said.includes(code)]).toEqual([2, true]);
  });
});

describe('a folder', () => {
  const place = (name: string): string => path.join(folder, 'dist', name);
  beforeEach(() => {
    mkdirSync(path.join(folder, 'dist/sub'), { recursive: true });
    for (const [name, bytes] of files) writeFileSync(place(name), bytes);
  });

  test('passes', async () => {
    expect(await run('dist')).toMatchObject({ exit: 0, told: [] });
  });
  test('a symbolic link, to a file and out of it, is not followed', async () => {
    symlinkSync('../root.json', place('sub/link'));
    symlinkSync('/', place('sub/all'));
    expect(await run('dist')).toMatchObject({
      exit: 1,
      told: ['RELEASE_FILE_UNSAFE', 'RELEASE_FILE_UNSAFE'],
    });
  });
  test('a file that is too large to be read is hashed', async () => {
    const large = Buffer.alloc(33 * 1024 * 1024, 'x');
    writeFileSync(place('large.bin'), large);
    expect(await run('dist')).toMatchObject({ exit: 1, told: ['RELEASE_FILE_UNPROVEN'] });
    writeFileSync(place('large.sigstore.json'), attest([['large.bin', large]], { seed: 'large' }));
    expect((await run('dist')).told).toEqual(['CHECKSUM_INCOMPLETE']);
  });
  test('an empty folder and one that is not there', async () => {
    expect(await run('dist/sub')).toMatchObject({ exit: 1, told: ['RELEASE_FILE_MISSING'] });
    expect((await run('absent')).exit).toBe(2);
  });

  test('images of a registry', async () => {
    const registry = await TestRegistry.start();
    try {
      const manifest = pushImage(registry, 'o/app', 'v1');
      const bytes = attest([['app', manifest]], { seed: 'app' });
      attachBundles(registry, 'o/app', manifest, [
        { bytes, predicateType: 'https://slsa.dev/provenance/v1' },
      ]);
      pushImage(registry, 'o/bare', 'v1');
      const image = (name: string): readonly string[] => ['--image', `${registry.host}/o/${name}`];
      expect(await run('dist', image('app:v1'))).toMatchObject({ exit: 0, told: [] });
      expect(await run('dist', image('bare:v1'))).toMatchObject({ exit: 1, told: ['EVIDENCE_EMPTY'] });
      const both = [...image('app:v1'), ...image('gone:v1')];
      expect(await run('dist', both)).toMatchObject({ exit: 1, told: ['RELEASE_IMAGE_MISSING'] });
    } finally {
      await registry.stop();
    }
    expect((await run('dist', ['--offline', '--image', 'o/app'])).exit).toBe(2);
  });
});
