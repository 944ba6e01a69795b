import type { CueFinding } from './finding.ts';
import { piecesOf, type Piece } from './regexp-text.ts';
import { fieldRegexps } from './regexps.ts';
import { positionIn, type Source } from './source.ts';
import { pathText } from './walk.ts';

/** What follows the dot in names of hosts, and of the files that build. */
const ENDINGS = /^(com|io|org|dev|net|app|cloud|sh|run|gov|edu|cn|eu|de|ya?ml|ya|json|github)$/;

/** Dots in names of hosts and files which, not escaped, stand for any character. */
export const bareDots = (source: Source): readonly CueFinding[] =>
  fieldRegexps(source).flatMap(({ regexp, written, path }) => {
    const pieces = piecesOf(regexp);
    const at = pieces.findIndex((_, index) => isInName(pieces, index));
    if (at < 0) return [];
    const before = lettersBefore(pieces, at);
    const after = lettersAfter(pieces, at);
    return [
      {
        rule: 'bare-dot',
        level: 'warning',
        at: positionIn(written.source, written.x),
        message: `${pathText(path)}: the dot in "${before}.${after}" fits any character: "${before}x${after}" matches as well`,
        hint: `escape it: "${before}\\\\.${after}", or #"${before}\\.${after}"#`,
      } as const,
    ];
  });

function isInName(pieces: readonly Piece[], at: number): boolean {
  if (pieces[at]?.kind !== 'any' || pieces[at + 1]?.kind === 'repeat') return false;
  const after = lettersAfter(pieces, at);
  if (!ENDINGS.test(after)) return false;
  return after === 'github' ? pieces[at - 1]?.text === '/' : lettersBefore(pieces, at) !== '';
}

const isLetter = (piece: Piece | undefined): boolean =>
  piece?.kind === 'character' && /[\w-]/.test(piece.text);

function lettersAfter(pieces: readonly Piece[], at: number): string {
  let end = at + 1;
  while (isLetter(pieces[end])) end += 1;
  return textOf(pieces.slice(at + 1, end));
}

function lettersBefore(pieces: readonly Piece[], at: number): string {
  let start = at;
  while (isLetter(pieces[start - 1])) start -= 1;
  return textOf(pieces.slice(start, at));
}

const textOf = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join('');
