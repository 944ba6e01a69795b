import { pem } from '../../release/local/der.ts';
import { postedEnvelope } from '../sigstore/dsse.ts';
import { makeEvidence, type EvidenceFixture, type EvidenceOptions } from '../sigstore/make-evidence.ts';
import { digestOf, OCI_INDEX, OCI_MANIFEST, type TestRegistry } from './server.ts';

export const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const EMPTY = Buffer.from('{}');

/** A descriptor as JSON. */
export interface DescriptorJson {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
}

export function descriptor(
  mediaType: string,
  bytes: Buffer,
  more: Partial<DescriptorJson> = {},
): DescriptorJson {
  return { mediaType, digest: digestOf(bytes), size: bytes.length, ...more };
}

export const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** The manifest of an image of one layer, which is never pushed: nobody who verifies reads it. */
function imageManifest(registry: TestRegistry, repository: string, architecture = 'amd64'): Buffer {
  const config = bytesOf({ os: 'linux', architecture, config: {} });
  registry.putBlob(repository, config);
  return bytesOf({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: [descriptor('application/vnd.oci.image.layer.v1.tar+gzip', Buffer.from(architecture))],
  });
}

/** Pushes an image of one platform. */
export function pushImage(registry: TestRegistry, repository: string, ...tags: readonly string[]): Buffer {
  const manifest = imageManifest(registry, repository);
  registry.putManifest(repository, manifest, OCI_MANIFEST, ...tags);
  return manifest;
}

/** Pushes an index of images for linux/amd64 and linux/arm64. */
export function pushIndex(
  registry: TestRegistry,
  repository: string,
  ...tags: readonly string[]
): { readonly index: Buffer; readonly images: Readonly<Record<'amd64' | 'arm64', Buffer>> } {
  const images = {
    amd64: imageManifest(registry, repository, 'amd64'),
    arm64: imageManifest(registry, repository, 'arm64'),
  };
  const manifests = Object.entries(images).map(([architecture, bytes]) => {
    registry.putManifest(repository, bytes, OCI_MANIFEST);
    return descriptor(OCI_MANIFEST, bytes, { platform: { os: 'linux', architecture } });
  });
  const index = bytesOf({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });
  registry.putManifest(repository, index, OCI_INDEX, ...tags);
  return { index, images };
}

/** Evidence about a manifest. */
export function evidenceAbout(manifest: Buffer, options: EvidenceOptions = {}): EvidenceFixture {
  return makeEvidence({ artifact: { name: 'image', content: manifest }, ...options });
}

/** The manifest by which a bundle refers to an image. */
export function referrerManifest(
  subject: Buffer,
  bundle: Buffer,
  predicateType?: string,
  mediaType = BUNDLE_TYPE,
): Buffer {
  const annotations = {
    'dev.sigstore.bundle.content': 'dsse-envelope',
    ...(predicateType === undefined ? {} : { 'dev.sigstore.bundle.predicateType': predicateType }),
  };
  const subjectType = subject.includes('"manifests"') ? OCI_INDEX : OCI_MANIFEST;
  return bytesOf({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: mediaType,
    config: descriptor('application/vnd.oci.empty.v1+json', EMPTY),
    layers: [descriptor(mediaType, bundle)],
    subject: descriptor(subjectType, subject),
    annotations,
  });
}

/**
 * Attaches bundles by referrers: by the API's list, or under the tag that stands in for it.
 * @param listedAs type of artifact under the tag
 */
export function attachBundles(
  registry: TestRegistry,
  repository: string,
  subject: Buffer,
  bundles: readonly {
    readonly bytes: Buffer;
    readonly predicateType?: string;
    readonly mediaType?: string | undefined;
  }[],
  how: 'api' | 'tag' = 'api',
  listedAs = BUNDLE_TYPE,
): readonly Buffer[] {
  const manifests = bundles.map(({ bytes, predicateType, mediaType }) => {
    registry.putBlob(repository, bytes);
    const manifest = referrerManifest(subject, bytes, predicateType, mediaType);
    registry.putManifest(repository, manifest, OCI_MANIFEST);
    return manifest;
  });
  if (how === 'tag') {
    const listed = manifests.map((bytes) => ({
      ...descriptor(OCI_MANIFEST, bytes),
      artifactType: listedAs,
    }));
    const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: listed };
    registry.putManifest(repository, index, OCI_INDEX, digestOf(subject).replace(':', '-'));
  }
  return manifests;
}

/** A layer of cosign's `.att`, as cosign 2 attaches it. */
export interface LegacyLayer {
  readonly fixture: EvidenceFixture;
  readonly blob: Buffer;
  readonly annotations: Record<string, string>;
}

/** A bundle v0.1 as cosign would have attached it. */
export function legacyLayer(options: EvidenceOptions = {}): LegacyLayer {
  const fixture = makeEvidence({ format: 'bundle-0.1', entry: 'intoto/0.0.1', ...options });
  if (!('verificationMaterial' in fixture.json) || fixture.json.dsseEnvelope === undefined)
    throw new Error('a bundle is expected');
  const { verificationMaterial, dsseEnvelope } = fixture.json;
  const annotations: Record<string, string> = { 'dev.cosignproject.cosign/signature': '' };
  const [entry] = verificationMaterial.tlogEntries ?? [];
  if (entry !== undefined) {
    annotations['dev.sigstore.cosign/bundle'] = JSON.stringify({
      SignedEntryTimestamp: entry.inclusionPromise?.signedEntryTimestamp,
      Payload: {
        body: entry.canonicalizedBody,
        integratedTime: Number(entry.integratedTime),
        logIndex: Number(entry.logIndex),
        logID: Buffer.from(entry.logId.keyId, 'base64').toString('hex'),
      },
    });
  }
  const [token] = verificationMaterial.timestampVerificationData?.rfc3161Timestamps ?? [];
  if (token !== undefined)
    annotations['dev.sigstore.cosign/rfc3161timestamp'] = JSON.stringify({
      SignedRFC3161Timestamp: token.signedTimestamp,
    });
  if (fixture.certificate !== undefined) {
    annotations['dev.sigstore.cosign/certificate'] = pem('CERTIFICATE', fixture.certificate);
    annotations['dev.sigstore.cosign/chain'] = fixture.world.fulcio.chain
      .map((der) => pem('CERTIFICATE', der))
      .join('');
  }
  return { fixture, blob: postedEnvelope(dsseEnvelope), annotations };
}

/** Pushes the `.att` image of a manifest. */
export function attachLayers(
  registry: TestRegistry,
  repository: string,
  subject: Buffer,
  layers: readonly {
    readonly blob: Buffer;
    readonly annotations: Readonly<Record<string, string>>;
    readonly mediaType?: string;
  }[],
): void {
  const config = bytesOf({ rootfs: {} });
  registry.putBlob(repository, config);
  for (const { blob } of layers) registry.putBlob(repository, blob);
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: layers.map(({ blob, annotations, mediaType = 'application/vnd.dsse.envelope.v1+json' }) =>
      descriptor(mediaType, blob, { annotations }),
    ),
  };
  registry.putManifest(repository, manifest, OCI_MANIFEST, `${digestOf(subject).replace(':', '-')}.att`);
}
