import { reasonCodes } from '#core/errors/codes';
import { EdgesealError, reasonOf, refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { limits } from '#core/limits';
import { readCatalog } from '#core/oci/catalog';
import { formatDigest } from '#core/oci/digest';
import { inParallel } from '#core/oci/in-parallel';
import { formatReference, parseNamespace, parseReference } from '#core/oci/reference';
import type { Policy } from '#core/policy/policy';
import { absentImage, emptyNamespace, type ReleaseImage } from '#core/release-set/judge-images';
import { imagesOfNamespace, type Namespace, type WantedImage } from '#core/release-set/namespace';
import { openImages, wantedTypes, type ImageTask } from './images.ts';
import { openTransport } from './registry.ts';

/** What the caller says about a release's images. */
export interface ReleaseImagesTask {
  /** References. */
  readonly listed: readonly string[];
  /** `--images-from`, with the tag. */
  readonly namespace: { readonly text: string; readonly tag: string } | undefined;
  /** Names of repositories in the namespace. */
  readonly repositories: readonly string[];
  readonly flags: ImageTask['flags'];
  readonly policies: readonly Policy[];
}

/**
 * The images of a release, several at a time. One that cannot be read does not hide the others.
 * @throws REGISTRY_CATALOG_UNAVAILABLE where nothing else says what belongs to the release; what the caller asked
 * wrongly
 */
export async function readReleaseImages(io: Io, task: ReleaseImagesTask): Promise<readonly ReleaseImage[]> {
  const { namespace, flags } = task;
  const wanted =
    namespace === undefined
      ? task.listed.map((name) => ({ name, isUnlisted: false }))
      : await findImages(io, task, { ...parseNamespace(namespace.text), tag: namespace.tag });
  if (wanted.length > limits.releaseImages) {
    refuse('INPUT_TOO_LARGE', 'the release has too many images', {
      expected: `at most ${limits.releaseImages}`,
      found: `${wanted.length}`,
      hint: 'name a narrower folder by --images-from',
    });
  }
  if (wanted.length === 0)
    return namespace === undefined ? [] : [{ name: namespace.text, reason: emptyNamespace(namespace.text) }];
  const references = wanted.map(({ name }) => parseReference(name));
  // A tag that is listed with its digest must lead there: it is asked for by the tag, and compared.
  const operands = references.map((one, index) =>
    one.tag === undefined ? (wanted[index]?.name ?? '') : formatReference({ ...one, digest: undefined }),
  );
  const readers = await openImages(io, { operands, flags, wanted: wantedTypes(task.policies) });
  const step = stepsOf(io, wanted.length);
  const images = await inParallel(readers, async (read, index): Promise<ReleaseImage | undefined> => {
    const { name = '', isUnlisted = false } = wanted[index] ?? {};
    const digest = references[index]?.digest;
    const pinned = digest === undefined ? undefined : formatDigest(digest);
    try {
      return { name, isUnlisted, pinned, subjects: await read() };
    } catch (error) {
      const reason = reasonOf(error);
      if (reasonCodes[reason.code] === 'usage' || reason.code === 'INTERNAL_ERROR') throw error;
      if (reason.code !== 'IMAGE_NOT_FOUND') return { name, isUnlisted, reason };
      return isUnlisted ? undefined : { name, reason: absentImage(name) };
    } finally {
      step();
    }
  });
  return images.filter((image) => image !== undefined);
}

/** By the registry's catalog, and by what the release lists. */
async function findImages(
  io: Io,
  { listed, repositories, flags }: ReleaseImagesTask,
  namespace: Namespace,
): Promise<readonly WantedImage[]> {
  if (flags.on('offline') === true) {
    refuse('FLAG_CONFLICT', '--offline and --images-from exclude each other', {
      expected: 'no connection, or images of a registry',
    });
  }
  const where = [namespace.registry, namespace.path].filter((part) => part !== '').join('/');
  const before = imagesOfNamespace(namespace, listed, repositories, undefined);
  const hasList = before.some(({ name }) => formatReference(parseReference(name)).startsWith(`${where}/`));
  const transport = await openTransport(io, flags, [namespace.registry]);
  let catalog: readonly string[] | undefined;
  try {
    catalog = await readCatalog(transport, namespace.registry);
  } catch (error) {
    const isUnavailable = error instanceof EdgesealError && error.code === 'REGISTRY_CATALOG_UNAVAILABLE';
    if (!isUnavailable || !hasList) throw error;
    io.stderr(
      `Warning: ${error.message} (${error.reason.found}): images that the release does not list are not seen\n`,
    );
  }
  const found = imagesOfNamespace(namespace, listed, repositories, catalog);
  io.stderr(`Images: ${found.length} to look for in ${where}, tag ${namespace.tag}\n`);
  return found;
}

function stepsOf(io: Io, total: number): () => void {
  let done = 0;
  let next = io.now().getTime() + 1000;
  return () => {
    done++;
    if (io.now().getTime() < next) return;
    next = io.now().getTime() + 1000;
    io.stderr(`reading images: ${done} of ${total}\n`);
  };
}
