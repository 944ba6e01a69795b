import { loginCredentials } from '#core/io/docker-config';
import { refuse } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import { isObject, member } from '#core/json/value';
import { limits } from '#core/limits';
import { formatDigest, type OciDigest } from '#core/oci/digest';
import { inParallel } from '#core/oci/in-parallel';
import { parseManifest, type Manifest } from '#core/oci/manifest';
import { isIndexType, mediaTypes } from '#core/oci/media-types';
import { formatPlatform, manifestsFor, parsePlatform } from '#core/oci/platform';
import { formatRepository, parseReference, type Repository } from '#core/oci/reference';
import { RegistryRepository } from '#core/oci/registry';
import { Transport } from '#core/oci/transport';
import type { Platform } from '../../description/document.ts';
import type { DependencyKind, LockedDependency } from '../../lock/lock.ts';
import { BUILD_PLATFORM } from '../../plan/build-platform.ts';
import type { Plan, PlannedInput } from '../../plan/plan.ts';
import type { Stored } from '../../store/store.ts';
import { sorted, type FetchContext, type FetchInput } from '../input.ts';

/** Milliseconds for one image. */
const TIMEOUT = 3_600_000;
/** Layers that are fetched at one time. */
const AT_ONCE = 4;

/** An image by its digest: of an index the manifests of the platforms that need it, and all that these name. */
export const fetchImage: FetchInput = async (input, context) => {
  const image = new Image(input, context);
  const own = await image.manifest(image.digest);
  if (own === undefined) return [];
  const manifests =
    own.manifest.kind === 'image'
      ? [own]
      : await inParallel(platformsOf(context.plan, input.name), async (platform) =>
          image.manifest(manifestOf(own.manifest, platform, input.name)),
        );
  const found = new Map<string, LockedDependency>();
  const add = (dependency: LockedDependency | undefined): void => {
    if (dependency?.path !== undefined) found.set(dependency.path, dependency);
  };
  for (const one of manifests) {
    if (one?.manifest.kind !== 'image') continue;
    if (one !== own) add(image.locked('oci-manifest', one.stored, one.digest));
    const { config, layers } = one.manifest;
    add(await image.blob('oci-config', config.digest));
    const blobs = await inParallel(layers, async ({ digest }) => image.blob('oci-layer', digest), AT_ONCE);
    for (const blob of blobs) add(blob);
  }
  const { path: _, ...itself } = image.locked('oci-image', own.stored, own.digest);
  return [itself, ...sorted([...found.values()])];
};

interface FoundManifest {
  readonly digest: OciDigest;
  readonly stored: Stored;
  readonly manifest: Manifest;
}

class Image {
  readonly digest: OciDigest;
  readonly #repository: Repository;
  readonly #input: PlannedInput;
  readonly #context: FetchContext;
  readonly #registry: RegistryRepository | undefined;

  constructor(input: PlannedInput, context: FetchContext) {
    const { digest, ...repository } = parseReference(`${input.from}@${input.digest}`);
    if (digest === undefined) throw new TypeError('a planned image has a digest');
    this.digest = digest;
    this.#repository = repository;
    this.#input = input;
    this.#context = context;
    const { network, env, files } = context;
    this.#registry =
      network &&
      new RegistryRepository(
        new Transport({
          fetch: network.http({}),
          clock: network.clock,
          credentials: loginCredentials({ env, files }, network.runHelper),
          allowHttp: false,
          timeout: TIMEOUT,
        }),
        repository,
      );
  }

  /** Undefined where there is no network and it is not at hand. */
  async manifest(digest: OciDigest): Promise<FoundManifest | undefined> {
    const stored = await this.#get('manifests', digest);
    if (stored === undefined) return undefined;
    const bytes = await this.#context.origins.store.read(stored.sha256, limits.manifest);
    const name = `${formatRepository(this.#repository)}@${formatDigest(digest)}`;
    return { digest, stored, manifest: parseManifest(bytes, typeOf(bytes, name), name) };
  }

  async blob(kind: DependencyKind, digest: OciDigest): Promise<LockedDependency | undefined> {
    const stored = await this.#get('blobs', digest);
    return stored === undefined ? undefined : this.locked(kind, stored, digest);
  }

  locked(kind: DependencyKind, { sha256, size }: Stored, digest: OciDigest): LockedDependency {
    const isBlob = kind === 'oci-config' || kind === 'oci-layer';
    return {
      input: this.#input.name,
      kind,
      uri: isBlob ? this.#address('blobs', digest) : this.#packageUrl(digest),
      digest: { sha256, [digest.algorithm]: digest.hex },
      size,
      path: `blobs/${digest.algorithm}/${digest.hex}`,
    };
  }

  #get(kind: 'manifests' | 'blobs', digest: OciDigest): Promise<Stored | undefined> {
    const registry = this.#registry;
    return this.#context.origins.get({
      name: `${formatRepository(this.#repository)}@${formatDigest(digest)}`,
      digests: { [digest.algorithm]: digest.hex },
      files: [],
      addresses: [],
      ...(registry === undefined ? {} : { ask: async (keep) => registry.receive(kind, digest, keep) }),
    });
  }

  #address(kind: 'blobs', digest: OciDigest): string {
    const { registry, path } = this.#repository;
    return `https://${registry}/v2/${path}/${kind}/${formatDigest(digest)}`;
  }

  /** @see https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md */
  #packageUrl(digest: OciDigest): string {
    const { registry, path } = this.#repository;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const version = encodeURIComponent(formatDigest(digest));
    return `pkg:oci/${name}@${version}?repository_url=${encodeURIComponent(`${registry}/${path}`)}`;
  }
}

/** What a manifest calls itself; where it does not, what it holds. */
function typeOf(bytes: Uint8Array, name: string): string {
  const value = parseJsonBytes(bytes, name);
  const own = isObject(value) ? member(value, 'mediaType') : undefined;
  if (typeof own === 'string') return own;
  return isObject(value) && Object.hasOwn(value, 'manifests') ? mediaTypes.ociIndex : mediaTypes.ociManifest;
}

/**
 * The platforms for which an image is needed: where steps have it as their root, of steps that read it, and of images
 * that begin with it.
 */
function platformsOf(plan: Plan, name: string): readonly Platform[] {
  const isRoot = plan.steps.some(({ root }) => root === name);
  const read = plan.steps.filter(({ reads }) => reads.includes(name)).map(({ platform }) => platform);
  const begun = plan.images
    .filter(({ base }) => base === name)
    .flatMap(({ platforms }) => platforms.map(({ platform }) => platform));
  return [...new Set([...(isRoot ? [BUILD_PLATFORM] : []), ...read, ...begun])].sort();
}

function manifestOf(index: Manifest, wanted: Platform, input: string): OciDigest {
  const platform = parsePlatform(wanted);
  const manifests = index.kind === 'index' ? index.manifests : [];
  const fits = manifestsFor(manifests, platform).filter(({ mediaType }) => !isIndexType(mediaType));
  const [only, ...others] = new Map(fits.map((one) => [formatDigest(one.digest), one.digest])).values();
  if (only !== undefined && others.length === 0) return only;
  return refuse(
    'IMAGE_PLATFORM_UNRESOLVED',
    `the image ${input} has not exactly one manifest for the platform`,
    {
      expected: formatPlatform(platform),
      found: `${fits.length} of ${manifests.length}`,
      hint: 'name the image of the platform by its own digest',
    },
  );
}
