import { describe, expect, test } from 'vitest';
import type { ReasonCode } from '#core/errors/codes';
import { bytesOf, pushImage } from './content.ts';
import { answer, type Fault } from './faulty-registry.ts';
import { cutOff, drip, hang, jsonType, ReadRegistry, timed } from './read-registry.ts';
import { read, refusalOf } from './reader.ts';
import { digestOf, OCI_INDEX, OCI_MANIFEST, TestRegistry } from './server.ts';

const world = new ReadRegistry();

describe('faults in the image', () => {
  const manifestFault: readonly [string, Fault, ReasonCode][] = [
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
    pushImage(world.registry, 'o/app', 'v1');
    world.registry.fault(/manifests\/v1$/, fault);
    expect(await timed(refusalOf(world.image(), world.options()))).toMatchObject({ code });
  });

  test('other content than the digest that was asked for', async () => {
    const manifest = pushImage(world.registry, 'o/app', 'v1');
    const other = bytesOf({ schemaVersion: 2, manifests: [] });
    world.registry.fault(/manifests\/sha256:/, answer(200, { 'content-type': OCI_INDEX }, other));
    expect(await timed(refusalOf(world.image(`@${digestOf(manifest)}`), world.options()))).toMatchObject({
      code: 'REGISTRY_DIGEST_MISMATCH',
      expected: digestOf(manifest),
      found: digestOf(other),
    });
  });

  test('nobody there', async () => {
    const gone = await TestRegistry.start();
    const { host } = gone;
    await gone.stop();
    expect(await timed(refusalOf(`${host}/o/app`, world.options()))).toMatchObject({
      code: 'NETWORK_UNAVAILABLE',
      found: 'ECONNREFUSED',
    });
  });

  test('a tag that moves meanwhile', async () => {
    pushImage(world.registry, 'o/app', 'v1');
    world.registry.fault(/^HEAD /, answer(200, { 'docker-content-digest': `sha256:${'1'.repeat(64)}` }));
    expect(await timed(refusalOf(world.image(), world.options()))).toMatchObject({ code: 'IMAGE_TAG_MOVED' });
  });

  test('a tag that goes meanwhile', async () => {
    pushImage(world.registry, 'o/app', 'v1');
    world.registry.fault(/^HEAD /, answer(404, {}));
    expect(await timed(refusalOf(world.image(), world.options()))).toMatchObject({ code: 'IMAGE_TAG_MOVED' });
  });
});

describe('faults that pass', () => {
  test.each([
    ['500', answer(500, {})],
    ['429', answer(429, { 'retry-after': '1' })],
    ['429 until a date', answer(429, { 'retry-after': new Date(Date.now() + 1000).toUTCString() })],
    ['cut off', cutOff],
  ])('%s, and then the answer', async (_, fault) => {
    const manifest = pushImage(world.registry, 'o/app', 'v1');
    world.registry.fault(/manifests\/v1$/, fault, 2);
    const { image: found } = await timed(read(world.image(), world.options()));
    expect(`sha256:${found.digest.hex}`).toBe(digestOf(manifest));
  });

  test('are waited for as the registry asks', async () => {
    pushImage(world.registry, 'o/app', 'v1');
    world.registry.fault(/manifests\/v1$/, answer(429, { 'retry-after': '2' }), 2);
    const waits: number[] = [];
    await read(world.image(), { ...world.options(), waited: (milliseconds) => waits.push(milliseconds) });
    expect(waits).toEqual([2000, 2000]);
  });
});
