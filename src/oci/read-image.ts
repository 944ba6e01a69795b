import type { AttachedLists, CollectedEvidence } from './collect-evidence.ts';
import type { OciDigest } from './digest.ts';
import type { ImageStore } from './image-store.ts';
import type { Platform } from './platform.ts';
import { confirmTag, resolveImage, type ResolvedImage } from './resolve-image.ts';

export interface ReadImageInput {
  readonly image: ImageStore;
  /** Where its attestations are kept; the image's own repository, unless COSIGN_REPOSITORY names another. */
  readonly attestations: ImageStore;
  readonly at: { readonly tag: string } | { readonly digest: OciDigest };
  readonly platform?: Platform | undefined;
  /** Predicate types; none = all. They may become known while the image, and what is attached to it, is being found. */
  readonly wanted: readonly string[] | Promise<readonly string[]>;
  /** Called and waited for once the lists of what is attached are asked for: it lets the questions go out. */
  readonly asked?: (() => Promise<void>) | undefined;
}

/** An image with what is attached to it. */
export interface ReadImage {
  readonly image: ResolvedImage;
  /** What may be attested: the image, then the indexes that it was found in, innermost first. */
  readonly attested: readonly (CollectedEvidence & { readonly digest: OciDigest })[];
}

/**
 * Finds an image and reads its attestations, in as few waves of requests as there can be: the tag; lists;
 * manifests of attestations; their content, and meanwhile the tag once more.
 * @throws what {@link resolveImage} and {@link collectEvidence} throw, IMAGE_TAG_MOVED
 */
export async function readImage(input: ReadImageInput): Promise<ReadImage> {
  const { image: store, attestations, at, platform, wanted, asked } = input;
  const collect = async (
    digest: OciDigest,
    alongside?: () => Promise<void>,
  ): Promise<ReadImage['attested'][number]> => {
    const lists = listsOf(attestations, digest);
    await asked?.();
    // Loaded while a registry looks for them.
    const { collectEvidence } = await import('./collect-evidence.ts');
    const of = { store: attestations, digest, lists };
    return { digest, ...(await collectEvidence(of, wanted, alongside)) };
  };
  if ('digest' in at && platform === undefined) {
    const [image, own] = await Promise.all([resolveImage(store, at.digest), collect(at.digest)]);
    return { image, attested: [own] };
  }
  const image = await resolveImage(store, 'digest' in at ? at.digest : at.tag, platform);
  const confirm = async (): Promise<void> => {
    if ('tag' in at) await confirmTag(store, at.tag, image.indexes[0] ?? image.digest);
  };
  const attested = await Promise.all([
    collect(image.digest, confirm),
    ...image.indexes.toReversed().map(async (digest) => collect(digest)),
  ]);
  return { image, attested };
}

function listsOf(store: ImageStore, digest: OciDigest): AttachedLists {
  const lists = { referrers: store.referrers(digest), attestations: store.attestations(digest) };
  // Whoever waits for them is told; until then nobody listens.
  for (const list of Object.values<Promise<unknown>>(lists)) list.catch(() => undefined);
  return lists;
}
