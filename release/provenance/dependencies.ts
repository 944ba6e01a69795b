import type { JsonObject } from '#core/json/value';
import type { Lock } from '../lock/lock.ts';
import type { Recipe } from './recipe.ts';

/** `git+https://github.com/OWNER/NAME@REF`. */
export function sourceUri({ source }: Lock): string {
  return `git+${source.repository}@${source.ref}`;
}

/**
 * All that was fetched, each by digest: first the source, then the description, then every entry of the lock. Nothing
 * else can be read by a build, so the list is complete.
 * @see https://slsa.dev/spec/v1.2/build-provenance resolvedDependencies
 */
export function resolvedDependencies(lock: Lock, recipe: Recipe): readonly JsonObject[] {
  return [
    { name: 'source', uri: sourceUri(lock), digest: { gitCommit: lock.source.commit } },
    {
      name: 'description',
      uri: recipe.uri,
      digest: { sha256: lock.description },
      annotations: { edgeseal_kind: 'description' },
    },
    ...lock.dependencies.map(({ input, kind, uri, digest, path }) => ({
      name: input,
      uri,
      digest: { ...digest },
      annotations: { edgeseal_kind: kind, ...(path === undefined ? {} : { edgeseal_path: path }) },
    })),
  ];
}
