import { refuse } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import {
  arrayAt,
  at,
  objectAt,
  objectOf,
  optionalObjectOf,
  stringAt,
  stringOf,
  type Where,
} from '#core/json/shape';
import { member, type JsonObject, type JsonValue } from '#core/json/value';
import { parseDigest } from '#core/oci/digest';
import { limits } from '#core/limits';
import { formatPlatform, parsePlatformObject, type Platform } from '#core/oci/platform';

/** What a base image says that its successor keeps. */
export interface BaseConfig {
  /** User, environment, working directory and so on, as they are written. */
  readonly config: JsonObject;
  readonly history: readonly JsonValue[];
  /** `sha256:HEX` of each layer, unpacked. */
  readonly diffIds: readonly string[];
}

export interface ConfigInput {
  readonly platform: Platform;
  /** RFC 3339, of the source. */
  readonly created: string;
  readonly entrypoint: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly base: BaseConfig | undefined;
  /** `sha256:HEX` of the layer that is added, unpacked. */
  readonly diffId: string;
}

const CREATED_BY = 'edgeseal-release';

/**
 * The configuration of an image: what its base says, with files, entry point and labels of ours.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md
 */
export function imageConfig({ platform, created, entrypoint, labels, base, diffId }: ConfigInput): JsonValue {
  const { os, architecture, variant } = platform;
  // The arguments of a base are those of its own entry point.
  const { Cmd: _arguments, Labels: theirs, ...kept } = base?.config ?? {};
  const inherited = optionalObjectOf(theirs, { code: 'IMAGE_MANIFEST_INVALID', path: 'config.Labels' });
  return {
    created,
    architecture,
    os,
    ...(variant === undefined ? {} : { variant }),
    config: { ...kept, Entrypoint: [...entrypoint], Labels: { ...inherited, ...labels } },
    rootfs: { type: 'layers', diff_ids: [...(base?.diffIds ?? []), diffId] },
    history: [...(base?.history ?? []), { created, created_by: CREATED_BY }],
  };
}

/**
 * Reads the configuration of a base image.
 * @throws IMAGE_MANIFEST_INVALID where it is none, IMAGE_PLATFORM_UNRESOLVED where it is for another platform
 */
export function parseBaseConfig(bytes: Uint8Array, wanted: Platform, name: string): BaseConfig {
  const where: Where = { code: 'IMAGE_MANIFEST_INVALID', path: '' };
  const object = objectOf(parseJsonBytes(bytes, name), where);
  const own = parsePlatformObject(object, where);
  if (own.os !== wanted.os || own.architecture !== wanted.architecture) {
    refuse('IMAGE_PLATFORM_UNRESOLVED', `${name} is for another platform`, {
      expected: formatPlatform(wanted),
      found: JSON.stringify(formatPlatform(own).slice(0, 200)),
    });
  }
  const rootfs = objectAt(object, 'rootfs', where);
  const inRootfs = at(where, 'rootfs');
  if (stringAt(rootfs, 'type', inRootfs) !== 'layers')
    refuse('IMAGE_MANIFEST_INVALID', `${name} has no layers`, { path: 'rootfs.type', expected: '"layers"' });
  const diffIds = arrayAt(rootfs, 'diff_ids', inRootfs, limits.imageLayers).map((item, index) => {
    const here = at(at(inRootfs, 'diff_ids'), index);
    const text = stringOf(item, here);
    parseDigest(text, here.code, here.path);
    return text;
  });
  return {
    config: optionalObjectOf(member(object, 'config'), at(where, 'config')) ?? {},
    history: arrayAt(object, 'history', where),
    diffIds,
  };
}
