import type { JsonObject, JsonValue } from '#core/json/value';
import { member } from '#core/json/value';
import {
  at,
  objectOf,
  optionalObjectOf,
  optionalStringAt,
  stringAt,
  stringOf,
  wrong,
  type Where,
} from '#core/json/shape';
import { parseDigest, type OciDigest } from './digest.ts';
import { parsePlatformObject, type Platform } from './platform.ts';

/** What a manifest says of other content. Its data, where embedded, is not used. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: OciDigest;
  /** Octets. */
  readonly size: number;
  readonly artifactType: string | undefined;
  readonly annotations: Annotations;
  readonly platform: Platform | undefined;
}

export type Annotations = Readonly<Record<string, string>>;

/**
 * @see https://github.com/opencontainers/image-spec/blob/main/descriptor.md
 * @throws the code of `where`
 */
export function parseDescriptor(value: JsonValue | undefined, where: Where): Descriptor {
  const object = objectOf(value, where);
  const platform = optionalObjectOf(member(object, 'platform'), at(where, 'platform'));
  return {
    mediaType: stringAt(object, 'mediaType', where),
    digest: parseDigest(stringAt(object, 'digest', where), where.code, at(where, 'digest').path),
    size: sizeOf(member(object, 'size'), at(where, 'size')),
    artifactType: optionalStringAt(object, 'artifactType', where),
    annotations: annotationsAt(object, where),
    platform: platform === undefined ? undefined : parsePlatformObject(platform, at(where, 'platform')),
  };
}

/** The member `annotations`: texts by name. */
export function annotationsAt(object: JsonObject, where: Where): Annotations {
  const here = at(where, 'annotations');
  const annotations = optionalObjectOf(member(object, 'annotations'), here);
  if (annotations === undefined) return {};
  return Object.fromEntries(
    Object.entries(annotations).map(([key, text]) => [key, stringOf(text, at(here, key))]),
  );
}

/** The annotation, where it is there and not empty. */
export function annotation(annotations: Annotations, name: string): string | undefined {
  const value = Object.hasOwn(annotations, name) ? annotations[name] : undefined;
  return value === '' ? undefined : value;
}

function sizeOf(value: JsonValue | undefined, where: Where): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  return wrong(value, 'a number of octets', where);
}
