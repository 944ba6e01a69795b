import type { AbsentSet } from './absent.ts';
import { changed } from './absent.ts';
import type { ChecksumEntry } from './checksums.ts';
import { sidecarTarget } from './checksums.ts';
import { isSameContent, keysOf } from './claims.ts';
import type { Member } from './member.ts';
import { lastPart, shownName } from './path.ts';

/** Names in one reason, count. */
const SHOWN = 5;

/** Each checksum against the bytes; what is named and not there is added to what is absent. */
export function compareChecksums(members: readonly Member[], absent: AbsentSet): void {
  const byPath = new Map(members.map((member) => [member.file.path, member]));
  for (const member of members) {
    const { document } = member.file;
    if (document?.kind !== 'checksums') continue;
    member.reasons.push(...document.file.faults);
    for (const entry of document.file.entries) {
      const target = byPath.get(entry.path);
      if (target === undefined) absentEntry(entry, member, members, absent);
      else compare(entry, member, target);
    }
  }
}

function compare(entry: ChecksumEntry, list: Member, target: Member): void {
  const { algorithm, digest, line } = entry;
  const { digests, path } = target.file;
  const found = digests[algorithm];
  // What is already told of the file explains that its checksum is another one.
  const isExplained = target.standing !== 'proven' && target.reasons.length > 0;
  if (found === digest || isExplained) return;
  const source = `${list.file.path}:${line}`;
  if (list.standing === 'proven' && target.standing === 'unproven') {
    const witnesses = [{ source, kind: 'checksum' as const }];
    target.standing = 'changed';
    target.reasons.push(changed({ name: path, digests: { [algorithm]: digest }, witnesses }, digests));
    return;
  }
  list.reasons.push({
    code: 'CHECKSUM_MISMATCH',
    message: `the checksum of ${shownName(path)} is not that of the file`,
    path: source,
    expected: `${algorithm}:${digest}`,
    found: `${algorithm}:${found ?? 'unknown'}`,
    hint:
      target.standing === 'proven'
        ? 'the file is what its attestation says: the checksum file is wrong'
        : 'the file or its checksum was changed',
  });
}

function absentEntry(
  { algorithm, digest, line, path }: ChecksumEntry,
  list: Member,
  members: readonly Member[],
  absent: AbsentSet,
): void {
  const digests = { [algorithm]: digest };
  const isRenamed = members.some(
    ({ standing, file }) => standing === 'renamed' && isSameContent(file.digests, digests),
  );
  if (!isRenamed) absent.add(path, digests, { source: `${list.file.path}:${line}`, kind: 'checksum' });
}

/**
 * Whether checksum files list what they should: a list every proven artifact of its folder and below; of files
 * that stand beside others, one beside every artifact.
 */
export function checkCoverage(members: readonly Member[]): void {
  const artifacts = members.filter(
    ({ standing, file }) => standing === 'proven' && file.document === undefined,
  );
  const besideOthers = new Map<string, string>();
  for (const member of members) {
    const target = sidecarTarget(member.file.path);
    if (target !== undefined) besideOthers.set(target, member.file.path);
    else checkList(member, artifacts);
  }
  const [example] = besideOthers;
  if (example === undefined) return;
  for (const { file, reasons } of artifacts) {
    if (besideOthers.has(file.path)) continue;
    const [target, path] = example;
    reasons.push({
      code: 'CHECKSUM_INCOMPLETE',
      message: 'the file has no checksum file beside it, and others have',
      expected: shownName(path.replace(lastPart(target), lastPart(file.path))),
      found: 'no such file',
    });
  }
}

function checkList({ file, reasons }: Member, artifacts: readonly Member[]): void {
  if (file.document?.kind !== 'checksums' || file.document.file.faults.length > 0) return;
  const listed = new Set(file.document.file.entries.map(({ path }) => path));
  const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1);
  const left = artifacts.filter((one) => one.file.path.startsWith(folder) && !listed.has(one.file.path));
  if (left.length === 0) return;
  const names = left.slice(0, SHOWN).map((one) => shownName(one.file.path));
  reasons.push({
    code: 'CHECKSUM_INCOMPLETE',
    message: 'the checksum file does not list every file',
    expected: `${names.join(', ')}${left.length > SHOWN ? ` and ${left.length - SHOWN} more` : ''}`,
    found: `${listed.size} others`,
  });
}

/** `sha256:HEX` of everything that a proven checksum file lists: what it lists, it vouches for. */
export function listedByProven(members: readonly Member[]): ReadonlySet<string> {
  return new Set(
    members.flatMap(({ standing, file }) =>
      standing === 'proven' && file.document?.kind === 'checksums'
        ? file.document.file.entries.flatMap(({ algorithm, digest }) => keysOf({ [algorithm]: digest }))
        : [],
    ),
  );
}
