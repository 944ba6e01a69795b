import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { ReasonCode } from '#core/errors/codes';
import { answer, FaultyRegistry, type Fault } from './faulty-registry.ts';
import { bytesOf } from './content.ts';
import { OCI_INDEX, OCI_MANIFEST } from './server.ts';

/*
 * What a registry may do, and how a command ends: by its reason, its exit code, within bounded time, and without a
 * credential for anybody else.
 */

const world = new FaultyRegistry();

/** Where a registry may misbehave. */
const places = {
  image: /GET .*manifests\/v1$/,
  list: /GET .*referrers\//,
  'manifest of the attestation': /GET .*manifests\/sha256:/,
  attestation: /GET .*blobs\//,
} as const;
type Place = keyof typeof places;
const everywhere: readonly Place[] = ['image', 'list', 'manifest of the attestation', 'attestation'];

type Row = readonly [name: string, place: Place, code: ReasonCode, exit: 1 | 3, fault: Fault];

const at = (
  some: readonly Place[],
  name: string,
  code: ReasonCode,
  exit: 1 | 3,
  fault: (place: Place) => Fault,
): readonly Row[] => some.map((place) => [name, place, code, exit, fault(place)]);

const typeAt = (place: Place): string =>
  place === 'list' ? OCI_INDEX : place === 'attestation' ? 'application/octet-stream' : OCI_MANIFEST;
const served = (place: Place, body: string | Buffer): Fault =>
  answer(200, { 'content-type': typeAt(place) }, body);
/** Octets as they are, past what an HTTP server would send. */
const raw =
  (text: string, isLast = true): Fault =>
  ({ socket }) => {
    socket?.write(text);
    if (isLast) socket?.end();
  };
const head = (place: Place, ...more: readonly string[]): string =>
  ['HTTP/1.1 200 OK', `content-type: ${typeAt(place)}`, ...more, '', ''].join('\r\n');
/** An octet now and then, for ever. */
const drip =
  (first: string): Fault =>
  ({ socket }) => {
    socket?.write(first);
    const timer = setInterval(() => socket?.write(' '), 50);
    socket?.on('close', () => clearInterval(timer));
  };
const other = bytesOf({ schemaVersion: 2, mediaType: OCI_MANIFEST, layers: [] });
const far = { 'content-type': OCI_MANIFEST, 'docker-content-digest': `sha256:${'0'.repeat(64)}` };

const rows: readonly Row[] = [
  ...at(['image'], 'lies about the digest', 'REGISTRY_DIGEST_MISMATCH', 1, () => (response) => {
    answer(200, far, world.manifest)(response);
  }),
  ...at(
    ['manifest of the attestation'],
    'lies about the digest',
    'REGISTRY_DIGEST_MISMATCH',
    1,
    (place) => (response) => served(place, other)(response),
  ),
  ...at(['attestation'], 'lies about the digest', 'REGISTRY_DIGEST_MISMATCH', 1, (place) => (response) => {
    served(place, 'x'.repeat(world.attestation.length))(response);
  }),
  ...at(['attestation'], 'lies about the size: more', 'REGISTRY_SIZE_MISMATCH', 1, (place) => (response) => {
    served(place, Buffer.concat([world.attestation, Buffer.from(' ')]))(response);
  }),
  ...at(['attestation'], 'lies about the size: less', 'REGISTRY_SIZE_MISMATCH', 1, (place) => (response) => {
    served(place, world.attestation.subarray(1))(response);
  }),
  ...at(
    ['image', 'list', 'manifest of the attestation'],
    'lies about the type: a page',
    'REGISTRY_TYPE_UNEXPECTED',
    1,
    () => answer(200, { 'content-type': 'text/html' }, '<html>'),
  ),
  ...at(
    ['image', 'list'],
    'lies about the type: calls itself another',
    'IMAGE_MANIFEST_INVALID',
    1,
    (place) => (response) => {
      const own: object = JSON.parse(world.manifest.toString());
      const whole = place === 'image' ? own : { schemaVersion: 2, manifests: [] };
      served(place, bytesOf({ ...whole, mediaType: 'text/x' }))(response);
    },
  ),
  ...at(everywhere, 'lies about the length: less comes', 'NETWORK_UNAVAILABLE', 3, (place) =>
    raw(`${head(place, 'content-length: 20')}{`),
  ),
  ...at(['image', 'list'], 'lies about the length: more comes', 'JSON_SYNTAX', 1, (place) =>
    raw(`${head(place, 'content-length: 2')}{"schemaVersion":2}`),
  ),
  ...at(['attestation'], 'lies about the length: more comes', 'REGISTRY_SIZE_MISMATCH', 1, (place) =>
    raw(`${head(place, 'content-length: 2')}{"a":1}`),
  ),
  ...at(['image', 'list', 'manifest of the attestation'], 'is enormous', 'INPUT_TOO_LARGE', 1, (place) =>
    raw(head(place, 'content-length: 10000000000'), false),
  ),
  ...at(['attestation'], 'is enormous', 'REGISTRY_SIZE_MISMATCH', 1, (place) =>
    raw(head(place, 'content-length: 10000000000'), false),
  ),
  ...at(everywhere, 'has two lengths', 'NETWORK_UNAVAILABLE', 3, (place) =>
    raw(head(place, 'content-length: 2', 'content-length: 3')),
  ),
  ...at(everywhere, 'has headers without end', 'NETWORK_UNAVAILABLE', 3, (place) =>
    raw(`${head(place).slice(0, -4)}\r\nx: ${'x'.repeat(100_000)}`),
  ),
  ...at(everywhere, 'hangs', 'REGISTRY_TIMEOUT', 3, () => () => undefined),
  ...at(everywhere, 'hangs after its headers', 'REGISTRY_TIMEOUT', 3, (place) =>
    raw(head(place, 'content-length: 20'), false),
  ),
  ...at(everywhere, 'drips', 'REGISTRY_TIMEOUT', 3, (place) => drip(head(place))),
  ...at(everywhere, 'drips headers', 'REGISTRY_TIMEOUT', 3, (place) =>
    drip(`${head(place).slice(0, -4)}\r\nx:`),
  ),
  ...at(everywhere, 'redirects for ever', 'REGISTRY_REDIRECT_REFUSED', 3, () =>
    answer(307, { location: '?' }),
  ),
  ...at(everywhere, 'redirects to a host without TLS', 'REGISTRY_INSECURE', 3, () =>
    answer(302, { location: 'http://registry.example/' }),
  ),
  ...at(everywhere, 'redirects with a name and password', 'REGISTRY_REDIRECT_REFUSED', 3, () =>
    answer(302, { location: 'https://user:a@127.0.0.1/' }),
  ),
  ...at(everywhere, 'answers 401', 'REGISTRY_UNAUTHORISED', 3, () => answer(401, {})),
  ...at(everywhere, 'answers 403', 'REGISTRY_UNAUTHORISED', 3, () => answer(403, {})),
  ...at(everywhere, 'answers 429', 'REGISTRY_RATE_LIMITED', 3, () => answer(429, {})),
  ...at(everywhere, 'answers 429 for an hour', 'REGISTRY_RATE_LIMITED', 3, () =>
    answer(429, { 'retry-after': 3600 }),
  ),
  ...at(everywhere, 'answers 500', 'REGISTRY_UNAVAILABLE', 3, () => answer(500, {})),
  ...at(['image'], 'answers 404', 'IMAGE_NOT_FOUND', 3, () => answer(404, {})),
  ...at(['list'], 'answers 404', 'EVIDENCE_EMPTY', 1, () => answer(404, {})),
  ...at(['manifest of the attestation', 'attestation'], 'answers 404', 'REGISTRY_CONTENT_MISSING', 3, () =>
    answer(404, {}),
  ),
];

test('without a fault it passes', async () => {
  expect(await world.verify()).toMatchObject({ exit: 0 });
});

describe('a registry, once it has taken the credentials', () => {
  test.each(rows)('%s: %s: %s, exit %i', async (_name, place, code, exit, fault) => {
    world.registry.faults.push((request, response) => {
      const isIt = places[place].test(`${request.method} ${request.url}`);
      if (!isIt || request.headers.authorization === undefined) return false;
      fault(response);
      return true;
    });
    await world.ends(code, exit);
  });

  test.each(everywhere)('redirects to another host: %s: goes on there without them', async (place) => {
    world.registry.fault(places[place], (response, { url }) => {
      answer(307, { location: `http://${world.stranger.host}${url}` })(response);
    });
    expect(await world.verify()).toMatchObject({ exit: 0 });
    expect(world.stranger.asked).not.toEqual([]);
  });

  test.each(everywhere)('redirects to another host, that wants credentials: %s: gets none', async (place) => {
    world.registry.fault(places[place], (response, { url }) => {
      answer(307, { location: `http://${world.stranger.host}${url}` })(response);
    });
    world.stranger.fault(/./, answer(401, { 'www-authenticate': 'Basic realm="please"' }));
    await world.ends('REGISTRY_UNAUTHORISED', 3);
    expect(world.stranger.asked).not.toEqual([]);
  });

  test.each(everywhere)('redirects to another host, and that back, for ever: %s', async (place) => {
    const to =
      (host: string) =>
      (response: ServerResponse, { url }: IncomingMessage) =>
        answer(307, { location: `http://${host}${url}` })(response);
    world.registry.fault(places[place], to(world.stranger.host));
    world.stranger.fault(places[place], to(world.registry.host));
    await world.ends('REGISTRY_REDIRECT_REFUSED', 3);
  });
});
