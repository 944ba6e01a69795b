import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReasonCode } from '#core/errors/codes';
import type { Reason } from '#core/errors/reason';
import type { Credentials, FindCredentials } from '#core/oci/credentials';
import { attachBundles, attachLayers, bytesOf, descriptor, evidenceAbout, pushImage } from './content.ts';
import { read, refusalOf, type ReaderOptions } from './reader.ts';
import { digestOf, OCI_INDEX, OCI_MANIFEST, TestRegistry } from './server.ts';

/** Milliseconds within which every fault must be over, on a busy machine too. */
const BOUND = 20_000;
const user = { name: 'user', password: 'a-secret' };
const basic: Credentials = { kind: 'basic', username: user.name, password: user.password };

let registry: TestRegistry;
/** Somebody else, who must never see a credential. */
let stranger: TestRegistry;
beforeEach(async () => {
  registry = await TestRegistry.start();
  stranger = await TestRegistry.start();
});
afterEach(async () => {
  const leaked = stranger.asked.filter(({ authorization }) => authorization !== undefined);
  await registry.stop();
  await stranger.stop();
  if (leaked.length > 0) throw new Error('a credential went to another host');
});

/** The credentials of one registry; whoever else is asked about has none. */
const loggedIn =
  (host: string): FindCredentials =>
  async (repository) =>
    repository.registry === host ? basic : undefined;

const options = (): ReaderOptions => ({
  credentials: loggedIn(registry.host),
  http: { idle: 300, connect: 300 },
  timeout: 3000,
  waited: () => undefined,
});

const image = (suffix = ':v1'): string => `${registry.host}/o/app${suffix}`;

async function timed<T>(work: Promise<T>): Promise<T> {
  const begin = performance.now();
  const result = await work;
  expect(performance.now() - begin).toBeLessThan(BOUND);
  return result;
}

/** The reasons of evidence that could not be read. */
async function refusedEvidence(more: ReaderOptions = {}): Promise<readonly Reason[]> {
  const { attested } = await timed(read(image(), { ...options(), ...more }));
  return attested.flatMap(({ items }) =>
    items.flatMap((item) => (item.kind === 'refused' ? [item.reason] : [])),
  );
}

const answer =
  (status: number, headers: Record<string, string | number>, body: string | Buffer = '') =>
  (response: ServerResponse): void => {
    response.writeHead(status, headers);
    response.end(body);
  };

const hang = (): void => undefined;

/** An octet now and then, for ever. */
const drip =
  (type: string) =>
  (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': type });
    const timer = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(timer));
  };

/** Fewer octets than announced, and then the end of the connection. */
const cutOff = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': OCI_MANIFEST, 'content-length': 1000 });
  response.write('{"schemaVersion":2', () => response.destroy());
};

const jsonType = { 'content-type': 'application/json' };

describe('faults in the image', () => {
  const manifestFault: readonly [string, (response: ServerResponse) => void, ReasonCode][] = [
    ['401', answer(401, { 'www-authenticate': 'Basic realm="x"' }), 'REGISTRY_UNAUTHORISED'],
    ['401 without a challenge', answer(401, {}), 'REGISTRY_UNAUTHORISED'],
    ['403', answer(403, {}), 'REGISTRY_UNAUTHORISED'],
    ['404', answer(404, jsonType, '{}'), 'IMAGE_NOT_FOUND'],
    ['418', answer(418, {}), 'REGISTRY_UNAVAILABLE'],
    ['429', answer(429, {}), 'REGISTRY_RATE_LIMITED'],
    [
      '429, to be asked again after the deadline',
      answer(429, { 'retry-after': 3600 }),
      'REGISTRY_RATE_LIMITED',
    ],
    ['500', answer(500, {}), 'REGISTRY_UNAVAILABLE'],
    ['503', answer(503, { 'retry-after': '0' }), 'REGISTRY_UNAVAILABLE'],
    ['another type', answer(200, { 'content-type': 'text/html' }, '<html>'), 'REGISTRY_TYPE_UNEXPECTED'],
    ['no type', answer(200, {}, '{}'), 'REGISTRY_TYPE_UNEXPECTED'],
    ['not JSON', answer(200, { 'content-type': OCI_MANIFEST }, 'x'), 'JSON_SYNTAX'],
    ['another shape', answer(200, { 'content-type': OCI_MANIFEST }, '{}'), 'IMAGE_MANIFEST_INVALID'],
    [
      'an index as a manifest',
      answer(
        200,
        { 'content-type': OCI_MANIFEST },
        bytesOf({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] }),
      ),
      'IMAGE_MANIFEST_INVALID',
    ],
    ...[1, 3, '2', undefined].map((schemaVersion): (typeof manifestFault)[number] => [
      `schemaVersion ${JSON.stringify(schemaVersion)}`,
      answer(200, { 'content-type': OCI_INDEX }, bytesOf({ schemaVersion, manifests: [] })),
      'IMAGE_MANIFEST_INVALID',
    ]),
    [
      'both',
      answer(200, { 'content-type': OCI_INDEX }, bytesOf({ schemaVersion: 2, manifests: [], layers: [] })),
      'IMAGE_MANIFEST_INVALID',
    ],
    [
      'another digest in the header',
      answer(
        200,
        { 'content-type': OCI_INDEX, 'docker-content-digest': `sha256:${'0'.repeat(64)}` },
        bytesOf({ schemaVersion: 2, manifests: [] }),
      ),
      'REGISTRY_DIGEST_MISMATCH',
    ],
    [
      'no digest in the header',
      answer(
        200,
        { 'content-type': OCI_INDEX, 'docker-content-digest': 'x' },
        bytesOf({ schemaVersion: 2, manifests: [] }),
      ),
      'REGISTRY_DIGEST_MISMATCH',
    ],
    [
      'said to be enormous',
      answer(200, { 'content-type': OCI_INDEX, 'content-length': 1e10 }),
      'INPUT_TOO_LARGE',
    ],
    ['cut off', cutOff, 'NETWORK_UNAVAILABLE'],
    ['silence', hang, 'REGISTRY_TIMEOUT'],
    ['a drip', drip(OCI_MANIFEST), 'REGISTRY_TIMEOUT'],
    [
      'a redirect to itself',
      answer(302, { location: '/v2/o/app/manifests/v1' }),
      'REGISTRY_REDIRECT_REFUSED',
    ],
    ['a redirect to nowhere', answer(302, { location: 'http://[' }), 'REGISTRY_REDIRECT_REFUSED'],
    [
      'a redirect with a name and password',
      answer(302, { location: 'https://a:b@127.0.0.1/' }),
      'REGISTRY_REDIRECT_REFUSED',
    ],
    ['a redirect to a file', answer(302, { location: 'file:///etc/passwd' }), 'REGISTRY_REDIRECT_REFUSED'],
    [
      'a redirect to a host without TLS',
      answer(307, { location: 'http://registry.example/' }),
      'REGISTRY_INSECURE',
    ],
  ];
  test.each(manifestFault)('%s', async (_, fault, code) => {
    pushImage(registry, 'o/app', 'v1');
    registry.fault(/manifests\/v1$/, fault);
    expect(await timed(refusalOf(image(), options()))).toMatchObject({ code });
  });

  test('other content than the digest that was asked for', async () => {
    const manifest = pushImage(registry, 'o/app', 'v1');
    const other = bytesOf({ schemaVersion: 2, manifests: [] });
    registry.fault(/manifests\/sha256:/, answer(200, { 'content-type': OCI_INDEX }, other));
    expect(await timed(refusalOf(image(`@${digestOf(manifest)}`), options()))).toMatchObject({
      code: 'REGISTRY_DIGEST_MISMATCH',
      expected: digestOf(manifest),
      found: digestOf(other),
    });
  });

  test('nobody there', async () => {
    const gone = await TestRegistry.start();
    const { host } = gone;
    await gone.stop();
    expect(await timed(refusalOf(`${host}/o/app`, options()))).toMatchObject({
      code: 'NETWORK_UNAVAILABLE',
      found: 'ECONNREFUSED',
    });
  });

  test('a tag that moves meanwhile', async () => {
    pushImage(registry, 'o/app', 'v1');
    registry.fault(/^HEAD /, answer(200, { 'docker-content-digest': `sha256:${'1'.repeat(64)}` }));
    expect(await timed(refusalOf(image(), options()))).toMatchObject({ code: 'IMAGE_TAG_MOVED' });
  });

  test('a tag that goes meanwhile', async () => {
    pushImage(registry, 'o/app', 'v1');
    registry.fault(/^HEAD /, answer(404, {}));
    expect(await timed(refusalOf(image(), options()))).toMatchObject({ code: 'IMAGE_TAG_MOVED' });
  });
});

describe('faults that pass', () => {
  test.each([
    ['500', answer(500, {})],
    ['429', answer(429, { 'retry-after': '1' })],
    ['429 until a date', answer(429, { 'retry-after': new Date(Date.now() + 1000).toUTCString() })],
    ['cut off', cutOff],
  ])('%s, and then the answer', async (_, fault) => {
    const manifest = pushImage(registry, 'o/app', 'v1');
    registry.fault(/manifests\/v1$/, fault, 2);
    const { image: found } = await timed(read(image(), options()));
    expect(`sha256:${found.digest.hex}`).toBe(digestOf(manifest));
  });

  test('are waited for as the registry asks', async () => {
    pushImage(registry, 'o/app', 'v1');
    registry.fault(/manifests\/v1$/, answer(429, { 'retry-after': '2' }), 2);
    const waits: number[] = [];
    await read(image(), { ...options(), waited: (milliseconds) => waits.push(milliseconds) });
    expect(waits).toEqual([2000, 2000]);
  });
});

describe('faults in an index', () => {
  const entries = (manifests: readonly unknown[]): Buffer =>
    bytesOf({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });
  const platform = 'linux/arm64';

  test('of 100,000 entries', async () => {
    const entry = descriptor(OCI_MANIFEST, Buffer.from('x'), {
      platform: { os: 'linux', architecture: 'amd64' },
    });
    registry.putManifest('o/app', entries(Array.from({ length: 100_000 }, () => entry)), OCI_INDEX, 'v1');
    const before = process.memoryUsage().rss;
    expect(await timed(refusalOf(image(), options()))).toMatchObject({ code: 'INPUT_TOO_LARGE' });
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  test('of too many small entries', async () => {
    const entry = descriptor(OCI_MANIFEST, Buffer.from('x'));
    registry.putManifest('o/app', entries(Array.from({ length: 5000 }, () => entry)), OCI_INDEX, 'v1');
    expect(await timed(refusalOf(image(), options()))).toMatchObject({ code: 'IMAGE_MANIFEST_INVALID' });
  });

  test('that holds itself: a digest cannot', async () => {
    const outer = entries([{ mediaType: OCI_INDEX, digest: `sha256:${'a'.repeat(64)}`, size: 10 }]);
    registry.putManifest('o/app', outer, OCI_INDEX, 'v1');
    registry.fault(/manifests\/sha256:aaaa/, answer(200, { 'content-type': OCI_INDEX }, outer));
    expect(await timed(refusalOf(image(), { ...options(), platform }))).toMatchObject({
      code: 'REGISTRY_DIGEST_MISMATCH',
    });
  });

  test('that holds others without end', async () => {
    let inner = entries([]);
    for (let level = 0; level < 10; level++) {
      registry.putManifest('o/app', inner, OCI_INDEX, 'v1');
      inner = entries([descriptor(OCI_INDEX, inner)]);
    }
    expect(await timed(refusalOf(image(), { ...options(), platform }))).toMatchObject({
      code: 'IMAGE_INDEX_TOO_DEEP',
    });
  });

  const inside = bytesOf({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] });
  test.each<[string, object, ReasonCode]>([
    ['is not there', { digest: `sha256:${'b'.repeat(64)}` }, 'REGISTRY_CONTENT_MISSING'],
    ['is of another size', { size: 1 }, 'REGISTRY_SIZE_MISMATCH'],
    ['is of another type', { mediaType: OCI_MANIFEST }, 'REGISTRY_TYPE_UNEXPECTED'],
  ])('whose entry %s', async (_, change, code) => {
    registry.putManifest('o/app', inside, OCI_INDEX);
    const entry = {
      ...descriptor(OCI_INDEX, inside),
      platform: { os: 'linux', architecture: 'arm64' },
      ...change,
    };
    registry.putManifest('o/app', entries([entry]), OCI_INDEX, 'v1');
    expect(await timed(refusalOf(image(), { ...options(), platform }))).toMatchObject({ code });
  });

  test('with two images for the platform', async () => {
    const two = ['x', 'y'].map((text) =>
      descriptor(OCI_MANIFEST, Buffer.from(text), { platform: { os: 'linux', architecture: 'arm64' } }),
    );
    registry.putManifest('o/app', entries(two), OCI_INDEX, 'v1');
    expect(await timed(refusalOf(image(), { ...options(), platform }))).toMatchObject({
      code: 'IMAGE_PLATFORM_UNRESOLVED',
    });
  });
});

describe('faults in the list of attestations', () => {
  test.each<[string, (response: ServerResponse) => void, ReasonCode]>([
    ['500', answer(500, {}), 'REGISTRY_UNAVAILABLE'],
    ['403', answer(403, {}), 'REGISTRY_UNAUTHORISED'],
    ['another type', answer(200, jsonType, '{}'), 'REGISTRY_TYPE_UNEXPECTED'],
    ['not JSON', answer(200, { 'content-type': OCI_INDEX }, '{'), 'JSON_SYNTAX'],
    ['silence', hang, 'REGISTRY_TIMEOUT'],
    ['a drip', drip(OCI_INDEX), 'REGISTRY_TIMEOUT'],
  ])('%s', async (_, fault, code) => {
    pushImage(registry, 'o/app', 'v1');
    registry.fault(/referrers/, fault);
    expect(await timed(refusalOf(image(), options()))).toMatchObject({ code });
  });

  test('pages without end', async () => {
    const manifest = pushImage(registry, 'o/app', 'v1');
    const link = `</v2/o/app/referrers/${digestOf(manifest)}?again>; rel="next"`;
    registry.fault(
      /referrers/,
      answer(200, { 'content-type': OCI_INDEX, link }, bytesOf({ schemaVersion: 2, manifests: [] })),
    );
    expect(await timed(refusalOf(image(), options()))).toMatchObject({ code: 'EVIDENCE_TOO_MANY' });
  });

  test('a next page somewhere else is not asked for', async () => {
    pushImage(registry, 'o/app', 'v1');
    const link = `<http://${stranger.host}/v2/x>; rel="next"`;
    registry.fault(
      /referrers/,
      answer(200, { 'content-type': OCI_INDEX, link }, bytesOf({ schemaVersion: 2, manifests: [] })),
    );
    await timed(read(image(), options()));
    expect(stranger.asked).toEqual([]);
  });
});

describe('faults in one attestation do not hide the others', () => {
  let manifest: Buffer;
  beforeEach(() => {
    manifest = pushImage(registry, 'o/app', 'v1');
    attachBundles(registry, 'o/app', manifest, [evidenceAbout(manifest)]);
  });

  test.each<[string, (response: ServerResponse, length: number) => void, ReasonCode]>([
    ['404', answer(404, {}), 'REGISTRY_CONTENT_MISSING'],
    ['500', answer(500, {}), 'REGISTRY_UNAVAILABLE'],
    [
      'other content',
      (response, length) => answer(200, {}, 'x'.repeat(length))(response),
      'REGISTRY_DIGEST_MISMATCH',
    ],
    [
      'more',
      (response, length) => answer(200, {}, 'x'.repeat(length + 1))(response),
      'REGISTRY_SIZE_MISMATCH',
    ],
    [
      'less',
      (response, length) => answer(200, {}, 'x'.repeat(length - 1))(response),
      'REGISTRY_SIZE_MISMATCH',
    ],
    [
      'more without saying so',
      (response) => {
        response.writeHead(200);
        response.on('close', () => clearInterval(timer));
        const timer = setInterval(() => response.write('x'.repeat(65536)), 1);
      },
      'REGISTRY_SIZE_MISMATCH',
    ],
    ['silence', hang, 'REGISTRY_TIMEOUT'],
  ])('%s', async (_, fault, code) => {
    const bad = evidenceAbout(manifest, { seed: 'bad' }).bytes;
    attachBundles(registry, 'o/app', manifest, [{ bytes: bad }]);
    registry.fault(new RegExp(`blobs/${digestOf(bad)}`), (response) => fault(response, bad.length));
    const { attested } = await timed(read(image(), options()));
    expect(
      attested[0]?.items.map((item) => (item.kind === 'refused' ? item.reason.code : item.kind)).toSorted(),
    ).toEqual([code, 'evidence'].toSorted());
  });

  test('a layer of 2 GiB is never fetched', async () => {
    const layer = {
      ...descriptor('application/vnd.dev.sigstore.bundle.v0.3+json', Buffer.from('x')),
      size: 2 ** 31,
    };
    registry.putManifest(
      'o/app',
      {
        schemaVersion: 2,
        config: descriptor('application/vnd.oci.empty.v1+json', Buffer.from('{}')),
        artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        layers: [layer],
        subject: descriptor(OCI_MANIFEST, manifest),
      },
      OCI_MANIFEST,
    );
    const before = process.memoryUsage().rss;
    expect(await refusedEvidence()).toMatchObject([{ code: 'INPUT_TOO_LARGE' }]);
    expect(registry.asked.some(({ path }) => path.endsWith(layer.digest))).toBe(false);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  test('a subject that is another image', async () => {
    const stray = pushImage(registry, 'o/other', 'v1').toString().replace('amd64', 'arm64');
    const [strange] = attachBundles(registry, 'o/app', Buffer.from(`${stray} `), [
      evidenceAbout(manifest, { seed: 'x' }),
    ]);
    const listed = {
      ...descriptor(OCI_MANIFEST, strange ?? manifest),
      artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    };
    registry.fault(
      /referrers/,
      answer(200, { 'content-type': OCI_INDEX }, bytesOf({ schemaVersion: 2, manifests: [listed] })),
    );
    expect(await refusedEvidence()).toMatchObject([
      { code: 'IMAGE_MANIFEST_INVALID', path: 'subject.digest' },
    ]);
  });

  test('a legacy layer without a signature', async () => {
    attachLayers(registry, 'o/app', manifest, [{ blob: Buffer.from('{}'), annotations: {} }]);
    expect(await refusedEvidence()).toMatchObject([{ code: 'SIGNATURE_MISSING' }]);
  });
});

describe('credentials', () => {
  const restart = async (with_: Parameters<typeof TestRegistry.start>[0]): Promise<void> => {
    await registry.stop();
    registry = await TestRegistry.start({ user, ...with_ });
  };

  test.each(['basic', 'token'] as const)('%s', async (auth) => {
    await restart({ auth });
    const manifest = pushImage(registry, 'o/app', 'v1');
    attachBundles(registry, 'o/app', manifest, [evidenceAbout(manifest)]);
    expect((await timed(read(image(), options()))).attested[0]?.items.length).toBe(1);
    // Only the first question is asked without them.
    const refused = registry.asked.filter(({ path, authorization }) => path !== '/token' && !authorization);
    expect(refused.length).toBe(1);
    expect(registry.asked.filter(({ path }) => path.startsWith('/token')).length).toBe(
      auth === 'token' ? 1 : 0,
    );
  });

  test('asked for by several questions at once: one token', async () => {
    await restart({ auth: 'token' });
    const manifest = pushImage(registry, 'o/app', 'v1');
    await timed(read(image(`@${digestOf(manifest)}`), options()));
    expect(registry.asked.filter(({ path }) => path.startsWith('/token')).length).toBe(1);
  });

  test.each([
    ['none', undefined],
    ['wrong ones', { ...basic, password: 'wrong' }],
  ])('%s', async (_, credentials) => {
    for (const auth of ['basic', 'token'] as const) {
      await restart({ auth });
      pushImage(registry, 'o/app', 'v1');
      const reason = await timed(refusalOf(image(), { ...options(), credentials: async () => credentials }));
      expect(reason).toMatchObject({ code: 'REGISTRY_UNAUTHORISED' });
      expect(JSON.stringify(reason)).not.toMatch(/a-secret|wrong/);
    }
  });

  test.each<[string, number]>([
    ['301', 301],
    ['302', 302],
    ['307', 307],
    ['308', 308],
  ])('do not follow a redirect to another host: %s', async (_, status) => {
    await restart({ auth: 'basic' });
    const manifest = pushImage(registry, 'o/app', 'v1');
    pushImage(stranger, 'o/app', 'v1');
    registry.fault(/manifests\/v1$/, (response, request) =>
      answer(request.headers.authorization === undefined ? 401 : status, {
        'www-authenticate': 'Basic realm="x"',
        location: `http://${stranger.host}/v2/o/app/manifests/v1`,
      })(response),
    );
    const { image: found } = await timed(read(image(), options()));
    expect(`sha256:${found.digest.hex}`).toBe(digestOf(manifest));
    expect(stranger.asked.length).toBeGreaterThan(0);
  });

  test('are not given to another host that asks for them', async () => {
    await restart({ auth: 'basic' });
    registry.fault(/manifests\/v1$/, (response, request) =>
      answer(request.headers.authorization === undefined ? 401 : 302, {
        'www-authenticate': 'Basic realm="x"',
        location: `http://${stranger.host}/give`,
      })(response),
    );
    stranger.fault(/give/, answer(401, { 'www-authenticate': 'Basic realm="please"' }));
    expect(await timed(refusalOf(image(), options()))).toMatchObject({ code: 'REGISTRY_UNAUTHORISED' });
  });

  test.each<[string, string, ReasonCode]>([
    ['without TLS', 'http://token.example/', 'REGISTRY_INSECURE'],
    ['that is no address', 'token', 'REGISTRY_UNAUTHORISED'],
    ['with a name and password', 'https://a:b@token.example/', 'REGISTRY_UNAUTHORISED'],
  ])('are not taken to a token service %s', async (_, realm, code) => {
    await restart({ auth: 'token', realm });
    expect(await timed(refusalOf(image(), options()))).toMatchObject({ code });
  });

  test.each<[string, (response: ServerResponse) => void, ReasonCode]>([
    ['redirects', answer(302, { location: '/elsewhere' }), 'REGISTRY_REDIRECT_REFUSED'],
    ['gives none', answer(200, jsonType, '{}'), 'REGISTRY_UNAUTHORISED'],
    [
      'gives what would make two headers',
      answer(200, jsonType, JSON.stringify({ token: 'a\r\nx: y' })),
      'REGISTRY_UNAUTHORISED',
    ],
    ['gives no JSON', answer(200, jsonType, 'x'), 'REGISTRY_UNAUTHORISED'],
    ['is busy', answer(429, {}), 'REGISTRY_RATE_LIMITED'],
    ['fails', answer(500, {}), 'REGISTRY_UNAVAILABLE'],
    ['is silent', hang, 'REGISTRY_TIMEOUT'],
    ['is enormous', answer(200, { ...jsonType, 'content-length': 1e10 }), 'INPUT_TOO_LARGE'],
  ])('a token service that %s', async (_, fault, code) => {
    await restart({ auth: 'token' });
    pushImage(registry, 'o/app', 'v1');
    registry.fault(/\/token/, fault);
    expect(await timed(refusalOf(image(), options()))).toMatchObject({ code });
  });

  test('a token that is no longer taken mid-way is asked for again, once', async () => {
    await restart({ auth: 'token' });
    const manifest = pushImage(registry, 'o/app', 'v1');
    attachBundles(registry, 'o/app', manifest, [evidenceAbout(manifest)]);
    registry.fault(
      /blobs/,
      answer(401, { 'www-authenticate': `Bearer realm="http://${registry.host}/token"` }),
      1,
    );
    expect((await timed(read(image(), options()))).attested[0]?.items).toMatchObject([{ kind: 'evidence' }]);
    registry.fault(
      /blobs/,
      answer(401, { 'www-authenticate': `Bearer realm="http://${registry.host}/token"` }),
    );
    expect(await refusedEvidence()).toMatchObject([{ code: 'REGISTRY_UNAUTHORISED' }]);
  });
});
