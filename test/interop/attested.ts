import { bytesOf, descriptor } from '../registry/content.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../registry/server.ts';

/** What an image consists of: one manifest, or an index of so many platforms. */
const shapes = { image: 1, 'index of 2': 2, 'index of 3': 3 } as const;
export type Shape = keyof typeof shapes;

const ARCHITECTURES = ['amd64', 'arm64', 'riscv64'] as const;
const CONFIG = 'application/vnd.oci.image.config.v1+json';

/** Predicates as their specifications want them, by cosign's name of the type or a URI of nobody's. */
export const predicates = {
  custom: (id) => ({ id }),
  slsaprovenance: (id) => ({
    builder: { id },
    buildType: 'https://example.org/b/v1',
    invocation: { configSource: { uri: 'git+https://example.org/r', digest: { sha1: 'a'.repeat(40) } } },
    metadata: { completeness: { parameters: true, environment: false, materials: false } },
    materials: [{ uri: 'git+https://example.org/r', digest: { sha1: 'a'.repeat(40) } }],
  }),
  slsaprovenance1: (id) => ({
    buildDefinition: { buildType: 'https://example.org/b/v1', externalParameters: { source: 'x' } },
    runDetails: { builder: { id } },
  }),
  spdxjson: (id) => ({
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: id,
    documentNamespace: 'https://example.org/s',
    creationInfo: { created: '2026-01-01T00:00:00Z', creators: ['Tool: t'] },
    packages: [],
  }),
  cyclonedx: (id) => ({
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { tools: [{ name: id }] },
  }),
  link: (id) => ({
    _type: 'link',
    name: id,
    command: ['make'],
    materials: {},
    products: { app: { sha256: 'b'.repeat(64) } },
    byproducts: {},
    environment: {},
  }),
  vuln: (id) => ({
    invocation: { parameters: null, uri: '', event_id: '', 'builder.id': '' },
    scanner: {
      uri: id,
      version: '1',
      db: { uri: '', version: '' },
      result: { SchemaVersion: 2, Results: [] },
    },
    metadata: { scanStartedOn: '2026-01-01T00:00:00Z', scanFinishedOn: '2026-01-01T00:00:00Z' },
  }),
  openvex: (id) => ({
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': id,
    author: 'a',
    timestamp: '2026-01-01T00:00:00Z',
    version: 1,
    statements: [],
  }),
  'https://example.org/review/v1': (id) => ({ reviewer: id, score: 1.5, ids: [1, 2, 3] }),
} as const satisfies Readonly<Record<string, (id: string) => object>>;
export type Type = keyof typeof predicates;
const known: readonly string[] = Object.keys(predicates);
export const types = known.filter((name): name is Type => name in predicates);

/** Pushes an image with the tag `v1`; returns its manifest or index. */
export async function pushTo(host: string, repository: string, shape: Shape): Promise<Buffer> {
  const images = ARCHITECTURES.slice(0, shapes[shape]).map((architecture) => ({
    architecture,
    config: bytesOf({ os: 'linux', architecture, config: {}, rootfs: { type: 'layers', diff_ids: [] } }),
  }));
  const manifests: Buffer[] = [];
  for (const { config } of images) {
    await putBlob(host, repository, config);
    const manifest = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: descriptor(CONFIG, config),
      layers: [],
    };
    manifests.push(bytesOf(manifest));
  }
  const [first] = manifests;
  if (shape === 'image' && first !== undefined)
    return putManifest(host, repository, 'v1', first, OCI_MANIFEST);
  const listed = manifests.map((bytes, at) =>
    descriptor(OCI_MANIFEST, bytes, {
      platform: { os: 'linux', architecture: images[at]?.architecture ?? '' },
    }),
  );
  for (const [at, bytes] of manifests.entries())
    await putManifest(host, repository, listed[at]?.digest ?? '', bytes, OCI_MANIFEST);
  const index = bytesOf({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: listed });
  return putManifest(host, repository, 'v1', index, OCI_INDEX);
}

async function putBlob(host: string, repository: string, bytes: Buffer): Promise<void> {
  const { digest } = descriptor('', bytes);
  const begun = await fetch(`http://${host}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
  const target = new URL(begun.headers.get('location') ?? '', `http://${host}`);
  target.searchParams.set('digest', digest);
  const { status } = await fetch(target, { method: 'PUT', body: new Uint8Array(bytes) });
  if (status !== 201) throw new Error(`pushing a blob: HTTP ${status}`);
}

async function putManifest(
  host: string,
  repository: string,
  name: string,
  bytes: Buffer,
  mediaType: string,
): Promise<Buffer> {
  const { status } = await fetch(`http://${host}/v2/${repository}/manifests/${name}`, {
    method: 'PUT',
    headers: { 'content-type': mediaType },
    body: new Uint8Array(bytes),
  });
  if (status !== 201) throw new Error(`pushing a manifest: HTTP ${status}`);
  return bytes;
}
