import { isArray, isObject, member, type JsonValue } from '#core/json/value';
import type { Site } from './site.ts';

/**
 * Refuses inputs that say no digest, before anything else is asked of them: tomorrow they could be other bytes.
 * An image says it in its reference.
 * @param document strict JSON that no schema has seen yet
 * @throws RELEASE_INPUT_UNPINNED
 */
export function checkPinned(document: JsonValue, site: Site): void {
  const inputs = isObject(document) ? member(document, 'inputs') : undefined;
  if (!isArray(inputs)) return;
  for (const [index, input] of inputs.entries()) {
    if (!isObject(input) || Object.hasOwn(input, 'digest') || member(input, 'kind') === 'oci-image') continue;
    site.child('inputs', index).refuse('RELEASE_INPUT_UNPINNED', 'is not pinned', {
      expected: '"digest": "sha256:HEX" of its content',
      found: 'no digest',
      hint: 'fetch it once, look at it, and write its digest here (sha256sum FILE)',
    });
  }
}
