import { refuse } from '#core/errors/error';
import { arrayOf, at, objectOf, optionalStringAt, wrong, type Where } from '#core/json/shape';
import { parseJsonBytes } from '#core/json/parse';
import { member, type JsonObject, type JsonValue } from '#core/json/value';
import { limits } from '#core/limits';
import { annotationsAt, parseDescriptor, type Annotations, type Descriptor } from './descriptor.ts';
import { isIndexType, MANIFEST_TYPES } from './media-types.ts';

interface Common {
  readonly mediaType: string;
  readonly artifactType: string | undefined;
  readonly annotations: Annotations;
  /** What it is attached to. */
  readonly subject: Descriptor | undefined;
}

export type Manifest =
  | (Common & { readonly kind: 'image'; readonly config: Descriptor; readonly layers: readonly Descriptor[] })
  | (Common & { readonly kind: 'index'; readonly manifests: readonly Descriptor[] });

/**
 * A manifest or an index, OCI's or Docker's. What a manifest calls itself must be what it was served as: the
 * same bytes read in two ways show one image to the verifier and another to the runtime (CVE-2021-41190).
 * @param mediaType as what it was served
 * @param name for messages
 * @throws IMAGE_MANIFEST_INVALID, JSON_*, UTF8_INVALID
 * @see https://github.com/opencontainers/image-spec/blob/main/manifest.md
 */
export function parseManifest(bytes: Uint8Array, mediaType: string, name: string): Manifest {
  const where: Where = { code: 'IMAGE_MANIFEST_INVALID', path: '' };
  if (!MANIFEST_TYPES.includes(mediaType)) {
    refuse('IMAGE_MANIFEST_INVALID', `${name} is not a manifest of a kind that is read`, {
      path: 'mediaType',
      expected: MANIFEST_TYPES.join(' or '),
      found: JSON.stringify(mediaType.slice(0, 200)),
    });
  }
  const object = objectOf(parseJsonBytes(bytes, name), where);
  if (member(object, 'schemaVersion') !== 2)
    wrong(member(object, 'schemaVersion'), '2', at(where, 'schemaVersion'));
  const own = optionalStringAt(object, 'mediaType', where);
  if (own !== undefined && own !== mediaType) {
    refuse('IMAGE_MANIFEST_INVALID', `${name} calls itself another type than it was served as`, {
      path: 'mediaType',
      expected: mediaType,
      found: JSON.stringify(own.slice(0, 200)),
    });
  }
  const subject = member(object, 'subject');
  const common: Common = {
    mediaType,
    artifactType: optionalStringAt(object, 'artifactType', where),
    annotations: annotationsAt(object, where),
    subject:
      subject === undefined || subject === null ? undefined : parseDescriptor(subject, at(where, 'subject')),
  };
  return isIndexType(mediaType) ? readIndex(object, common, where) : readImage(object, common, where);
}

function readImage(object: JsonObject, common: Common, where: Where): Manifest {
  notBoth(object, 'manifests', where);
  const layers = required(object, 'layers', where);
  return {
    ...common,
    kind: 'image',
    config: parseDescriptor(member(object, 'config'), at(where, 'config')),
    layers: descriptors(layers, at(where, 'layers'), limits.imageLayers),
  };
}

function readIndex(object: JsonObject, common: Common, where: Where): Manifest {
  notBoth(object, 'layers', where);
  const manifests = required(object, 'manifests', where);
  return {
    ...common,
    kind: 'index',
    manifests: descriptors(manifests, at(where, 'manifests'), limits.indexManifests),
  };
}

function descriptors(value: JsonValue, where: Where, max: number): readonly Descriptor[] {
  return arrayOf(value, where, max).map((item, index) => parseDescriptor(item, at(where, index)));
}

/** An empty list may be written as null: Go does so. */
function required(object: JsonObject, key: string, where: Where): JsonValue {
  const value = member(object, key);
  return value === undefined ? wrong(value, 'an array', at(where, key)) : value;
}

function notBoth(object: JsonObject, other: string, where: Where): void {
  if (member(object, other) === undefined) return;
  refuse('IMAGE_MANIFEST_INVALID', 'a manifest that is an image and an index at once', {
    path: at(where, other).path,
    expected: `no ${other} in this type`,
    found: other,
  });
}
