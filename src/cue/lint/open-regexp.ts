import type { CueFinding } from './finding.ts';
import { branchesOf, endsAtEnd, isMultiline, piecesOf, startsAtStart, type Piece } from './regexp-text.ts';
import { fieldRegexps, type FieldRegexp } from './regexps.ts';
import { positionIn, type Source } from './source.ts';
import { pathText } from './walk.ts';

/** Fields of statements that hold a whole identity, builder, type or location. */
const IDENTITIES: ReadonlySet<string> = new Set(
  '_type buildType builder.id configPath entryPoint id identity issuer path predicateType ref repository uri url'.split(
    ' ',
  ),
);

/** Regular expressions on identities and URIs that fit more than they name: CUE looks for a match anywhere. */
export const openRegexps = (source: Source): readonly CueFinding[] =>
  fieldRegexps(source)
    .filter(({ name, regexp }) => IDENTITIES.has(name) || /:\/\/|\\?\.(com|io|org|dev)\b/.test(regexp))
    .flatMap(finding);

function finding({ regexp, written, path }: FieldRegexp): readonly CueFinding[] {
  const pieces = piecesOf(regexp);
  const isOpen = { start: isMultiline(pieces) || !startsAtStart(pieces), end: continues(pieces) };
  if (!isOpen.start && !isOpen.end) return [];
  const common = {
    rule: 'open-regexp',
    level: 'warning',
    at: positionIn(written.source, written.x),
  } as const;
  const where = pathText(path);
  if (isOpen.start) {
    const several = branchesOf(pieces).length > 1;
    return [
      {
        ...common,
        message: `${where}: the regular expression fits anywhere in the text, as in "https://evil.example/?" and what it names`,
        hint: several
          ? 'put the alternatives into a group between anchors: =~"^(a|b)$"'
          : 'begin it with ^, and end it with $ where the text is a whole',
      },
    ];
  }
  return [
    {
      ...common,
      message: `${where}: the regular expression is open at its end: what it names may go on, as "kubeedge" goes on in "kubeedge-evil"`,
      hint: 'end it with $, or where more may follow, with what separates it: / or @',
    },
  ];
}

/** Whether some way to end is open within a word. */
const continues = (pieces: readonly Piece[]): boolean =>
  isMultiline(pieces) || branchesOf(pieces).some((branch) => !endsAtEnd(branch) && endsInWord(branch));

function endsInWord(branch: readonly Piece[]): boolean {
  let end = branch.length;
  while (end >= 2 && branch[end - 1]?.kind === 'repeat' && branch[end - 2]?.kind === 'any') end -= 2;
  const tail = branch.slice(0, end);
  const text = tail.map((piece) => piece.text).join('');
  const last = tail.at(-1)?.text;
  if (last === undefined || text === '^' || /refs\/(tags|heads)\/v$/.test(text)) return false;
  return !/^\\?[/@:#=&?+-]$/.test(last);
}
