import { isArray, isObject, member, type JsonValue } from '#core/json/value';
import { shown, type Site } from './site.ts';

/**
 * Refuses inputs that say no digest, before anything else is asked of them: tomorrow they could be other bytes.
 * @param document strict JSON that no schema has seen yet
 * @throws RELEASE_INPUT_UNPINNED
 */
export function checkPinned(document: JsonValue, site: Site): void {
  const inputs = isObject(document) ? member(document, 'inputs') : undefined;
  if (!isArray(inputs)) return;
  for (const [index, input] of inputs.entries()) {
    if (!isObject(input)) continue;
    const image = member(input, 'image');
    if (member(input, 'kind') !== 'oci-image') {
      if (!Object.hasOwn(input, 'digest'))
        site.child('inputs', index).refuse('RELEASE_INPUT_UNPINNED', 'is not pinned', {
          expected: '"digest": "sha256:HEX" of its content',
          found: 'no digest',
          hint: 'fetch it once, look at it, and write its digest here (sha256sum FILE)',
        });
    } else if (typeof image === 'string' && !image.includes('@')) {
      site.child('inputs', index, 'image').refuse('RELEASE_INPUT_UNPINNED', 'is not pinned', {
        expected: 'NAME@sha256:HEX, or NAME:TAG@sha256:HEX',
        found: shown(image),
        hint: 'a tag can be moved to another image at any time; crane digest NAME:TAG says what it is now',
      });
    }
  }
}
