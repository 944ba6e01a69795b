import { refuse } from '#core/errors/error';
import { canonicalize } from '#core/json/canonical';
import { arrayAt, at, objectOf, optionalStringAt, type Where } from '#core/json/shape';
import { isObject, member } from '#core/json/value';
import { nextTarget } from '#core/oci/next-page';
import { parseAnswer } from './github-answer.ts';

const TOP: Where = { code: 'GITHUB_ANSWER_INVALID', path: '' };

/** An attestation as GitHub lists it. */
export interface GithubAttestation {
  /** Canonical JSON of what is listed. */
  readonly listed: string;
  /** Canonical JSON of the bundle, where GitHub gives it. */
  readonly bundle: string | undefined;
  /** Where the bundle is, else. */
  readonly url: string | undefined;
}

/**
 * One page of what GitHub's attestations API has about a digest.
 * @throws GITHUB_ANSWER_INVALID
 * @see https://docs.github.com/en/rest/repos/attestations
 */
export function parseAttestations(bytes: Uint8Array): readonly GithubAttestation[] {
  const answer = objectOf(parseAnswer(bytes), TOP);
  return arrayAt(answer, 'attestations', TOP).map((value, index) => {
    const where = at(at(TOP, 'attestations'), index);
    const attestation = objectOf(value, where);
    const bundle = member(attestation, 'bundle');
    return {
      listed: canonicalize(attestation),
      bundle: isObject(bundle) ? canonicalize(bundle) : undefined,
      url: optionalStringAt(attestation, 'bundle_url', where),
    };
  });
}

/** The cursor of the next page; undefined on the last one. @throws GITHUB_ANSWER_INVALID */
export function nextCursor(link: string | undefined): string | undefined {
  const target = nextTarget(link);
  if (target === undefined) return undefined;
  const url = URL.canParse(target) ? new URL(target) : undefined;
  return (
    url?.searchParams.get('after') ??
    refuse('GITHUB_ANSWER_INVALID', 'GitHub names a next page and not where it begins', {
      path: 'link',
      expected: 'an address with after=CURSOR',
      found: JSON.stringify(target.slice(0, 200)),
    })
  );
}
