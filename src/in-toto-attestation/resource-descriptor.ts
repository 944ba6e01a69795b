import { fromBase64 } from '#core/bytes/base64';
import { refuse } from '#core/errors/error';
import { at, objectOf, optionalObjectOf, optionalStringAt, type Where } from '#core/json/shape';
import { member, type JsonObject, type JsonValue } from '#core/json/value';
import { parseDigestSet } from './digest-set.ts';
import { parseResourceUri } from './uri.ts';
import type { DigestSet, ResourceDescriptor } from './types.ts';

/**
 * A ResourceDescriptor: at least one of uri, digest and content; unset, null and empty are one. Unknown
 * fields are ignored, as the specification asks.
 * @see https://github.com/in-toto/attestation/blob/main/spec/v1/resource_descriptor.md
 * @throws the code of `where` for a wrong shape, RESOURCE_DESCRIPTOR_INVALID, DIGEST_INVALID, BASE64_INVALID
 */
export function parseResourceDescriptor(value: JsonValue | undefined, where: Where): ResourceDescriptor {
  const object = objectOf(value, where);
  const uri = textAt(object, 'uri', where);
  const digest = digestAt(object, where);
  const content = contentAt(object, where);
  if (uri === undefined && digest === undefined && content === undefined) {
    refuse('RESOURCE_DESCRIPTOR_INVALID', `${where.path} names no resource`, {
      path: where.path,
      expected: 'at least one of uri, digest, content',
      found: Object.keys(object).length === 0 ? 'an empty object' : 'none of them',
    });
  }
  if (uri !== undefined) {
    parseResourceUri(uri, { code: 'RESOURCE_DESCRIPTOR_INVALID', path: at(where, 'uri').path });
  }
  return {
    name: textAt(object, 'name', where),
    uri,
    digest,
    content,
    downloadLocation: textAt(object, 'downloadLocation', where),
    mediaType: textAt(object, 'mediaType', where),
    annotations: optionalObjectOf(member(object, 'annotations'), at(where, 'annotations')),
  };
}

function textAt(object: JsonObject, key: string, where: Where): string | undefined {
  const text = optionalStringAt(object, key, where);
  return text === '' ? undefined : text;
}

function digestAt(object: JsonObject, where: Where): DigestSet | undefined {
  const value = member(object, 'digest');
  if (value === undefined || value === null) return undefined;
  const digest = parseDigestSet(value, at(where, 'digest'));
  return Object.keys(digest).length === 0 ? undefined : digest;
}

function contentAt(object: JsonObject, where: Where): Uint8Array | undefined {
  const text = textAt(object, 'content', where);
  return text === undefined ? undefined : fromBase64(text, at(where, 'content').path);
}
