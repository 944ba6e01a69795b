import { refuse } from '#core/errors/error';
import type { Where } from '#core/json/shape';

const URI =
  /^([A-Za-z][A-Za-z0-9+.-]*):(\/\/([^/?#]*))?(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/;
const RESOURCE = /^[a-z][a-z0-9+.-]*:[^\s\p{Cc}]+$/u;

/**
 * A TypeURI: an RFC 3986 URI whose scheme and authority are in lower case. Returns the text as it is.
 * @see https://github.com/in-toto/attestation/blob/main/spec/v1/field_types.md
 * @throws the code of `where`
 */
export function parseTypeUri(text: string, where: Where): string {
  const match = URI.exec(text);
  const scheme = match?.[1] ?? '';
  const authority = match?.[3];
  const isLowerCase =
    scheme === scheme.toLowerCase() && (authority ?? '') === (authority ?? '').toLowerCase();
  if (match !== null && isLowerCase && authority !== '' && text.length > scheme.length + 1) return text;
  return refuseUri(text, 'a type URI (RFC 3986) with scheme and authority in lower case', where);
}

/**
 * A ResourceURI. Real ones carry git refs, which may hold characters that RFC 3986 would escape, so only a
 * scheme and the absence of space and control characters are asked.
 * @throws the code of `where`
 */
export function parseResourceUri(text: string, where: Where): string {
  return RESOURCE.test(text) ? text : refuseUri(text, 'a URI with a scheme in lower case', where);
}

function refuseUri(text: string, expected: string, where: Where): never {
  return refuse(where.code, `${where.path} is not ${expected}`, {
    path: where.path,
    expected,
    found: JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}...` : text),
  });
}
