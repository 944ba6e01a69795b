import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeNetwork } from '#core/io/network';
import { limits } from '#core/limits';
import type { HttpRequest, HttpResponse } from '#core/oci/http';
import { GithubApi } from '#core/release-set/github-api';
import { GithubEvidence } from '#core/release-set/github-evidence';
import { GithubServer, type Fault } from './github-server.ts';
import { attest, hex } from './made-up.ts';
import { encodeSnappy } from './snappy.ts';

const artifact = Buffer.from('an artifact\n');
const sha256 = hex('sha256', artifact);
const bundle = attest([['a', artifact]]);
const other = attest([['a', artifact]], { seed: 'other' });
const repository = { owner: 'o', repository: 'r' };
const clock = { now: () => 0, wait: async () => Promise.resolve() };
let github: GithubServer;
beforeEach(async () => {
  github = await GithubServer.start(new Map());
});
afterEach(async () => {
  await github.stop();
});

/** What is found about the artifact: `evidence`, or a refusal's code; else the code that ends the search. */
async function found(): Promise<readonly string[] | string> {
  const api = new GithubApi({
    api: new URL(github.url),
    clock,
    fetch: nodeNetwork({}).http({}),
    token: 'secret',
  });
  try {
    const items = await new GithubEvidence(api, repository).about(`sha256:${sha256}`);
    expect(JSON.stringify(items.map((item) => (item.kind === 'refused' ? item.reason : '')))).not.toMatch(
      /sig=|a-secret/,
    );
    return items.map((item) => (item.kind === 'evidence' ? item.kind : item.reason.code));
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

const blobs =
  (answer: (response: Parameters<Fault>[1]) => void): Fault =>
  (request, response) => {
    if (!request.url?.startsWith('/blobs/')) return false;
    answer(response);
    return true;
  };
const compressed = encodeSnappy(bundle);

describe('bundles that GitHub keeps elsewhere', () => {
  test('compressed, as JSON, and given at once, all are found; nobody gets the token', async () => {
    const attestations = [
      github.keep(bundle),
      github.keep(other, 'application/json; charset=utf-8'),
      attest([['a', artifact]], { seed: 'third' }),
    ];
    github.attestations.set(sha256, attestations);
    expect(await found()).toEqual(['evidence', 'evidence', 'evidence']);
    expect(github.asked.map(({ authorization }) => authorization)).toEqual(github.asked.map(() => undefined));
  });

  test('one that is not there does not hide the others', async () => {
    const gone = { bundle_url: `${github.url}/blobs/99.json.sn?sig=a-secret` };
    const expired = { bundle_url: github.keep(bundle).bundle_url.replace('a-secret', 'an-old-secret') };
    github.attestations.set(sha256, [gone, expired, github.keep(other)]);
    expect(await found()).toEqual(['GITHUB_BUNDLE_UNAVAILABLE', 'GITHUB_BUNDLE_UNAVAILABLE', 'evidence']);
  });

  test.each<[string, Fault, readonly string[] | string]>([
    ['is gone', blobs((response) => response.writeHead(410).end()), ['GITHUB_BUNDLE_UNAVAILABLE']],
    ['needs a login', blobs((response) => response.writeHead(401).end()), ['GITHUB_BUNDLE_UNAVAILABLE']],
    ['is a page', blobs((response) => response.end('<html>')), ['SNAPPY_INVALID']],
    ['is empty', blobs((response) => response.end()), ['SNAPPY_INVALID']],
    ['is JSON that is not called so', blobs((response) => response.end(bundle)), ['SNAPPY_INVALID']],
    [
      'is compressed and called JSON',
      blobs((response) => response.setHeader('content-type', 'application/json').end(compressed)),
      ['UTF8_INVALID'],
    ],
    ['is cut off within', blobs((response) => response.end(compressed.subarray(0, -9))), ['SNAPPY_INVALID']],
    [
      'says to be large',
      blobs((response) => response.end(Buffer.concat([Buffer.from('ffffffff0f', 'hex'), compressed]))),
      ['INPUT_TOO_LARGE'],
    ],
    [
      'says to be a little larger',
      blobs((response) =>
        response.end(Buffer.concat([Buffer.from('ffff7f', 'hex'), compressed.subarray(2)])),
      ),
      ['SNAPPY_INVALID'],
    ],
    [
      'is announced to be large',
      blobs((response) =>
        response.writeHead(200, { 'content-length': limits.evidenceItem + 1 }).flushHeaders(),
      ),
      ['INPUT_TOO_LARGE'],
    ],
    [
      'is no bundle',
      blobs((response) => response.end(encodeSnappy(Buffer.from('{"a":1}')))),
      ['EVIDENCE_UNRECOGNISED'],
    ],
    ['is no JSON', blobs((response) => response.end(encodeSnappy(Buffer.from('{"a":')))), ['JSON_SYNTAX']],
    [
      'is shorter than announced, each time',
      blobs((response) => {
        response.writeHead(200, { 'content-length': compressed.length + 1 });
        response.write(compressed);
        setImmediate(() => response.destroy());
      }),
      'NETWORK_UNAVAILABLE',
    ],
    ['has a fault, each time', blobs((response) => response.writeHead(503).end()), 'GITHUB_UNAVAILABLE'],
    [
      'is asked for too often',
      blobs((response) => response.writeHead(429, { 'retry-after': '3600' }).end()),
      'GITHUB_RATE_LIMITED',
    ],
    [
      'redirects for ever',
      blobs((response) => response.writeHead(302, { location: '/blobs/1.json.sn?sig=a-secret' }).end()),
      ['GITHUB_ANSWER_INVALID'],
    ],
    [
      'redirects away from TLS',
      blobs((response) =>
        response.writeHead(302, { location: 'http://elsewhere.example/?sig=a-secret' }).end(),
      ),
      ['GITHUB_ANSWER_INVALID'],
    ],
  ])('one that %s', async (_, fault, told) => {
    github.attestations.set(sha256, [github.keep(bundle)]);
    github.faults.push(fault);
    expect(await found()).toEqual(told);
  });

  test('a fault that passes is waited for', async () => {
    let times = 2;
    github.attestations.set(sha256, [github.keep(bundle)]);
    github.faults.push((request, response) => {
      if (!request.url?.startsWith('/blobs/') || times-- <= 0) return false;
      response.writeHead(503).end();
      return true;
    });
    expect(await found()).toEqual(['evidence']);
  });

  test.each([
    ['http://elsewhere.example/1.json.sn?sig=a-secret', 'GITHUB_ANSWER_INVALID'],
    ['https://user:a-secret@elsewhere.example/1.json.sn', 'GITHUB_ANSWER_INVALID'],
    ['file:///etc/passwd', 'GITHUB_ANSWER_INVALID'],
    ['/blobs/1.json.sn?sig=a-secret', 'GITHUB_ANSWER_INVALID'],
    ['', 'GITHUB_ANSWER_INVALID'],
  ])('at %j: %s', async (bundle_url, code) => {
    github.attestations.set(sha256, [{ bundle_url }]);
    expect(await found()).toEqual([code]);
  });

  test('neither given nor kept', async () => {
    github.faults.push((request, response) => {
      if (!request.url?.includes('/attestations/')) return false;
      response.end('{"attestations":[{"bundle":null,"bundle_url":null}]}');
      return true;
    });
    expect(await found()).toEqual(['EVIDENCE_UNRECOGNISED']);
  });

  test('the token goes to api.github.com, and to no other address that it names', async () => {
    const sent: HttpRequest[] = [];
    const response = (
      status: number,
      body: Uint8Array,
      headers: Record<string, string> = {},
    ): HttpResponse => ({
      status,
      header: (name) => headers[name],
      body: (async function* () {
        yield await Promise.resolve(body);
      })(),
      discard: () => undefined,
    });
    const listed = { attestations: [{ bundle: null, bundle_url: 'https://blobs.example/1.json.sn?sig=x' }] };
    const answers = [
      response(200, Buffer.from(JSON.stringify(listed))),
      response(302, Buffer.alloc(0), { location: 'https://more.example/1' }),
      response(200, compressed),
    ];
    const api = new GithubApi({
      api: new URL('https://api.github.com'),
      token: 'secret',
      clock,
      fetch: async (request) => {
        sent.push(request);
        return Promise.resolve(answers[sent.length - 1] ?? response(500, Buffer.alloc(0)));
      },
    });
    const items = await new GithubEvidence(api, repository).about(`sha256:${sha256}`);
    expect(items.map(({ kind }) => kind)).toEqual(['evidence']);
    expect(sent.map(({ url, headers }) => [url.host, headers['authorization']])).toEqual([
      ['api.github.com', 'Bearer secret'],
      ['blobs.example', undefined],
      ['more.example', undefined],
    ]);
  });

  test('of all files together only so much is kept; the same bundle counts once', async () => {
    const api = new GithubApi({ api: new URL(github.url), clock, fetch: nodeNetwork({}).http({}) });
    const evidence = new GithubEvidence(api, repository);
    const digestOf = (index: number): string => hex('sha256', Buffer.from(`${index}`));
    const filling = (index: number): Buffer =>
      Buffer.from(JSON.stringify({ filling: `${index}${'x'.repeat(limits.evidenceItem / 2)}` }));
    const same = github.keep(filling(0), 'application/json');
    for (let index = 0; index < 20; index++) github.attestations.set(digestOf(index), [same]);
    for (let index = 0; index < 20; index++) await evidence.about(`sha256:${digestOf(index)}`);
    const all = Array.from({ length: 8 }, (_, index) => github.keep(filling(index + 1), 'application/json'));
    github.attestations.set(sha256, all);
    await expect(evidence.about(`sha256:${sha256}`)).rejects.toMatchObject({ code: 'INPUT_TOO_LARGE' });
  });
});
