import type { Reason } from '#core/errors/reason';
import type { EvidenceItem } from '#core/sigstore/evidence';
import type { Verdict } from '#core/verdict/verdict';
import type { Artifact } from '#core/verify/artifact';
import type { Absent, AbsentSet } from './absent.ts';
import { sourcesOf } from './absent.ts';
import { isAccepted, type Ask } from './ask.ts';
import { claimOf, isSameContent, keysOf, type Claims } from './claims.ts';
import { isSameRepository, mayMeanImage } from './image-name.ts';
import { itemsOf } from './judge-files.ts';
import { passedIn } from './member.ts';
import { shownName } from './path.ts';

/** An image of the release, as its registry gave it, or why it could not be had. */
export type ReleaseImage = {
  readonly name: string;
  /** It was found where the release's images are, and the release does not list it. */
  readonly isUnlisted?: boolean | undefined;
  /** `sha256:HEX` where the release says which digest its tag has. */
  readonly pinned?: string | undefined;
} & (
  | {
      /** What may be attested in its place, best first; not empty. */
      readonly subjects: readonly ImageSubject[];
    }
  | { readonly reason: Reason }
);

export interface ImageSubject {
  readonly artifact: Artifact;
  readonly evidence: readonly EvidenceItem[];
}

/** One image while it is judged. */
export interface ImageMember {
  readonly image: ReleaseImage;
  readonly verdicts: readonly Verdict[];
  /** What is wrong with it as a part of the release. */
  readonly reasons: Reason[];
}

/** By the attestations of its registry, and those of the release; the first subject that is accepted counts. */
export function judgeImage(image: ReleaseImage, claims: Claims, ask: Ask): ImageMember {
  const own: Reason[] = image.isUnlisted === true ? [unlisted(image.name)] : [];
  if ('reason' in image) return { image, verdicts: [], reasons: [...own, image.reason] };
  const { pinned, subjects } = image;
  const found = subjects.flatMap(({ artifact }) => keysOf(artifact.digests));
  if (pinned !== undefined && !found.includes(pinned))
    own.push(changedImage(`${pinned}, as the release lists it`, found[0]));
  let first: readonly Verdict[] = [];
  for (const { artifact, evidence } of subjects) {
    const items = [...evidence, ...itemsOf(claims.about(artifact.digests))];
    const verdicts = ask.of(artifact, items);
    if (isAccepted(verdicts)) {
      const named = namesIn(verdicts, items, artifact);
      const fits = named.length === 0 || named.some((name) => mayMeanImage(name, image.name));
      return { image, verdicts, reasons: fits ? own : [...own, renamedImage(named, image.name)] };
    }
    if (isBetter(verdicts, first)) first = verdicts;
  }
  return { image, verdicts: first, reasons: first.length > 0 ? own : [...own, absentImage(image.name)] };
}

/** What was asked tells more than what was not. */
function isBetter(verdicts: readonly Verdict[], than: readonly Verdict[]): boolean {
  const wasAsked = (all: readonly Verdict[]): boolean =>
    all.some(({ requirements }) => requirements.length > 0);
  return than.length === 0 || (!wasAsked(than) && wasAsked(verdicts));
}

/** How attestations that passed call the image; none where one of them does not name it. */
function namesIn(
  verdicts: readonly Verdict[],
  items: readonly EvidenceItem[],
  { digests }: Artifact,
): readonly string[] {
  const passed = new Set(passedIn(verdicts));
  const names = items
    .map((item) => claimOf(item, undefined))
    .filter(({ digest }) => passed.has(digest))
    .flatMap(({ subjects }) => subjects.filter((subject) => isSameContent(subject.digests, digests)))
    .map(({ name }) => name);
  return names.some((name) => name === undefined || name === '')
    ? []
    : names.filter((name) => name !== undefined);
}

/**
 * Gives what is absent to the images of its name that are not accepted: they were changed. What stays is missing.
 */
export function explainAbsentImages(images: readonly ImageMember[], absent: AbsentSet): void {
  for (const one of absent.all.splice(0)) {
    const suspect = images.find(
      ({ image, verdicts }) =>
        !('reason' in image) && !isAccepted(verdicts) && isSameRepository(one.name, image.name),
    );
    if (suspect === undefined) absent.all.push(one);
    else {
      absent.explained.push(one);
      suspect.reasons.push(changedImage(attestedDigest(one), digestIn(suspect.verdicts)));
    }
  }
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

/** Why a namespace without any repository is no place of a release's images. */
export function emptyNamespace(name: string): Reason {
  return {
    code: 'RELEASE_IMAGE_MISSING',
    message: 'the release has images in this namespace and its registry lists no repository there',
    expected: `repositories that begin with ${JSON.stringify(name.slice(0, 300))}`,
    found: 'none in the catalog',
    hint: 'check the name; some registries list only what the login may see: docker login',
  };
}

function attestedDigest({ witnesses, digests }: Absent): string {
  return `${keysOf(digests)[0] ?? 'another digest'}, says ${sourcesOf(witnesses)}`;
}

function digestIn(verdicts: readonly Verdict[]): string | undefined {
  return verdicts.flatMap(({ artifact }) => keysOf(artifact.digests))[0];
}

function changedImage(expected: string, found: string | undefined): Reason {
  return {
    code: 'RELEASE_IMAGE_CHANGED',
    message: 'the registry has another image under this name than the release',
    expected,
    found,
    hint: 'do not use it: the tag was moved after the release, or the image was replaced',
  };
}

function renamedImage(names: readonly string[], name: string): Reason {
  return {
    code: 'RELEASE_IMAGE_RENAMED',
    message: 'the image is attested under another name',
    expected: [...new Set(names.map(shownName))].slice(0, 5).join(' or '),
    found: shownName(name),
    hint: 'an image under the name of another one is not what its name says',
  };
}

function unlisted(name: string): Reason {
  return {
    code: 'RELEASE_IMAGE_UNEXPECTED',
    message: 'the registry has an image with the tag of the release, which the release does not list',
    expected: 'only the images that --expect and --image list',
    found: shownName(name),
    hint: 'list it if it belongs to the release; else ask who pushed it',
  };
}
