import { fromBase64Either } from '#core/bytes/base64';
import { refuse } from '#core/errors/error';
import { isObject, member } from '#core/json/value';
import { parseJsonBytes } from '#core/json/parse';
import type { TufTarget } from './tuf.ts';
import { PUBLIC_GOOD_MIRROR, targetPath } from './tuf.ts';

/**
 * A target of the public-good instance as it stands in the seeds that @sigstore/tuf ships (its seeds.json).
 * No network, no TUF client: also for an executable that carries the seeds inside.
 * @throws TRUST_ROOT_UNAVAILABLE
 */
export function seededTarget(seeds: Uint8Array, target: TufTarget): Uint8Array {
  const document = parseJsonBytes(seeds, 'the embedded trust');
  const mirror = isObject(document) ? member(document, PUBLIC_GOOD_MIRROR) : undefined;
  const targets = isObject(mirror) ? member(mirror, 'targets') : undefined;
  const content = isObject(targets) ? member(targets, encodeURIComponent(targetPath(target))) : undefined;
  if (typeof content !== 'string') {
    return refuse('TRUST_ROOT_UNAVAILABLE', `the embedded trust holds no ${target}`, {
      hint: 'give one by --trusted-root',
    });
  }
  return fromBase64Either(content, target);
}
