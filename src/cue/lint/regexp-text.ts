/** A regular expression (RE2 syntax) as a row of pieces: enough to see where it is open. */

export type Piece = {
  readonly kind:
    'character' | 'escape' | 'class' | 'any' | 'start' | 'end' | 'repeat' | 'or' | 'flags' | 'open' | 'close';
  readonly text: string;
  /** Where it begins in the expression. */
  readonly at: number;
};

const FORMS: readonly (readonly [Piece['kind'], RegExp])[] = [
  ['start', /\^|\\A/y],
  ['end', /\$|\\z/y],
  ['escape', /\\[pP]\{[^}]*\}|\\x\{[^}]*\}|\\x[0-9a-fA-F]{2}|\\[^]/y],
  ['class', /\[\^?\]?(\[:\^?\w+:\]|\\[^]|[^\]\\])*\]/y],
  ['flags', /\(\?[imsU-]+\)/y],
  ['open', /\((\?(P?<\w+>|[imsU-]*:))?/y],
  ['close', /\)/y],
  ['or', /\|/y],
  ['repeat', /([*+?]|\{\d+(,\d*)?\})\??/y],
  ['any', /\./y],
];

export function piecesOf(regexp: string): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < regexp.length;) {
    const piece = pieceAt(regexp, at);
    pieces.push(piece);
    at += piece.text.length;
  }
  return pieces;
}

function pieceAt(regexp: string, at: number): Piece {
  for (const [kind, form] of FORMS) {
    form.lastIndex = at;
    const text = form.exec(regexp)?.[0];
    if (text !== undefined) return { kind, text, at };
  }
  return { kind: 'character', text: regexp.slice(at, at + 1), at };
}

/** Its alternatives at the outermost level, without the groups that hold them all; flags are left out. */
export function branchesOf(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const branches: Piece[][] = [[]];
  let depth = 0;
  for (const piece of pieces) {
    if (piece.kind === 'open') depth += 1;
    if (piece.kind === 'close') depth -= 1;
    if (piece.kind === 'or' && depth === 0) branches.push([]);
    else if (piece.kind !== 'flags') branches.at(-1)?.push(piece);
  }
  return branches;
}

/** In `(?m)` the anchors hold at any line. */
export const isMultiline = (pieces: readonly Piece[]): boolean =>
  pieces.some(({ kind, text }) => (kind === 'flags' || kind === 'open') && /^\(\?[isU]*m/.test(text));

/** Whether every way to begin is at the start of the text. */
export const startsAtStart = (pieces: readonly Piece[]): boolean =>
  branchesOf(pieces).every((branch) => {
    const [first] = branch;
    if (first?.kind !== 'open') return first?.kind === 'start';
    const close = closing(branch);
    return branch[close + 1]?.kind !== 'repeat' && startsAtStart(branch.slice(1, close));
  });

/** Whether every way to end is at the end of the text. */
export const endsAtEnd = (pieces: readonly Piece[]): boolean =>
  branchesOf(pieces).every((branch) => {
    const last = branch.at(-1);
    return last?.kind === 'close' ? endsAtEnd(branch.slice(opening(branch) + 1, -1)) : last?.kind === 'end';
  });

function closing(branch: readonly Piece[]): number {
  let depth = 0;
  return branch.findIndex(({ kind }) => {
    if (kind === 'open') depth += 1;
    if (kind === 'close') depth -= 1;
    return depth === 0;
  });
}

function opening(branch: readonly Piece[]): number {
  let depth = 0;
  return branch.findLastIndex(({ kind }) => {
    if (kind === 'close') depth += 1;
    if (kind === 'open') depth -= 1;
    return depth === 0;
  });
}
