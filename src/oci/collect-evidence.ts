import { EdgesealError, reasonOf, refuse } from '#core/errors/error';
import { predicateTypeMatches } from '#core/in-toto-attestation/index';
import { limits } from '#core/limits';
import type { EvidenceItem } from '#core/sigstore/evidence';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { evidenceOfLayer } from './attestation-layer.ts';
import { annotation, type Descriptor } from './descriptor.ts';
import { equalDigests, formatDigest, type OciDigest } from './digest.ts';
import type { ImageStore, StoredManifest } from './image-store.ts';
import { inParallel } from './in-parallel.ts';
import { BUNDLE_PREFIX, mediaTypes } from './media-types.ts';
import { load } from './resolve-image.ts';

/** What is attached to one image. */
export interface CollectedEvidence {
  /** Bundles by referrers first, then the layers of cosign's `.att`; each in the order in which they are listed. */
  readonly items: readonly EvidenceItem[];
  /** Predicate types of attestations that were not fetched, for nobody asked for them. */
  readonly skipped: readonly string[];
}

/** What is attached to an image, as it was asked for. */
export interface AttachedLists {
  readonly referrers: Promise<readonly Descriptor[]>;
  /** cosign's `.att` image. */
  readonly attestations: Promise<StoredManifest | undefined>;
}

interface Attached {
  readonly store: ImageStore;
  /** Of the image. */
  readonly digest: OciDigest;
  readonly lists: AttachedLists;
}

/** Annotations that name the predicate type before anything is fetched. */
const BUNDLE_TYPE = 'dev.sigstore.bundle.predicateType';
const LAYER_TYPE = 'predicateType';

/** One blob to be fetched, and how it is read. */
interface Piece {
  readonly source: string;
  readonly layer: Descriptor;
  readonly read: (bytes: Uint8Array) => readonly EvidenceItem[];
}

/** Whether something of a predicate type is asked for; undefined = its type is not known yet. */
type IsWanted = (type: string | undefined) => boolean;

type Found = Piece | { readonly source: string; readonly digest: string; readonly error: EdgesealError };

/**
 * Reads the attestations of an image: Sigstore bundles and DSSE envelopes attached by OCI 1.1's referrers (API or
 * tag), and the layers of cosign's `.att` tag. What is listed but cannot be read becomes refused evidence, and does not hide
 * the others. Nothing is believed by this.
 * @param wanted predicate types; none = all. An annotation that names another type saves the fetch
 * @param alongside is done while the content of the attestations is fetched
 * @throws what the lists throw: they must be had in full
 */
export async function collectEvidence(
  attached: Attached,
  wanted: readonly string[] | Promise<readonly string[]>,
  alongside?: () => Promise<void>,
): Promise<CollectedEvidence> {
  const { store } = attached;
  const skipped = new Set<string>();
  const choose = async (): Promise<IsWanted> => {
    const types = await wanted;
    return (type) => {
      const fits =
        type === undefined || types.length === 0 || types.some((one) => predicateTypeMatches(one, type));
      if (!fits) skipped.add(type);
      return fits;
    };
  };
  const lists = await Promise.all([bundlePieces(attached, choose), layerPieces(attached, choose)]);
  const found = lists.flat();
  if (found.length > limits.evidenceItems) {
    refuse('EVIDENCE_TOO_MANY', `${store.name} holds too many attestations of the image`, {
      expected: `at most ${limits.evidenceItems}`,
      found: String(found.length),
    });
  }
  let octets = 0;
  const content = inParallel(found, async (one) => {
    if ('error' in one) return [refused(one.digest, one.source, one.error)];
    octets += one.layer.size;
    return readPiece(store, one, octets);
  });
  const [items] = await Promise.all([content, alongside?.()]);
  return { items: items.flat(), skipped: [...skipped].toSorted() };
}

async function readPiece(store: ImageStore, piece: Piece, octets: number): Promise<readonly EvidenceItem[]> {
  const { layer, source } = piece;
  try {
    if (layer.size > limits.evidenceItem || octets > limits.imageEvidence) {
      refuse('INPUT_TOO_LARGE', `${source} is too large`, {
        expected: `at most ${limits.evidenceItem} octets, and ${limits.imageEvidence} for all of an image`,
        found: `${layer.size} octets`,
      });
    }
    return piece.read(await store.blob(layer));
  } catch (error) {
    return [refused(layer.digest.hex, source, error)];
  }
}

/** Bundles, and bare DSSE envelopes, that refer to the image by `subject`. */
async function bundlePieces(
  { store, digest, lists }: Attached,
  choose: () => Promise<IsWanted>,
): Promise<readonly Found[]> {
  const referrers = await lists.referrers;
  const isWanted = await choose();
  const distinct = new Map(referrers.map((one) => [formatDigest(one.digest), one])).values();
  const candidates = [...distinct].filter(
    ({ artifactType, annotations }) =>
      mayHoldBundle(artifactType) && isWanted(annotation(annotations, BUNDLE_TYPE)),
  );
  const pieces = await inParallel(candidates, async (referrer): Promise<readonly Found[]> => {
    const source = `${store.name}@${formatDigest(referrer.digest)}`;
    try {
      const { manifest } = await load(store, referrer);
      if (manifest.kind === 'index') return [];
      const layers = manifest.layers.filter(({ mediaType }) => isEvidence(mediaType));
      if (layers.length === 0) return [];
      if (manifest.subject === undefined || !equalDigests(manifest.subject.digest, digest)) {
        refuse(
          'IMAGE_MANIFEST_INVALID',
          'an attestation that is listed for the image is attached to another',
          {
            path: 'subject.digest',
            expected: formatDigest(digest),
            found: manifest.subject === undefined ? 'no subject' : formatDigest(manifest.subject.digest),
          },
        );
      }
      if (!isWanted(annotation(manifest.annotations, BUNDLE_TYPE))) return [];
      return layers.map((layer) => ({ source, layer, read: (bytes) => parseEvidence(bytes, source) }));
    } catch (error) {
      if (!(error instanceof EdgesealError)) throw error;
      return [{ source, digest: referrer.digest.hex, error }];
    }
  });
  return pieces.flat();
}

/** A list may have the type of an artifact's empty configuration instead of its own: cosign 2 writes it so. */
function mayHoldBundle(artifactType: string | undefined): boolean {
  return artifactType === undefined || artifactType === mediaTypes.empty || isEvidence(artifactType);
}

const isEvidence = (type: string): boolean => type.startsWith(BUNDLE_PREFIX) || type === mediaTypes.dsse;

/** Envelopes in cosign's `.att` image, their certificates and log entries in annotations. */
async function layerPieces(
  { store, lists }: Attached,
  choose: () => Promise<IsWanted>,
): Promise<readonly Found[]> {
  const attached = await lists.attestations;
  if (attached?.manifest.kind !== 'image') return [];
  const isWanted = await choose();
  const name = `${store.name}@${formatDigest(attached.digest)}`;
  return attached.manifest.layers.flatMap((layer, index): readonly Piece[] => {
    if (layer.mediaType !== mediaTypes.dsse || !isWanted(annotation(layer.annotations, LAYER_TYPE)))
      return [];
    const source = `${name}#${index + 1}`;
    const read = (bytes: Uint8Array): readonly EvidenceItem[] => [
      { kind: 'evidence', evidence: evidenceOfLayer(bytes, layer.annotations, source) },
    ];
    return [{ source, layer, read }];
  });
}

function refused(digest: string, source: string, error: unknown): EvidenceItem {
  if (!(error instanceof EdgesealError)) throw error;
  return { kind: 'refused', digest, source, reason: reasonOf(error) };
}
