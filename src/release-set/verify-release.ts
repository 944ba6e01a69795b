import type { VerifyEcdsaDigest } from '#core/crypto/signature';
import type { Reason } from '#core/errors/reason';
import type { DigestSet } from '#core/in-toto-attestation/types';
import type { EvidenceItem } from '#core/sigstore/evidence';
import type { Verdict } from '#core/verdict/verdict';
import type { Artifact } from '#core/verify/artifact';
import { worstOutcome } from '#core/verify/outcome';
import { missing, type Absent } from './absent.ts';
import { checkCoverage, compareChecksums } from './check-checksums.ts';
import { checkDocuments, checkEvidence, fitsPath } from './check-documents.ts';
import { Claims, keysOf } from './claims.ts';
import type { Expectation } from './expectation.ts';
import { askBy, explainAbsent, findAbsent, itemsOf, judgeFile, type Ask } from './judge-files.ts';
import { memberVerdict, type Ground, type Member } from './member.ts';
import { lastPart } from './path.ts';
import type { ReleaseFile } from './release-file.ts';

export interface ReleaseInput extends Ground {
  /** How the caller calls the release. */
  readonly name: string;
  readonly files: readonly ReleaseFile[];
  readonly images: readonly ReleaseImage[];
  readonly expectation: Expectation;
  readonly now: Date;
  readonly ecdsaDigest?: VerifyEcdsaDigest | undefined;
  /** Called after each file and image. */
  readonly step?: ((done: number) => void) | undefined;
}

/** An image that the release is to have, as its registry gave it, or why it could not be had. */
export type ReleaseImage =
  | {
      readonly name: string;
      /** What may be attested in its place, best first; not empty. */
      readonly subjects: readonly {
        readonly artifact: Artifact;
        readonly evidence: readonly EvidenceItem[];
      }[];
    }
  | { readonly name: string; readonly reason: Reason };

/**
 * A whole release at once: what is there is proven, what should be there is there, and nothing else is. Pure: the
 * same input gives the same verdicts.
 * @returns one verdict for each file, for each thing that is missing and for each image, by name; then the release's
 */
export function verifyRelease(input: ReleaseInput): readonly Verdict[] {
  const { expectation, images, step } = input;
  const files = input.files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const claims = new Claims(files);
  const passed = new Set<string>();
  const ask = askBy(input, input.now, input.ecdsaDigest, passed);
  const here = new Set(
    [...files.map(({ digests }) => digests), ...images.flatMap(digestsOf)].flatMap((digests) =>
      keysOf(digests),
    ),
  );
  const isHere = (digests: DigestSet): boolean => keysOf(digests).some((key) => here.has(key));

  const members: Member[] = [];
  for (const file of files) {
    members.push(judgeFile(file, claims, ask));
    step?.(members.length);
  }
  const ofImages = images.map((image, index) => {
    const verdict = judgeImage(image, claims, ask, input);
    step?.(members.length + index + 1);
    return verdict;
  });
  const refused = new Map<string, Reason>();
  const absent = findAbsent(claims, isHere, ask, refused);
  explainAbsent(members, absent);
  compareChecksums(members, absent);
  checkCoverage(members);
  const { documents } = expectation;
  const check = { members, claims, absent, documents, passed, isHere, images: ofImages };
  checkDocuments(check);
  checkEvidence(check, refused);
  checkNames(members);

  const verdicts = [
    ...members.map(({ file, reasons, verdict }) =>
      memberVerdict(input, file.path, file.digests, reasons, verdict),
    ),
    ...absent.all.map((one) => memberVerdict(input, one.name, one.digests, [missing(one)])),
    ...unmet(expectation, members, absent.all).map(([name, reason]) =>
      memberVerdict(input, name, {}, [reason]),
    ),
    ...ofImages,
  ];
  return [...verdicts, releaseVerdict(input, verdicts)];
}

function digestsOf(image: ReleaseImage): readonly DigestSet[] {
  return 'reason' in image ? [] : image.subjects.map(({ artifact }) => artifact.digests);
}

/** By the attestations of its registry, and those of the release's files; the first that passes counts. */
function judgeImage(image: ReleaseImage, claims: Claims, ask: Ask, ground: Ground): Verdict {
  if ('reason' in image) return memberVerdict(ground, image.name, {}, [image.reason]);
  let first: Verdict | undefined;
  for (const { artifact, evidence } of image.subjects) {
    const verdict = ask(artifact, [...evidence, ...itemsOf(claims.about(artifact.digests))]);
    if (verdict.outcome === 'pass') return verdict;
    if (first === undefined || (first.requirements.length === 0 && verdict.requirements.length > 0))
      first = verdict;
  }
  return first ?? memberVerdict(ground, image.name, {}, [absentImage(image.name)]);
}

/** Why a registry's image that the release names is not there. */
export function absentImage(name: string): Reason {
  return {
    code: 'RELEASE_IMAGE_MISSING',
    message: 'the image belongs to the release and its registry does not have it',
    expected: JSON.stringify(name.slice(0, 300)),
    found: 'no such image',
    hint: 'check the name and the tag; an image that was never pushed, or was taken away, is missing',
  };
}

/** Names that are one name on other file systems: case and Unicode's composition apart. */
function checkNames(members: readonly Member[]): void {
  const names = new Map<string, string>();
  for (const { file, reasons } of members) {
    const folded = file.path.normalize('NFC').toLowerCase();
    const other = names.get(folded);
    if (other === undefined) names.set(folded, file.path);
    else {
      reasons.push({
        code: 'RELEASE_DUPLICATE',
        message: 'two files have the same name where letters are not told apart by case or composition',
        expected: 'one file of a name',
        found: JSON.stringify(other.slice(0, 200)),
      });
    }
  }
}

/** What the expectation asks for and nothing fits, by its glob. */
function unmet(
  { files }: Expectation,
  members: readonly Member[],
  absent: readonly Absent[],
): readonly (readonly [string, Reason])[] {
  return files.flatMap(({ pattern, at }) => {
    const isMet =
      members.some(({ file }) => fitsPath([pattern], file.path)) ||
      absent.some(({ name }) => fitsPath([pattern], lastPart(name)));
    if (isMet) return [];
    const reason: Reason = {
      code: 'RELEASE_FILE_MISSING',
      message: 'the release has no file that the expectation asks for',
      expected: JSON.stringify(pattern.text),
      found: 'no such file',
      at,
    };
    return [[pattern.text, reason] as const];
  });
}

/** The whole release: refused where any part is; empty is refused too. */
function releaseVerdict(input: ReleaseInput, verdicts: readonly Verdict[]): Verdict {
  const isEmpty = input.files.length === 0 && input.images.length === 0;
  const reasons: readonly Reason[] = isEmpty
    ? [
        {
          code: 'RELEASE_FILE_MISSING',
          message: 'the release holds nothing',
          expected: 'at least one file or image',
          found: 'nothing',
        },
      ]
    : [];
  const whole = memberVerdict(input, input.name, {}, reasons);
  return { ...whole, outcome: worstOutcome([], [whole, ...verdicts]) };
}
