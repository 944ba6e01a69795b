import { sha256Hex } from '#core/bytes/digest';
import type { Reason } from '#core/errors/reason';
import { aliasOfPredicateType } from '#core/in-toto-attestation/index';
import type { Requirement } from '#core/policy/policy';
import type { Site } from '#core/policy/site';
import type { Signer } from '#core/sigstore/signer';
import type { Examined } from './examine.ts';
import type { Judged } from './judge.ts';

/**
 * Whether enough attestations pass: undefined when not and the attestations' own reasons say why, no reason
 * when it is enough.
 */
export function combine(
  match: Requirement['match'],
  judged: readonly Judged[],
  site: Site,
): readonly Reason[] | undefined {
  const passing = judged.filter((one) => one.passing.length > 0);
  if (match === 'any') return passing.length > 0 ? [] : undefined;
  if (match === 'all') {
    const aboutArtifact = judged.filter((one) => !isAboutAnother(one.examined));
    return passing.length > 0 && passing.length === aboutArtifact.length ? [] : undefined;
  }
  const counted = match.distinctSigners
    ? new Set(passing.flatMap((one) => one.passing.map(signerKey)))
    : new Set(passing.map(({ examined }) => attestationKey(examined)));
  if (counted.size >= match.atLeast) return [];
  const what = match.distinctSigners ? 'different signers' : 'different attestations';
  return [
    {
      code: 'ATTESTATIONS_TOO_FEW',
      message: `too few ${what} pass`,
      expected: `at least ${match.atLeast} ${what}`,
      found: String(counted.size),
      at: site.position('match', 'atLeast'),
      hint: 'the same twice counts once; see below why others did not pass',
    },
  ];
}

/** The reason where nothing of the wanted type is there at all. */
export function missing({ predicateTypes }: Requirement, examined: readonly Examined[], site: Site): Reason {
  const found = new Set(examined.map(({ statement }) => statement?.predicateType));
  const names = [...found]
    .slice(0, 10)
    .map((type) => (type === undefined ? 'a signature without statement' : withAlias(type)));
  const [only] = [...found].filter((type) => type !== undefined);
  return {
    code: 'ATTESTATION_MISSING',
    message: 'the evidence holds no attestation of the type that is asked for',
    expected: predicateTypes.map(withAlias).join(' or '),
    found: names.join(', '),
    at: site.position('predicateType'),
    hint:
      only === undefined
        ? 'ask the publisher for the attestation; a plain signature does not say what the policy asks'
        : `ask the publisher for it, or ask for ${JSON.stringify(aliasOfPredicateType(only) ?? only.slice(0, 200))} if that is what you mean`,
  };
}

/** In one file with attestations of several artifacts, those of the others are no failure of this one. */
function isAboutAnother({ statement, failure }: Examined): boolean {
  return statement !== undefined && failure?.code === 'ARTIFACT_DIGEST_MISMATCH';
}

/** A signer however often it signs: issuer and identity, or the key. */
function signerKey({ kind, identity, issuer, keyDigest }: Signer): string {
  return kind === 'key' ? `key:${keyDigest}` : JSON.stringify([issuer, identity]);
}

/** An attestation however it is wrapped: the bytes that were signed, else the artifact itself. */
function attestationKey({ payload }: Examined): string {
  return payload === undefined ? 'artifact' : sha256Hex(payload);
}

function withAlias(type: string): string {
  const text = JSON.stringify(type.slice(0, 200));
  const alias = aliasOfPredicateType(type);
  return alias === undefined ? text : `${text} (${alias})`;
}
