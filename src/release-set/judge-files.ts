import type { VerifyEcdsaDigest } from '#core/crypto/signature';
import type { Reason } from '#core/errors/reason';
import type { DigestSet } from '#core/in-toto-attestation/types';
import type { EvidenceItem } from '#core/sigstore/evidence';
import { reasonsAgainst } from '#core/verdict/reasons';
import type { Verdict } from '#core/verdict/verdict';
import type { Artifact } from '#core/verify/artifact';
import { verify } from '#core/verify/verify';
import { AbsentSet, changed, contradicted, renamed } from './absent.ts';
import { isSameContent, type Claim, type Claims, type ClaimedSubject } from './claims.ts';
import { passedIn, type Ground, type Member } from './member.ts';
import { isSameName } from './path.ts';
import type { ReleaseFile } from './release-file.ts';

/** Asks the policy about one thing, by the attestations that name it. */
export type Ask = (artifact: Artifact, evidence: readonly EvidenceItem[]) => Verdict;

/**
 * Asks by this policy.
 * @param passed gets the digests of the attestations that pass
 */
export function askBy(
  { policy, trust }: Ground,
  now: Date,
  ecdsaDigest: VerifyEcdsaDigest | undefined,
  passed: Set<string>,
): Ask {
  return (artifact, evidence) => {
    const verdict = verify({ artifact, evidence, policy, trust, now, ecdsaDigest });
    for (const digest of passedIn(verdict)) passed.add(digest);
    return verdict;
  };
}

/** A file under the policy, and under its own name. */
export function judgeFile(file: ReleaseFile, claims: Claims, ask: Ask): Member {
  const { path, digests, isEmpty, unsafe } = file;
  if (unsafe !== undefined)
    return { file, claims: [], verdict: undefined, standing: 'unsafe', reasons: [unsafe] };
  if (isEmpty) {
    const reason = {
      code: 'RELEASE_FILE_EMPTY' as const,
      message: 'the file is empty',
      hint: 'fetch it again; an upload may have been cut off',
    };
    return { file, claims: [], verdict: undefined, standing: 'empty', reasons: [reason] };
  }
  const about = claims.about(digests);
  if (about.length === 0) return { file, claims: [], verdict: undefined, standing: 'unproven', reasons: [] };
  const verdict = ask({ name: path, kind: 'file', digests }, itemsOf(about));
  if (verdict.outcome !== 'pass') return { file, claims: about, verdict, standing: 'refused', reasons: [] };
  const named = subjectsIn(verdict, about, file);
  const fits = named.length === 0 || named.some(({ name }) => name === undefined || isSameName(name, path));
  return {
    file,
    claims: about,
    verdict,
    standing: fits ? 'proven' : 'renamed',
    reasons: fits ? [] : [renamed(named, path)],
  };
}

export function itemsOf(claims: readonly Claim[]): readonly EvidenceItem[] {
  return claims.map(({ item }) => item);
}

/** The subjects that are the file, in attestations that passed. */
function subjectsIn(
  verdict: Verdict,
  claims: readonly Claim[],
  { digests }: ReleaseFile,
): readonly ClaimedSubject[] {
  const passed = new Set(passedIn(verdict));
  return claims
    .filter(({ digest }) => passed.has(digest))
    .flatMap(({ subjects }) => subjects.filter((subject) => isSameContent(subject.digests, digests)));
}

/**
 * What attestations that pass name and the release does not hold.
 * @param refused gets the first reason against each attestation that names such and does not pass
 */
export function findAbsent(
  claims: Claims,
  isHere: (digests: DigestSet) => boolean,
  ask: Ask,
  refused: Map<string, Reason>,
): AbsentSet {
  const absent = new AbsentSet();
  for (const claim of claims.all) {
    const gone = claim.subjects.filter(({ digests }) => !isHere(digests));
    const [first] = gone;
    if (first === undefined) continue;
    const verdict = ask({ name: first.name ?? 'unnamed', kind: 'file', digests: first.digests }, [
      claim.item,
    ]);
    if (verdict.outcome !== 'pass') {
      const [against] = reasonsAgainst(verdict);
      if (against !== undefined) refused.set(claim.digest, against.reason);
      continue;
    }
    for (const { name: subject, digests } of gone)
      absent.add(subject, digests, { source: claim.source, kind: 'attestation' });
  }
  return absent;
}

/**
 * Gives what is absent to the files that have its name: a file whose own bytes nothing proves was changed; one
 * that is proven has two contents. What stays is missing.
 */
export function explainAbsent(members: readonly Member[], absent: AbsentSet): void {
  for (const one of absent.all.splice(0)) {
    const namesakes = members.filter(({ file }) => isSameName(one.name, file.path));
    const suspect =
      namesakes.find(({ standing }) => standing === 'unproven' || standing === 'refused') ??
      namesakes.find(({ standing }) => standing !== 'proven') ??
      namesakes[0];
    if (suspect === undefined) {
      absent.all.push(one);
      continue;
    }
    absent.explained.push(one);
    if (suspect.standing === 'proven') suspect.reasons.push(contradicted(one));
    else if (suspect.standing === 'unproven' || suspect.standing === 'refused') {
      suspect.standing = 'changed';
      suspect.reasons.push(changed(one, suspect.file.digests));
    }
  }
}
