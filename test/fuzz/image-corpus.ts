import type { Artifact } from '#core/verify/artifact';
import { bytesOf, descriptor, legacyLayer } from '../registry/content.ts';
import { OCI_MANIFEST } from '../registry/server.ts';
import { makeEvidence, type EvidenceFixture, type EvidenceOptions } from '../sigstore/make-evidence.ts';
import { trustOf } from '../sigstore/trust.ts';
import { certificateWrongs, wrongs } from './image-wrongs.ts';
import { CONFIG, ImageWorld, type Attached, type WorldParts } from './image-world.ts';
import { splitItems, makeTarget, type Target } from './target.ts';

/** One attested image, all that stands around it, and how it is verified. */
export interface ImageTarget {
  readonly name: string;
  readonly parts: WorldParts;
  /** The evidence as a target of its own: policy, trust, and what it says. */
  readonly evidence: Target;
  readonly fixture: EvidenceFixture;
  /** Near misses by name: what would be attached instead. */
  readonly wrongs: ReadonlyMap<string, () => Attachment>;
}

/** An attestation as it is attached. */
export type Attachment = Pick<WorldParts, 'attestation' | 'annotations'>;

const forms: Readonly<Record<string, EvidenceOptions>> = {
  'rekor v1': {},
  'rekor v1 and timestamp': { timestamps: [{}] },
  'rekor v2': { log: 'rekor-v2' },
  'rekor v1, dsse': { entry: 'dsse/0.0.1' },
  key: { signer: 'key', seed: 'key' },
};
export const ways: readonly Attached[] = ['api', 'tag', 'layout', 'layout saved', 'legacy', 'layout legacy'];

/** Every form attached in every way, alone and in an index. */
export async function loadImages(): Promise<readonly ImageTarget[]> {
  const targets: ImageTarget[] = [];
  for (const attached of ways) {
    for (const [form, options] of Object.entries(forms)) {
      if (attached.endsWith('legacy') && options.log === 'rekor-v2') continue;
      for (const inIndex of [false, true])
        targets.push(
          await imageTarget(
            `${attached}, ${form}${inIndex ? ', in an index' : ''}`,
            attached,
            options,
            inIndex,
          ),
        );
    }
  }
  return targets;
}

async function imageTarget(
  name: string,
  attached: Attached,
  options: EvidenceOptions,
  inIndex: boolean,
): Promise<ImageTarget> {
  const { config, manifest } = contentOf(name);
  const about = { ...options, artifact: { name: 'image', content: manifest } };
  const { fixture, ...attachment } = attach(attached, about);
  const artifact: Artifact = {
    name: 'image',
    kind: 'image',
    digests: { sha256: fixture.artifact.digests.sha256 },
  };
  const evidence = await makeTarget({ name, bytes: fixture.bytes, artifact, trust: trustOf(fixture) });
  if (typeof evidence === 'string') throw new Error(`${name}: ${evidence}`);
  const parts: WorldParts = {
    attached,
    config,
    manifest,
    inIndex,
    ...attachment,
    predicateType: 'https://slsa.dev/provenance/v1',
  };
  const made = new Map<string, Attachment>();
  const kinds = options.signer === 'key' ? wrongs : { ...wrongs, ...certificateWrongs };
  const misses = Object.entries(kinds).map(([wrong, change]): [string, () => Attachment] => [
    wrong,
    () => {
      const known = made.get(wrong) ?? attach(attached, { ...about, ...change });
      made.set(wrong, known);
      return known;
    },
  ]);
  return { name, parts, evidence, fixture, wrongs: new Map(misses) };
}

function attach(
  attached: Attached,
  options: EvidenceOptions,
): Attachment & { readonly fixture: EvidenceFixture } {
  if (attached.endsWith('legacy')) {
    const { fixture, blob, annotations } = legacyLayer(options);
    return { fixture, attestation: blob, annotations };
  }
  const fixture = makeEvidence(options);
  return { fixture, attestation: fixture.bytes, annotations: {} };
}

/** An image like no other target's. */
function contentOf(name: string): Pick<WorldParts, 'config' | 'manifest'> {
  const config = bytesOf({ os: 'linux', architecture: 'amd64', author: name });
  const layer = descriptor('application/vnd.oci.image.layer.v1.tar+gzip', Buffer.from(name));
  const content = { config: descriptor(CONFIG, config), layers: [layer] };
  return { config, manifest: bytesOf({ schemaVersion: 2, mediaType: OCI_MANIFEST, ...content }) };
}

/** A piece of the world as a target of the mutations of files. */
export function pieceTarget({ evidence }: ImageTarget, bytes: Buffer): Target {
  return { ...evidence, bytes, ...splitItems(bytes.toString('utf8')) };
}

export const genuineWorld = ({ parts }: ImageTarget): ImageWorld => new ImageWorld(parts);
