import type { Reason } from '#core/errors/reason';
import { anyFits } from '#core/policy/pattern';
import type { Pattern } from '#core/policy/policy';
import type { DigestSet } from '#core/in-toto-attestation/types';
import type { Verdict } from '#core/verdict/verdict';
import type { AbsentSet } from './absent.ts';
import { listedByProven } from './check-checksums.ts';
import { isSameContent, keysOf, type Claim, type Claims } from './claims.ts';
import type { Member } from './member.ts';
import { isSameName, lastPart, shownName } from './path.ts';
import type { SbomSubject } from './release-file.ts';

/** Whether an expectation's globs name a path, or its last part. */
export function fitsPath(patterns: readonly Pattern[], path: string): boolean {
  return anyFits(patterns, path) || anyFits(patterns, lastPart(path));
}

/** Files that tell of others: read, about something that is there, and vouched for. Artifacts: proven. */
export interface DocumentCheck {
  readonly members: readonly Member[];
  readonly claims: Claims;
  readonly absent: AbsentSet;
  /** Globs of files that need no provenance. */
  readonly documents: readonly Pattern[];
  /** Digests of attestations that passed. */
  readonly passed: ReadonlySet<string>;
  readonly isHere: (digests: DigestSet) => boolean;
  /** The policy's answers on images. */
  readonly images: readonly Verdict[];
  /** Whether any of the policies enforces. */
  readonly isEnforced: boolean;
}

export function checkDocuments(check: DocumentCheck): void {
  const listed = listedByProven(check.members);
  const carried = new Set(
    check.claims.all.flatMap(({ digest, sbomDigest }) =>
      check.passed.has(digest) && sbomDigest !== undefined ? [sbomDigest] : [],
    ),
  );
  for (const member of check.members) {
    const { document, path, digests } = member.file;
    const isListed = fitsPath(check.documents, path);
    const isUnread = document?.kind === 'broken' && document.reason.code === 'SBOM_FORMAT_UNSUPPORTED';
    if (document?.kind === 'broken' && !(isListed && isUnread))
      member.reasons.push({ path, ...document.reason });
    if (document?.kind === 'sbom') {
      for (const subject of document.sbom.subjects) checkSubject(subject, member, check);
    }
    const isVouched =
      isListed ||
      document?.kind === 'checksums' ||
      document?.kind === 'evidence' ||
      document?.kind === 'broken' ||
      (document?.kind === 'sbom' &&
        (carried.has(document.sbom.canonicalDigest) || keysOf(digests).some((key) => listed.has(key))));
    if (isVouched) continue;
    if (member.standing === 'unproven') member.reasons.push(unproven(document !== undefined));
    else if (check.isEnforced && isOnlyWarnedAbout(member)) member.reasons.push(warnedAbout());
  }
}

function checkSubject(
  subject: SbomSubject,
  member: Member,
  { members, absent, isHere }: DocumentCheck,
): void {
  if (isHere(subject.digests) || absent.hasContent(subject.digests)) return;
  const isToldOf = members.some(
    ({ standing, file }) =>
      (standing === 'changed' || standing === 'empty') &&
      subject.name !== undefined &&
      isSameName(subject.name, file.path),
  );
  if (isToldOf) return;
  member.reasons.push({
    code: 'SBOM_SUBJECT_MISMATCH',
    message: 'the bill of materials is about something that is not here',
    path: subject.path,
    expected: 'a file or an image of this release',
    found: `${subject.name === undefined ? '' : `${shownName(subject.name)} `}${keysOf(subject.digests)[0] ?? ''}`,
  });
}

function unproven(isDocument: boolean): Reason {
  return {
    code: 'RELEASE_FILE_UNPROVEN',
    message: 'no attestation in the release speaks of the file',
    expected: isDocument
      ? 'an attestation that names it or carries it, or a proven checksum file that lists it'
      : 'an attestation that names its digest',
    found: 'none',
    hint: 'what nothing vouches for may have been put there by anybody; a text that needs no provenance is listed under "documents" of --expect',
  };
}

/** Refused, and by no policy that enforces: evidence that does not pass is not better than none. */
function isOnlyWarnedAbout({ standing, verdicts }: Member): boolean {
  return standing === 'refused' && verdicts.every(({ policy }) => policy.mode === 'warn');
}

function warnedAbout(): Reason {
  return {
    code: 'RELEASE_FILE_UNPROVEN',
    message: 'no policy that enforces names the file, and the one that warns refuses it',
    expected: 'an attestation that satisfies the policy that names it',
    found: 'none',
    hint: 'a release holds nothing that nothing proves: satisfy that policy, or name the file in one that enforces',
  };
}

/** Attestations that came to nothing: unreadable, about nothing here, not asked for, or worse than others. */
export function checkEvidence(check: DocumentCheck, refused: ReadonlyMap<string, Reason>): void {
  const byPath = new Map(check.members.map((member) => [member.file.path, member]));
  for (const claim of check.claims.all) {
    const { path, digest } = claim;
    if (path === undefined || check.passed.has(digest) || fitsPath(check.documents, path)) continue;
    const reason = against(claim, check, refused);
    if (reason !== undefined) byPath.get(path)?.reasons.push(reason);
  }
}

/** Undefined: the file that it is about tells of it. */
function against(
  { item, digest, source, subjects }: Claim,
  { members, isHere, images }: DocumentCheck,
  refused: ReadonlyMap<string, Reason>,
): Reason | undefined {
  if (item.kind === 'refused' && subjects.length === 0) return { path: source, ...item.reason };
  if (!subjects.some(({ digests }) => isHere(digests))) {
    const why = refused.get(digest);
    return unused(source, 'the attestation vouches for nothing in the release', {
      found: why === undefined ? 'nothing that can be told by its digest' : `${why.code}: ${why.message}`,
    });
  }
  const about = [...members.flatMap(({ verdicts }) => verdicts), ...images].filter(({ artifact }) =>
    subjects.some(({ digests }) => isSameContent(digests, artifact.digests)),
  );
  const considered = about.flatMap(({ requirements }) =>
    requirements.flatMap(({ attestations, outcome }) =>
      attestations
        .filter((one) => one.digest === digest)
        .map((one) => ({ reason: one.reasons[0], isTold: outcome !== 'pass' })),
    ),
  );
  if (considered.some(({ isTold }) => isTold)) return undefined;
  // The policy could not be asked at all: each of them tells why.
  if (about.length > 0 && about.every(({ reasons }) => reasons.length > 0)) return undefined;
  const [first] = considered;
  if (first?.reason !== undefined) return { ...first.reason, path: source };
  return unused(source, 'the policy asks for no attestation of this type', {
    hint: 'add a requirement for it, or list the file under "documents" of --expect',
  });
}

function unused(path: string, message: string, detail: Pick<Reason, 'found' | 'hint'>): Reason {
  return { code: 'RELEASE_ATTESTATION_UNUSED', message, path, ...detail };
}
