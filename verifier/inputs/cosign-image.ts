import { refuse } from '#core/errors/error';
import type { CosignImage } from '#core/io/cosign-wrapper';
import type { Io } from '#core/io/io';
import { writeDockerConfig, type Login } from '#core/oci/docker-login';
import { formatDigest } from '#core/oci/digest';
import { formatReference, parseReference, parseRepository } from '#core/oci/reference';
import type { Artifact } from '#core/verify/artifact';
import { openLayout } from './images.ts';
import { openCredentials, tlsFiles } from './registry.ts';
import type { RegistryFlags } from './registry-flags.ts';

/** An image as cosign is asked about it, and the flags that say how it is read. */
export interface AskableImage {
  readonly about: Omit<CosignImage, 'policies'>;
  readonly flags: Readonly<Record<string, string | undefined>>;
}

/**
 * The image that was verified, by its digest: in its registry, with the credentials that we have for it and no
 * other; or in a layout, if the layout is about it.
 * @param operand as the caller wrote it
 * @throws SECOND_OPINION_UNAVAILABLE, CREDENTIALS_UNAVAILABLE, FILE_*
 */
export async function askableImage(
  io: Io,
  flags: RegistryFlags,
  operand: string,
  { name, digests }: Artifact,
): Promise<AskableImage> {
  const verified = Object.entries(digests).map(([algorithm, value]) => `${algorithm}:${value}`);
  if (flags.on('local-image') === true) {
    const { folder, store } = openLayout(io, operand);
    if (!verified.includes(formatDigest(store.image()))) unaskable('another image than the one it is about');
    const about = { image: io.files.absolute(folder), files: {}, dockerConfig: writeDockerConfig([]) };
    return { about, flags: { 'local-image': 'true' } };
  }
  if (verified.length === 0) unaskable('an image that could not be read');
  const image = { ...parseReference(name), tag: undefined };
  const elsewhere = io.env['COSIGN_REPOSITORY'] || undefined;
  const repositories = [image, ...(elsewhere === undefined ? [] : [parseRepository(elsewhere)])];
  return {
    about: {
      image: formatReference(image),
      files: tlsFiles(io, flags),
      dockerConfig: writeDockerConfig(await loginsFor(io, flags, repositories)),
    },
    flags: {
      'registry-server-name': flags.text('registry-server-name'),
      'allow-http-registry': flags.on('allow-http-registry') === true ? 'true' : undefined,
      'allow-insecure-registry': flags.on('allow-insecure-registry') === true ? 'true' : undefined,
    },
  };
}

async function loginsFor(
  io: Io,
  flags: RegistryFlags,
  [image, ...others]: readonly Parameters<ReturnType<typeof openCredentials>>[0][],
): Promise<readonly Login[]> {
  const network = await io.network?.();
  if (network === undefined || image === undefined) return [];
  const credentials = openCredentials(io, flags, [image.registry], network.runHelper);
  const apart = others.filter(({ registry }) => registry !== image.registry);
  const found = await Promise.all(
    [image, ...apart].map(async (repository): Promise<readonly Login[]> => {
      const own = await credentials(repository);
      return own === undefined ? [] : [{ registry: repository.registry, credentials: own }];
    }),
  );
  return found.flat();
}

function unaskable(found: string): never {
  return refuse('SECOND_OPINION_UNAVAILABLE', 'cosign cannot be asked about this image', {
    expected: 'an image in a registry, known by its digest, or the one image of a layout',
    found,
  });
}
