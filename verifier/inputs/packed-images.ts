import { checkPackSize, type PackedImage } from '#core/bundle/evidence-pack';
import { EdgesealError, refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { formatDigest, parseDigest, type OciDigest } from '#core/oci/digest';
import { Layout } from '#core/oci/layout';
import { LayoutRecord } from '#core/oci/layout-record';
import { formatPlatform, parsePlatform } from '#core/oci/platform';
import { formatReference, parseReference } from '#core/oci/reference';
import type { Subject } from '../judge.ts';
import { findPlaces, readSubjects, type ImageTask, type Place } from './images.ts';

/**
 * Packs images: what registries, or layouts, say about them, as it was said.
 * @throws EVIDENCE_EMPTY, INPUT_TOO_LARGE as soon as the pack could not be read, ...
 */
export async function packImages(io: Io, task: ImageTask): Promise<readonly PackedImage[]> {
  if (task.operands.length === 0) return [];
  const places = await findPlaces(io, task);
  const packed: PackedImage[] = [];
  let octets = 0;
  for (const [index, place] of places.entries()) {
    const image = await packImage(place, task.operands[index] ?? '', task.wanted);
    for (const { bytes } of image.files) octets += base64Length(bytes);
    checkPackSize(octets);
    packed.push(image);
  }
  return packed;
}

const base64Length = ({ length }: Uint8Array): number => 4 * Math.ceil(length / 3);

async function packImage(place: Place, operand: string, wanted: ImageTask['wanted']): Promise<PackedImage> {
  const record = new LayoutRecord();
  const [store, attestations] = [record.of(place.store), record.of(place.attestations)];
  const found = await readSubjects({ ...place, store, attestations }, wanted);
  if (found.every(({ evidence }) => evidence.length === 0)) {
    refuse('EVIDENCE_EMPTY', 'nothing is attached to the image', {
      expected: 'at least one attestation',
      found: JSON.stringify(operand.slice(0, 300)),
    });
  }
  const outermost = outermostOf(found);
  return {
    name: withoutDigest(place.named(outermost)),
    digest: formatDigest(outermost),
    platform: place.platform === undefined ? undefined : formatPlatform(place.platform),
    files: record.files(),
  };
}

/** What the image was found by: itself, or the outermost index that holds it. */
function outermostOf(found: readonly Subject[]): OciDigest {
  const [algorithm = '', hex = ''] = Object.entries(found.at(-1)?.artifact.digests ?? {})[0] ?? [];
  return parseDigest(`${algorithm}:${hex}`, 'IMAGE_REFERENCE_INVALID');
}

const withoutDigest = (name: string): string => name.slice(0, name.lastIndexOf('@'));

/** An image in a pack, to be read as it would be from its registry. */
export interface LoadedImage {
  readonly name: string;
  readonly digest: OciDigest;
  readonly read: (wanted: readonly string[]) => Promise<readonly Subject[]>;
}

/** @throws IMAGE_REFERENCE_INVALID, IMAGE_LAYOUT_INVALID, FLAG_VALUE_INVALID, JSON_* */
export function loadImage({ name, digest: text, platform, files }: PackedImage): LoadedImage {
  const digest = parseDigest(text, 'IMAGE_REFERENCE_INVALID');
  const contents = new Map(files.map((file) => [file.name, file.bytes]));
  const read = (path: string): Uint8Array =>
    contents.get(path) ?? refuse('FILE_NOT_FOUND', `the pack has no ${path} of ${JSON.stringify(name)}`);
  const store = new Layout(read, name);
  const place: Place = {
    store,
    attestations: store,
    at: { digest },
    platform: platform === undefined ? undefined : parsePlatform(platform),
    named: (one) => `${name}@${formatDigest(one)}`,
  };
  return { name, digest, read: async (wanted) => readSubjects(place, wanted) };
}

/** The image that an operand means: by its name in any spelling, by its digest, or by both. */
export function imageNamed(images: readonly LoadedImage[], operand: string): LoadedImage | undefined {
  const spelled = spell(operand);
  return images.find(({ name, digest }) => {
    const text = formatDigest(digest);
    return [name, text, `${name}@${text}`].some((one) => one === operand || one === spelled);
  });
}

function spell(operand: string): string | undefined {
  try {
    return formatReference(parseReference(operand));
  } catch (error) {
    if (error instanceof EdgesealError) return undefined;
    throw error;
  }
}
