import type { ServerResponse } from 'node:http';
import type { Reason } from '#core/errors/reason';
import { readCatalog } from '#core/oci/catalog';
import { dockerCredentials } from '#core/oci/credentials';
import { Layout } from '#core/oci/layout';
import { bytesOf, descriptor, pushImage, pushIndex } from '../registry/content.ts';
import { refusalOf, transportOf, type ReaderOptions } from '../registry/reader.ts';
import { OCI_INDEX, OCI_MANIFEST, TestRegistry, type RegistryOptions } from '../registry/server.ts';
import { folder } from './reach-caller.ts';
import { thrown, told, type Reach, type Reaches } from './reach.ts';

/** The reason why an image of a registry cannot be read. */
function registry(
  prepare: (registry: TestRegistry) => void,
  options: ReaderOptions & RegistryOptions = {},
): Reach {
  return async (): Promise<readonly Reason[]> => {
    const server = await TestRegistry.start(options);
    try {
      prepare(server);
      const waited = (): void => undefined;
      return [await refusalOf(`${server.host}/o/app:v1`, { waited, http: { idle: 100 }, ...options })];
    } finally {
      await server.stop();
    }
  };
}

const answer =
  (status: number, headers: Record<string, string>, body: Buffer | string = '') =>
  (response: ServerResponse): void => {
    response.writeHead(status, headers);
    response.end(body);
  };

const manifests = (status: number, headers: Record<string, string> = {}, body: Buffer | string = ''): Reach =>
  registry((server) => server.fault(/manifests\/v1$/, answer(status, headers, body)));

const index = (entries: readonly unknown[]): Buffer =>
  bytesOf({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: entries });
const arm64 = { platform: { os: 'linux', architecture: 'arm64' } };
const platform = 'linux/arm64';
const inIndex = (entry: object): Reach =>
  registry((server) => server.putManifest('o/app', index([entry]), OCI_INDEX, 'v1'), { platform });
const empty = index([]);

/** The reason why a registry's catalog cannot be read. */
const catalog =
  (status: number, body: string): Reach =>
  async () => {
    const server = await TestRegistry.start();
    server.fault(/_catalog/, answer(status, {}, body));
    try {
      return await thrown(async () => readCatalog(transportOf(), server.host));
    } finally {
      await server.stop();
    }
  };

/** Codes about images and the registries that they are read from. */
export const registryReaches = {
  IMAGE_REFERENCE_INVALID: told(folder, ['verify-image', '--source-uri', 'github.com/o/r', 'Not/An/Image']),
  IMAGE_MUTABLE: told(folder, ['verify-image', '--source-uri', 'github.com/o/r', 'o/app:v1']),
  IMAGE_NOT_FOUND: manifests(404),
  IMAGE_PLATFORM_UNRESOLVED: registry((server) => pushIndex(server, 'o/app', 'v1'), {
    platform: 'linux/s390x',
  }),
  IMAGE_TAG_MOVED: registry((server) => {
    pushImage(server, 'o/app', 'v1');
    server.fault(/^HEAD /, answer(404, {}));
  }),
  IMAGE_MANIFEST_INVALID: manifests(200, { 'content-type': OCI_MANIFEST }, '{}'),
  IMAGE_INDEX_TOO_DEEP: registry(
    (server) => {
      let inner = empty;
      for (let level = 0; level < 10; level++) {
        server.putManifest('o/app', inner, OCI_INDEX, 'v1');
        inner = index([descriptor(OCI_INDEX, inner)]);
      }
    },
    { platform },
  ),
  IMAGE_LAYOUT_INVALID: () => thrown(() => new Layout(() => Buffer.from('{}'), 'layout')),
  REGISTRY_DIGEST_MISMATCH: manifests(
    200,
    { 'content-type': OCI_INDEX, 'docker-content-digest': `sha256:${'0'.repeat(64)}` },
    empty,
  ),
  REGISTRY_SIZE_MISMATCH: registry(
    (server) => {
      const { images } = pushIndex(server, 'o/app');
      const entry = { ...descriptor(OCI_MANIFEST, images.arm64, arm64), size: 1 };
      server.putManifest('o/app', index([entry]), OCI_INDEX, 'v1');
    },
    { platform },
  ),
  REGISTRY_TYPE_UNEXPECTED: manifests(200, { 'content-type': 'text/html' }, '<html>'),
  REGISTRY_CONTENT_MISSING: inIndex(descriptor(OCI_MANIFEST, Buffer.from('absent'), arm64)),
  REGISTRY_UNAUTHORISED: manifests(403),
  REGISTRY_RATE_LIMITED: manifests(429),
  REGISTRY_UNAVAILABLE: manifests(500),
  REGISTRY_TIMEOUT: registry((server) => server.fault(/manifests\/v1$/, () => undefined)),
  REGISTRY_REDIRECT_REFUSED: manifests(302, { location: '/v2/o/app/manifests/v1' }),
  REGISTRY_INSECURE: manifests(302, { location: 'http://registry.example/' }),
  REGISTRY_CATALOG_UNAVAILABLE: catalog(404, ''),
  REGISTRY_CATALOG_INVALID: catalog(200, '[]'),
  CREDENTIALS_UNAVAILABLE: () =>
    thrown(() =>
      dockerCredentials(Buffer.from('x'), 'config.json', () => Promise.reject(new Error('not run'))),
    ),
} satisfies Reaches;
