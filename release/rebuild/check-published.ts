import { refuse } from '#core/errors/error';
import type { Lock } from '../lock/lock.ts';
import type { BuiltAgain } from './build-again.ts';
import { dependencyKey, type Published } from './published.ts';

/** How published digests fare in a second build. */
export interface PublishedComparison {
  /** Subjects with the same bytes. */
  readonly equal: number;
  /** Bills of materials, which no build makes. */
  readonly passedOver: number;
}

const BILL = '.cdx.json';

/**
 * Everything that was fetched must be what the provenance lists, no less and no more.
 * @throws RELEASE_CONTENT_MISMATCH
 */
export function checkInputs({ dependencies }: Published, lock: Lock): void {
  const fetched = new Set(lock.dependencies.map(({ uri, digest }) => dependencyKey(uri, digest)));
  const lacks = [...dependencies].find((one) => !fetched.has(one));
  const more = [...fetched].find((one) => !dependencies.has(one));
  if (lacks === undefined && more === undefined) return;
  refuse('RELEASE_CONTENT_MISMATCH', 'what was fetched is not what the provenance lists', {
    expected: lacks?.slice(0, 500) ?? 'nothing more',
    found: more?.slice(0, 500) ?? 'nothing of it',
    hint: 'is the description the one that was built? or the provenance does not tell all',
  });
}

/**
 * Every file and image that the provenance is about must have been made again.
 * @throws REBUILD_DIFFERS
 */
export function checkSubjects({ statements }: Published, { made }: BuiltAgain): PublishedComparison {
  const digests = new Set([
    ...made.outputs.map(({ sha256 }) => sha256),
    ...made.assets.map(({ sha256 }) => sha256),
    ...made.images.flatMap(({ digest, platforms }) =>
      [digest, ...platforms.map((one) => one.digest)].map(hexOf),
    ),
  ]);
  let equal = 0;
  let passedOver = 0;
  for (const { about, subjects } of statements) {
    for (const { name = '', digest } of subjects) {
      const sha256 = digest['sha256'] ?? '';
      if (digests.has(sha256)) equal++;
      else if (name.endsWith(BILL)) passedOver++;
      else differs(about, name, sha256, made.assets.find((asset) => asset.name === name)?.sha256);
    }
  }
  return { equal, passedOver };
}

function differs(about: string, name: string, published: string, own: string | undefined): never {
  refuse(
    'REBUILD_DIFFERS',
    `a second build of ${about} did not make ${JSON.stringify(name.slice(0, 200))} as it was published`,
    {
      expected: `sha256:${published}`,
      found: own === undefined ? 'no file or image with these bytes' : `sha256:${own}`,
      hint: 'build it with the version of edgeseal-release and of Node.js that the provenance names; rebuild in a work folder of a build shows where bytes differ',
    },
  );
}

function hexOf(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1);
}
