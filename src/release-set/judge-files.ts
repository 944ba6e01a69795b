import type { Reason } from '#core/errors/reason';
import type { DigestSet } from '#core/in-toto-attestation/types';
import type { EvidenceItem } from '#core/sigstore/evidence';
import { reasonsAgainst } from '#core/verdict/reasons';
import type { Verdict } from '#core/verdict/verdict';
import { AbsentSet, changed, contradicted, renamed } from './absent.ts';
import type { Artifact } from '#core/verify/artifact';
import { isAccepted, type Ask } from './ask.ts';
import { isSameContent, type Claim, type Claims, type ClaimedSubject } from './claims.ts';
import { passedIn, type Member } from './member.ts';
import { isSameName } from './path.ts';
import type { ReleaseFile } from './release-file.ts';

/** A file under the policy, and under its own name. */
export function judgeFile(file: ReleaseFile, claims: Claims, ask: Ask): Member {
  const { path, digests, isEmpty, unsafe } = file;
  if (unsafe !== undefined) return { file, claims: [], verdicts: [], standing: 'unsafe', reasons: [unsafe] };
  if (isEmpty) {
    const reason = {
      code: 'RELEASE_FILE_EMPTY' as const,
      message: 'the file is empty',
      hint: 'fetch it again; an upload may have been cut off',
    };
    return { file, claims: [], verdicts: [], standing: 'empty', reasons: [reason] };
  }
  const about = claims.about(digests);
  if (about.length === 0) return { file, claims: [], verdicts: [], standing: 'unproven', reasons: [] };
  const verdicts = ask.of({ name: path, kind: 'file', digests }, itemsOf(about));
  if (!isAccepted(verdicts)) return { file, claims: about, verdicts, standing: 'refused', reasons: [] };
  const named = subjectsIn(verdicts, about, file);
  const fits = named.length === 0 || named.some(({ name }) => name === undefined || isSameName(name, path));
  return {
    file,
    claims: about,
    verdicts,
    standing: fits ? 'proven' : 'renamed',
    reasons: fits ? [] : [renamed(named, path)],
  };
}

export function itemsOf(claims: readonly Claim[]): readonly EvidenceItem[] {
  return claims.map(({ item }) => item);
}

/** The subjects that are the file, in attestations that passed. */
function subjectsIn(
  verdicts: readonly Verdict[],
  claims: readonly Claim[],
  { digests }: ReleaseFile,
): readonly ClaimedSubject[] {
  const passed = new Set(passedIn(verdicts));
  return claims
    .filter(({ digest }) => passed.has(digest))
    .flatMap(({ subjects }) => subjects.filter((subject) => isSameContent(subject.digests, digests)));
}

/**
 * What attestations that pass name and the release does not hold. All that name a thing are asked about it
 * together, as they are about a file: of several requirements each may be satisfied by another.
 * @param refused gets the first reason against each attestation that names such and does not pass
 */
export function findAbsent(
  claims: Claims,
  isHere: (digests: DigestSet) => boolean,
  ask: Ask,
  refused: Map<string, Reason>,
): AbsentSet {
  const absent = new AbsentSet();
  const answers = new Map<string, readonly Verdict[]>();
  for (const claim of claims.all) {
    for (const { name, digests, within = [] } of claim.subjects) {
      // What is in something that is here is there with it.
      if (isHere(digests) || within.some((key) => isHere({ sha256: key.slice('sha256:'.length) }))) continue;
      const artifact: Artifact = { name: name ?? 'unnamed', kind: 'file', digests };
      const known = claims.about(digests);
      const about = known.length > 0 ? known : [claim];
      // The same attestations under the same requirements have the same answer, whatever they name.
      const key = [...about.map(({ digest }) => digest), ...ask.requirementsOf(artifact)].join();
      const verdicts = answers.get(key) ?? ask.of(artifact, itemsOf(about));
      answers.set(key, verdicts);
      if (passedIn(verdicts).includes(claim.digest)) {
        absent.add(name, digests, { source: claim.source, kind: 'attestation' });
        continue;
      }
      const against = verdicts
        .flatMap(reasonsAgainst)
        .find(({ attestation }) => attestation === undefined || attestation.digest === claim.digest);
      if (against !== undefined && !refused.has(claim.digest)) refused.set(claim.digest, against.reason);
    }
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
