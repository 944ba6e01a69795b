import type { Reason } from '#core/errors/reason';
import type { DigestSet } from '#core/in-toto-attestation/types';
import { isSameContent, keysOf, type ClaimedSubject } from './claims.ts';
import { isSameName, shownName } from './path.ts';

/** Who says that a file is part of the release: `multiple.intoto.jsonl:3`, `SHA256SUMS:7`. */
export interface Witness {
  readonly source: string;
  readonly kind: 'attestation' | 'checksum';
}

/** Something that belongs to the release and is not there, under that name and with those bytes. */
export interface Absent {
  readonly name: string;
  readonly digests: DigestSet;
  readonly witnesses: Witness[];
}

/** What is missing, each thing once, however many say so. */
export class AbsentSet {
  /** What is missing. */
  readonly all: Absent[] = [];
  /** What is not missing after all: the file of that name has other bytes, and says so. */
  readonly explained: Absent[] = [];

  add(name: string | undefined, digests: DigestSet, witness: Witness): void {
    const known = this.all.find(
      (one) =>
        (name === undefined || isSameName(one.name, name) || isSameName(name, one.name)) &&
        (isSameContent(one.digests, digests) || !sharesAlgorithm(one.digests, digests)),
    );
    if (known !== undefined) known.witnesses.push(witness);
    else this.all.push({ name: name ?? keysOf(digests)[0] ?? 'unnamed', digests, witnesses: [witness] });
  }

  /** Whether those bytes are already told of as not being there. */
  hasContent(digests: DigestSet): boolean {
    return [...this.all, ...this.explained].some((one) => isSameContent(one.digests, digests));
  }
}

function sharesAlgorithm(a: DigestSet, b: DigestSet): boolean {
  return Object.keys(a).some((algorithm) => Object.hasOwn(b, algorithm));
}

export function missing({ name, witnesses }: Absent): Reason {
  return {
    code: 'RELEASE_FILE_MISSING',
    message: `${shownName(name)} belongs to the release and is not there`,
    expected: `what ${sourcesOf(witnesses)} names`,
    found: 'no such file',
    hint: 'fetch the release again, whole; a release that lost a file may have lost it on purpose',
  };
}

export function changed({ witnesses, digests }: Absent, found: DigestSet): Reason {
  return {
    code: 'RELEASE_FILE_CHANGED',
    message: 'the file has other bytes than the ones that are attested under its name',
    expected: `${keysOf(digests)[0] ?? 'other bytes'}, says ${sourcesOf(witnesses)}`,
    found: keysOf(found)[0],
    hint: 'do not use it: it was changed after it was built, or it is of another release',
  };
}

export function contradicted({ witnesses, digests }: Absent): Reason {
  return {
    code: 'RELEASE_DUPLICATE',
    message: 'two attestations name other bytes for one and the same file',
    expected: 'one content for one name',
    found: `also ${keysOf(digests)[0] ?? 'other bytes'}, says ${sourcesOf(witnesses)}`,
  };
}

export function renamed(subjects: readonly ClaimedSubject[], path: string): Reason {
  const names = subjects.flatMap(({ name }) => (name === undefined ? [] : [shownName(name)]));
  return {
    code: 'RELEASE_FILE_RENAMED',
    message: 'the bytes are attested under another name',
    expected: [...new Set(names)].slice(0, 5).join(' or '),
    found: shownName(path),
    hint: 'a file under the name of another one is not what its name says',
  };
}

/** Who says so, as reasons show it. */
export function sourcesOf(witnesses: readonly Witness[]): string {
  const sources = [...new Set(witnesses.map(({ source }) => source))];
  const more = sources.length - 3;
  return `${sources.slice(0, 3).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
