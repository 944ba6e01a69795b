import { refuse } from '#core/errors/error';
import type { ResourceDescriptor } from '#core/in-toto-attestation/types';
import { parseGitUri, type GitSource } from './git-source.ts';
import type { BoundClaim, Claim } from './claims.ts';

/** The source that a build was triggered for. */
export interface Trigger extends GitSource {
  readonly path: string;
}

/** What the first material, the source, adds to the claims. */
export interface SourceMaterial {
  readonly bound: readonly BoundClaim[];
  /** Set where the material states no ref: then its commit need not be the one that triggered the build. */
  readonly otherSource: { readonly commit: Claim | undefined } | undefined;
}

/**
 * GitHub's builders list the source first among the materials. Its repository is the trigger's; so are ref and
 * commit, but for builders that may build another commit or did not record the ref.
 * @param refMayLack whether the material may come without ref
 * @throws PROVENANCE_INVALID when material and trigger disagree
 */
export function readSourceMaterial(
  trigger: Trigger,
  material: ResourceDescriptor | undefined,
  path: string,
  refMayLack: 'never' | 'same source' | 'other source',
): SourceMaterial {
  const source = parseGitUri(material?.uri ?? '');
  if (material === undefined || source === undefined) {
    return refuse('PROVENANCE_INVALID', 'the provenance does not list its source', {
      path,
      expected: `git+${trigger.repository}`,
      found: JSON.stringify(material?.uri?.slice(0, 200) ?? null),
    });
  }
  const lacksRef = source.ref === undefined && refMayLack !== 'never';
  if (source.repository !== trigger.repository || (source.ref !== trigger.ref && !lacksRef)) {
    refuse('PROVENANCE_INVALID', 'the source that was built is not the one that triggered the build', {
      path: `${path}.uri`,
      expected: `${show(trigger)} (${trigger.path})`,
      found: show(source),
    });
  }
  const commits = commitClaims(material.digest, `${path}.digest`);
  if (lacksRef && refMayLack === 'other source') {
    return { bound: [], otherSource: { commit: commits[0] } };
  }
  return { bound: commits, otherSource: undefined };
}

/** The git commits of a digest set. */
export function commitClaims(digest: ResourceDescriptor['digest'], path: string): readonly BoundClaim[] {
  const claims: BoundClaim[] = [];
  for (const algorithm of ['gitCommit', 'sha1']) {
    const value = digest === undefined || !Object.hasOwn(digest, algorithm) ? undefined : digest[algorithm];
    if (value !== undefined) claims.push({ field: 'commit', value, path: `${path}.${algorithm}` });
  }
  return claims;
}

function show(source: GitSource): string {
  const text = source.ref === undefined ? source.repository : `${source.repository}@${source.ref}`;
  return JSON.stringify(text.slice(0, 300));
}
