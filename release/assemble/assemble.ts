import { createHash } from 'node:crypto';
import { refuse } from '#core/errors/error';
import { gzip } from '../archive/write-gzip.ts';
import { watched } from '../archive/octets.ts';
import { storedEntry, type StoredFile } from '../archive/stored-file.ts';
import { writeTar } from '../archive/write-tar.ts';
import type { BuiltAsset, BuiltFile, BuiltImage } from '../build/build-record.ts';
import type { Platform } from '../description/document.ts';
import { assembleImage } from '../image/assemble-image.ts';
import { writeLayoutIndex, type LayoutEntry } from '../image/layout-index.ts';
import type { Plan, PlannedAsset, PlannedFile } from '../plan/plan.ts';
import { openBlobs, type Store } from '../store/store.ts';

export interface AssembleInput {
  readonly plan: Plan;
  /** What the steps wrote: the same bytes go into archives and images, and beside them. */
  readonly outputs: readonly BuiltFile[];
  /** Has the outputs and the base images; gets the assets. */
  readonly store: Store;
  /** The folder of the OCI layout that gets the images. */
  readonly layout: string;
  /** Seconds since 1970, the source commit's. */
  readonly sourceDateEpoch: number;
}

export interface Assembled {
  readonly assets: readonly BuiltAsset[];
  readonly images: readonly BuiltImage[];
}

/**
 * Makes what a release is packed in: its assets, in the store, and its images, in a layout that then holds no other.
 * The same outputs give the same bytes.
 * @throws RELEASE_NAME_UNKNOWN where the outputs lack one, and what archives and images are refused for
 */
export async function assemble(input: AssembleInput): Promise<Assembled> {
  const packed = input.plan.assets.filter(({ kind }) => kind === 'file' || kind === 'archive');
  // Compressing takes longest, each on a thread of its own.
  const [assets, images] = await Promise.all([
    Promise.all(packed.map(async (asset) => assembleAsset(asset, input))),
    assembleImages(input),
  ]);
  return { assets, images };
}

async function assembleAsset(
  { name, kind, platform, files = [] }: PlannedAsset,
  input: AssembleInput,
): Promise<BuiltAsset> {
  const { store, sourceDateEpoch: mtime } = input;
  const of = files.map((file) => storedFile(file, platform, input.outputs));
  const [first] = of;
  const sha512 = createHash('sha512');
  const named = { name, ...(platform === undefined ? {} : { platform }) };
  if (kind === 'file' && first !== undefined) {
    for await (const chunk of store.stream(first.sha256)) sha512.update(chunk);
    return { ...named, sha256: first.sha256, size: first.size, sha512: sha512.digest('hex') };
  }
  const archive = gzip(
    writeTar(
      of.map((file) => storedEntry(file, store)),
      { mtime },
    ),
  );
  const stored = await store.put(
    watched(archive, (chunk) => sha512.update(chunk)),
    { name },
  );
  return { ...named, ...stored, sha512: sha512.digest('hex') };
}

async function assembleImages({
  plan,
  outputs,
  store,
  layout,
  sourceDateEpoch,
}: AssembleInput): Promise<readonly BuiltImage[]> {
  const blobs = openBlobs(layout);
  const images: BuiltImage[] = [];
  const entries: LayoutEntry[] = [];
  for (const { references, base, platforms } of plan.images) {
    const order = {
      references,
      base: base === undefined ? undefined : digestOfInput(plan, base),
      platforms: platforms.map(({ platform, files, entrypoint }) => ({
        platform,
        files: files.map(({ output, path }) =>
          storedFile({ output, path: path.slice(1) }, platform, outputs),
        ),
        entrypoint,
      })),
    };
    const labels = labelsOf(plan, sourceDateEpoch);
    const made = await assembleImage(order, { store, blobs, sourceDateEpoch, labels });
    images.push(made.built);
    entries.push(...made.entries);
  }
  await writeLayoutIndex(layout, entries);
  return images;
}

/**
 * What images of a release say of themselves.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md
 */
export function labelsOf(
  { name, version, source }: Plan,
  sourceDateEpoch: number,
): Readonly<Record<string, string>> {
  const prefix = 'org.opencontainers.image';
  return {
    [`${prefix}.created`]: new Date(sourceDateEpoch * 1000).toISOString().replace('.000Z', 'Z'),
    [`${prefix}.revision`]: source.commit,
    [`${prefix}.source`]: source.repository,
    [`${prefix}.title`]: name,
    [`${prefix}.version`]: version,
  };
}

function storedFile(
  { output, path }: PlannedFile,
  platform: Platform | undefined,
  outputs: readonly BuiltFile[],
): StoredFile {
  const built = outputs.find((one) => one.output === output && one.platform === platform);
  if (built !== undefined) {
    const { executable, sha256, size } = built;
    return { path, executable, sha256, size };
  }
  return refuse('RELEASE_NAME_UNKNOWN', 'no step wrote what is to be packed', {
    expected: `${output} for ${platform}`,
    found: 'nothing',
    hint: 'run the build again, from its beginning',
  });
}

/** SHA-256 of an image that is an input, hexadecimal. @throws RELEASE_INPUT_UNPINNED */
export function digestOfInput({ inputs }: Plan, name: string): string {
  const digest = inputs.find((input) => input.name === name)?.digest ?? '';
  const [, hex] = /^sha256:([0-9a-f]{64})$/.exec(digest) ?? [];
  if (hex !== undefined) return hex;
  return refuse('RELEASE_INPUT_UNPINNED', 'a base image is not named by its SHA-256', {
    path: name,
    expected: 'NAME@sha256:HEX',
    found: JSON.stringify(digest.slice(0, 200)),
  });
}
