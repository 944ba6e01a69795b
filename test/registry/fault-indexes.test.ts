import { describe, test } from 'vitest';
import type { ReasonCode } from '#core/errors/codes';
import { attachBundles, bytesOf, descriptor } from './content.ts';
import { answer, FaultyRegistry, type Fault } from './faulty-registry.ts';
import { digestOf, OCI_INDEX, OCI_MANIFEST } from './server.ts';

/* What tags and indexes may do, and how a command ends. */

const world = new FaultyRegistry();
const far = { 'content-type': OCI_MANIFEST, 'docker-content-digest': `sha256:${'0'.repeat(64)}` };

describe('a tag between two requests', () => {
  /** The registry does something while the attestation is fetched, which is when the tag is asked for again. */
  const meanwhile = (change: () => void) => (): void => {
    world.registry.faults.push(({ method }) => {
      if (method === 'HEAD') change();
      return false;
    });
  };
  const moved = (): Buffer => Buffer.concat([world.manifest, Buffer.from(' ')]);

  test.each<[string, () => void]>([
    ['moves', meanwhile(() => void world.registry.putManifest('o/app', moved(), OCI_MANIFEST, 'v1'))],
    ['goes', () => world.registry.fault(/^HEAD /, answer(404, {}))],
    ['is said to be another image', () => world.registry.fault(/^HEAD /, answer(200, far))],
  ])('%s', async (_, prepare) => {
    prepare();
    await world.ends('IMAGE_TAG_MOVED', 3);
  });

  test.each<[string, ReasonCode, Fault]>([
    ['hangs', 'REGISTRY_TIMEOUT', () => undefined],
    ['401', 'REGISTRY_UNAUTHORISED', answer(401, {})],
    ['403', 'REGISTRY_UNAUTHORISED', answer(403, {})],
    ['429', 'REGISTRY_RATE_LIMITED', answer(429, {})],
    ['500', 'REGISTRY_UNAVAILABLE', answer(500, {})],
    ['redirects for ever', 'REGISTRY_REDIRECT_REFUSED', answer(307, { location: '?' })],
  ])('cannot be asked for again: %s: %s', async (_, code, fault) => {
    world.registry.fault(/^HEAD .*manifests\/v1$/, fault);
    await world.ends(code, 3);
  });
});

describe('an index', () => {
  const index = (manifests: readonly unknown[]): Buffer =>
    bytesOf({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });
  const push = (content: Buffer): void => void world.registry.putManifest('o/app', content, OCI_INDEX, 'v1');
  const self = index([{ mediaType: OCI_INDEX, digest: `sha256:${'a'.repeat(64)}`, size: 10 }]);
  const entry = descriptor(OCI_MANIFEST, Buffer.from('x'), {
    platform: { os: 'linux', architecture: 'arm64' },
  });

  test.each<[string, ReasonCode, 1 | 3, () => void]>([
    [
      'that holds itself',
      'REGISTRY_DIGEST_MISMATCH',
      1,
      () => {
        push(self);
        world.registry.fault(/manifests\/sha256:aaaa/, answer(200, { 'content-type': OCI_INDEX }, self));
      },
    ],
    [
      'in an index, and no end of them',
      'IMAGE_INDEX_TOO_DEEP',
      1,
      () => {
        let inner = index([]);
        for (let level = 0; level < 10; level++) {
          push(inner);
          inner = index([descriptor(OCI_INDEX, inner)]);
        }
      },
    ],
    [
      'of a hundred others',
      'IMAGE_INDEX_TOO_DEEP',
      1,
      () => {
        const others = Array.from({ length: 100 }, (_, spaces) =>
          Buffer.concat([index([]), Buffer.alloc(spaces, ' ')]),
        );
        for (const one of others) world.registry.putManifest('o/app', one, OCI_INDEX);
        push(index(others.map((one) => descriptor(OCI_INDEX, one))));
      },
    ],
    [
      'of 100,000 entries',
      'INPUT_TOO_LARGE',
      1,
      () => push(index(Array.from({ length: 100_000 }, () => entry))),
    ],
    [
      'of two for the platform',
      'IMAGE_PLATFORM_UNRESOLVED',
      3,
      () => push(index([entry, { ...entry, size: 2 }])),
    ],
    [
      'whose image is not there',
      'REGISTRY_CONTENT_MISSING',
      3,
      () => push(index([{ ...entry, platform: { os: 'linux', architecture: 'amd64' } }])),
    ],
    [
      'whose image has another size',
      'REGISTRY_SIZE_MISMATCH',
      1,
      () =>
        push(
          index([
            {
              ...descriptor(OCI_MANIFEST, world.manifest),
              size: 1,
              platform: { os: 'linux', architecture: 'amd64' },
            },
          ]),
        ),
    ],
    [
      'whose image is of another type',
      'REGISTRY_TYPE_UNEXPECTED',
      1,
      () =>
        push(
          index([
            {
              ...descriptor('application/vnd.docker.distribution.manifest.v2+json', world.manifest),
              platform: { os: 'linux', architecture: 'amd64' },
            },
          ]),
        ),
    ],
  ])('%s: %s, exit %i', async (_, code, exit, prepare) => {
    prepare();
    await world.ends(code, exit, '--platform', 'linux/amd64');
  });

  test.each<[string, ReasonCode, () => Buffer, Record<string, string>]>([
    [
      'of 100,000 attestations',
      'INPUT_TOO_LARGE',
      () => index(Array.from({ length: 100_000 }, () => entry)),
      {},
    ],
    ['of pages for ever', 'EVIDENCE_TOO_MANY', () => index([]), { link: '<?again>; rel="next"' }],
    [
      'that says another size',
      'REGISTRY_SIZE_MISMATCH',
      () => index([{ mediaType: OCI_MANIFEST, size: 3, digest: digestOf(attached()) }]),
      {},
    ],
  ])('a list %s: %s', async (_, code, list, headers) => {
    world.registry.fault(/referrers/, answer(200, { 'content-type': OCI_INDEX, ...headers }, list()));
    await world.ends(code, 1);
  });

  /** The manifest by which the attestation is attached. */
  function attached(): Buffer {
    const [found] = attachBundles(world.registry, 'o/app', world.manifest, [{ bytes: world.attestation }]);
    return found ?? world.manifest;
  }
});
