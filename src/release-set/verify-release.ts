import type { VerifyEcdsaDigest } from '#core/crypto/signature';
import type { Reason } from '#core/errors/reason';
import type { DigestSet } from '#core/in-toto-attestation/types';
import type { Policy } from '#core/policy/policy';
import type { Trust } from '#core/trust/trust';
import type { Verdict } from '#core/verdict/verdict';
import { worstOutcome } from '#core/verify/outcome';
import { missing, type Absent } from './absent.ts';
import { askBy, groundPolicy } from './ask.ts';
import { checkCoverage, compareChecksums } from './check-checksums.ts';
import { checkDocuments, checkEvidence, fitsPath } from './check-documents.ts';
import { Claims, keysOf, type FoundEvidence } from './claims.ts';
import type { Expectation } from './expectation.ts';
import { explainAbsent, findAbsent, judgeFile } from './judge-files.ts';
import { explainAbsentImages, judgeImage, type ReleaseImage } from './judge-images.ts';
import { memberVerdict, memberVerdicts, type Ground, type Member } from './member.ts';
import { lastPart } from './path.ts';
import type { ReleaseFile } from './release-file.ts';

export interface ReleaseInput {
  /** How the caller calls the release. */
  readonly name: string;
  readonly files: readonly ReleaseFile[];
  readonly images: readonly ReleaseImage[];
  /** Attestations that are not in the release. */
  readonly elsewhere?: readonly FoundEvidence[] | undefined;
  readonly expectation: Expectation;
  /** Not empty. Each judges what it speaks of; what none speaks of is refused. */
  readonly policies: readonly Policy[];
  readonly trust: Trust;
  readonly now: Date;
  readonly ecdsaDigest?: VerifyEcdsaDigest | undefined;
  /** Called after each file and image. */
  readonly step?: ((done: number) => void) | undefined;
}

/**
 * A whole release at once: what is there is proven, what should be there is there, and nothing else is. Pure: the
 * same input gives the same verdicts.
 * @returns for each file, each thing that is missing and each image a verdict of each policy that speaks of it;
 * then the release's
 */
export function verifyRelease(input: ReleaseInput): readonly Verdict[] {
  const { expectation, images, step } = input;
  const ground: Ground = { policy: groundPolicy(input.policies), trust: input.trust };
  const files = input.files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const claims = new Claims(files, input.elsewhere);
  const passed = new Set<string>();
  const ask = askBy(input, passed);
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
    const one = judgeImage(image, claims, ask);
    step?.(members.length + index + 1);
    return one;
  });
  const refused = new Map<string, Reason>();
  const absent = findAbsent(claims, isHere, ask, refused);
  explainAbsent(members, absent);
  explainAbsentImages(ofImages, absent);
  compareChecksums(members, absent);
  checkCoverage(members);
  const { documents } = expectation;
  const imageVerdicts = ofImages.flatMap(({ verdicts }) => verdicts);
  const isEnforced = ground.policy.mode === 'enforce';
  const check = { members, claims, absent, documents, passed, isHere, images: imageVerdicts, isEnforced };
  checkDocuments(check);
  checkEvidence(check, refused);
  checkNames(members);

  const verdicts = [
    ...members.flatMap(({ file, reasons, verdicts: own }) =>
      memberVerdicts(ground, file.path, file.digests, reasons, own),
    ),
    ...absent.all.map((one) => memberVerdict(ground, one.name, one.digests, [missing(one)])),
    ...unmet(expectation, members, absent.all).map(([name, reason]) =>
      memberVerdict(ground, name, {}, [reason]),
    ),
    ...ofImages.flatMap(({ image, reasons, verdicts: own }) =>
      memberVerdicts(ground, image.name, {}, reasons, own),
    ),
  ];
  return [...verdicts, releaseVerdict(input, ground, verdicts)];
}

function digestsOf(image: ReleaseImage): readonly DigestSet[] {
  return 'reason' in image ? [] : image.subjects.map(({ artifact }) => artifact.digests);
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

/** The whole release: refused where any part is, unless by a policy that only warns; empty is refused too. */
function releaseVerdict(input: ReleaseInput, ground: Ground, verdicts: readonly Verdict[]): Verdict {
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
  const whole = memberVerdict(ground, input.name, {}, reasons);
  const isWarning = ({ outcome, policy }: Verdict): boolean =>
    outcome === 'fail' && policy.mode === 'warn' && ground.policy.mode === 'enforce';
  const parts = verdicts.filter((verdict) => !isWarning(verdict));
  return { ...whole, outcome: worstOutcome([], [whole, ...parts]) };
}
