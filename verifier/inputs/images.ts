import { basename, join } from 'node:path';
import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { formatDigest, parseDigest, type OciDigest } from '#core/oci/digest';
import type { ImageStore } from '#core/oci/image-store';
import { Layout } from '#core/oci/layout';
import { parsePlatform, type Platform } from '#core/oci/platform';
import { readImage, type ReadImage, type ReadImageInput } from '#core/oci/read-image';
import { formatReference, parseReference, parseRepository, type ImageReference } from '#core/oci/reference';
import { RegistryRepository } from '#core/oci/registry';
import type { Policy } from '#core/policy/policy';
import type { Subject } from '../judge.ts';
import { openTransport } from './registry.ts';
import type { RegistryFlags } from './registry-flags.ts';

/** Reads one image: what may be attested in its place, best first, each with its attestations. */
export type ReadSubjects = () => Promise<readonly Subject[]>;

export interface ImageTask {
  readonly operands: readonly string[];
  readonly flags: RegistryFlags & { on(name: 'offline'): boolean | undefined };
  /** Predicate types that are asked for; none = all. */
  readonly wanted: ReadImageInput['wanted'];
  /** Called and waited for whenever the lists of what is attached to an image are asked for. */
  readonly asked?: ReadImageInput['asked'];
  /** `--provenance-repository`; else COSIGN_REPOSITORY. */
  readonly repository?: string | undefined;
}

/**
 * The images that operands name, in a registry or in layouts. Nothing is asked before the returned functions
 * are called.
 * @throws IMAGE_REFERENCE_INVALID, FLAG_CONFLICT, FLAG_VALUE_INVALID, FILE_*, IMAGE_LAYOUT_INVALID
 */
export async function openImages(io: Io, task: ImageTask): Promise<readonly ReadSubjects[]> {
  const places = await findPlaces(io, task);
  return places.map((place) => async () => readSubjects(place, task.wanted, task.asked));
}

/**
 * Where the images that operands name are, and what is attached to them.
 * @throws IMAGE_REFERENCE_INVALID, FLAG_CONFLICT, FLAG_VALUE_INVALID, FILE_*, IMAGE_LAYOUT_INVALID
 */
export async function findPlaces(
  io: Io,
  task: Omit<ImageTask, 'wanted' | 'asked'>,
): Promise<readonly Place[]> {
  const { operands, flags } = task;
  const wish = flags.text('platform');
  const platform = wish === undefined ? undefined : parsePlatform(wish);
  if (flags.on('local-image') === true) {
    return operands.map((operand) => {
      const { store, digest } = openLayout(io, operand);
      const named = (one: OciDigest): string => `${store.name}@${formatDigest(one)}`;
      return { store, attestations: store, at: { digest }, platform, named };
    });
  }
  if (flags.on('offline') === true) {
    refuse('FLAG_CONFLICT', '--offline and an image in a registry exclude each other', {
      expected: 'no connection: a folder by --local-image, or attestations by --bundle',
      hint: "cosign's --offline only keeps it from asking the log, which edgeseal never does: leave it out",
    });
  }
  const references = operands.map((operand) => parseReference(operand));
  const elsewhere = task.repository ?? (io.env['COSIGN_REPOSITORY'] || undefined);
  const transport = await openTransport(
    io,
    flags,
    references.map(({ registry }) => registry),
  );
  const attestations =
    elsewhere === undefined ? undefined : new RegistryRepository(transport, parseRepository(elsewhere));
  return references.map((reference) => {
    const store = new RegistryRepository(transport, reference);
    const named = (digest: OciDigest): string => formatReference({ ...reference, digest });
    return { store, attestations: attestations ?? store, at: placeOf(reference), platform, named };
  });
}

/** Predicate types that the policies ask for; none where one of them asks for any. */
export function wantedTypes(policies: readonly Policy[]): readonly string[] {
  const requirements = policies.flatMap((policy) => policy.requirements);
  if (requirements.some(({ predicateTypes }) => predicateTypes.length === 0)) return [];
  return [...new Set(requirements.flatMap(({ predicateTypes }) => predicateTypes))];
}

/** Where one image is, and what is attached to it. */
export interface Place {
  readonly store: ImageStore;
  readonly attestations: ImageStore;
  readonly at: ReadImageInput['at'];
  readonly platform: Platform | undefined;
  readonly named: (digest: OciDigest) => string;
}

/** Where nothing is of the types that are asked for, the others are read, so that the verdict can name them. */
export async function readSubjects(
  place: Place,
  wanted: ReadImageInput['wanted'],
  asked?: ReadImageInput['asked'],
): Promise<readonly Subject[]> {
  const { store: image, attestations, at, platform, named } = place;
  const read = async (types: ReadImageInput['wanted']): Promise<ReadImage['attested']> =>
    (await readImage({ image, attestations, at, platform, wanted: types, asked })).attested;
  let attested = await read(wanted);
  if (attested.every(({ items }) => items.length === 0) && attested.some(({ skipped }) => skipped.length > 0))
    attested = await read([]);
  return attested.map(({ digest, items }) => ({
    artifact: { name: named(digest), kind: 'image', digests: { [digest.algorithm]: digest.hex } },
    evidence: items,
  }));
}

function placeOf({ tag, digest }: ImageReference): ReadImageInput['at'] {
  return digest === undefined ? { tag: tag ?? 'latest' } : { digest };
}

/** The layout in a folder, and the image in it that is meant. */
export function openLayout(
  io: Io,
  operand: string,
): { readonly folder: string; readonly store: Layout; readonly digest: OciDigest } {
  const at = operand.lastIndexOf('@sha');
  const folder = at < 0 ? operand : operand.slice(0, at);
  const list = (): readonly string[] =>
    (io.files.list(join(folder, 'blobs', 'sha256')) ?? []).map(({ name }) => name);
  const store = new Layout((path, limit) => io.files.read(join(folder, path), limit), basename(folder), list);
  const digest = at < 0 ? store.image() : parseDigest(operand.slice(at + 1), 'IMAGE_REFERENCE_INVALID');
  return { folder, store, digest };
}
