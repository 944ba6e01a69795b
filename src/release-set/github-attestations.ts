import { sha256Hex } from '#core/bytes/digest';
import { refuse } from '#core/errors/error';
import { canonicalize } from '#core/json/canonical';
import { arrayAt, at, objectOf, optionalStringAt, type Where } from '#core/json/shape';
import { isObject, member, type JsonObject } from '#core/json/value';
import { nextTarget } from '#core/oci/next-page';
import type { EvidenceItem } from '#core/sigstore/evidence';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { parseAnswer } from './github-answer.ts';

const TOP: Where = { code: 'GITHUB_ANSWER_INVALID', path: '' };

/**
 * One page of what GitHub's attestations API has about a digest: bundles, each its own evidence.
 * @param source what reports call the place, without a number
 * @throws GITHUB_ANSWER_INVALID
 * @see https://docs.github.com/en/rest/repos/attestations
 */
export function parseAttestations(bytes: Uint8Array, source: string): readonly EvidenceItem[] {
  const answer = objectOf(parseAnswer(bytes), TOP);
  return arrayAt(answer, 'attestations', TOP).flatMap((value, index) => {
    const where = at(at(TOP, 'attestations'), index);
    const attestation = objectOf(value, where);
    const bundle = member(attestation, 'bundle');
    if (!isObject(bundle)) return [withoutBundle(attestation, where, source)];
    return parseEvidence(Buffer.from(canonicalize(bundle)), source);
  });
}

/** GitHub keeps some bundles elsewhere, compressed, and names only the place. */
function withoutBundle(attestation: JsonObject, where: Where, source: string): EvidenceItem {
  const isElsewhere = optionalStringAt(attestation, 'bundle_url', where) !== undefined;
  return {
    kind: 'refused',
    digest: sha256Hex(canonicalize(attestation)),
    source,
    reason: {
      code: 'EVIDENCE_UNRECOGNISED',
      message: 'GitHub has an attestation and does not give its bundle',
      path: at(where, 'bundle').path,
      expected: 'a Sigstore bundle',
      found: isElsewhere ? 'only bundle_url, where it is compressed' : 'none',
      hint: 'gh attestation download writes it to a file: put that file into the folder of the release',
    },
  };
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
