import type * as ast from '../syntax/ast.ts';
import { endsAtEnd, piecesOf } from './regexp-text.ts';
import type { CueFinding } from './finding.ts';
import { declaredAs, positionIn, valueOf, type Located, type Source } from './source.ts';
import { pathText, walk, type Place } from './walk.ts';

const ORDER: ReadonlySet<string> = new Set(['<', '<=', '>', '>=']);
const TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d([.,]\d+)?)?([Zz]|[+-]\d\d:?\d\d)$/;

/** Bounds and comparisons on times: CUE compares their texts, octet by octet. */
export function timeTexts(source: Source): readonly CueFinding[] {
  const found: CueFinding[] = [];
  const noted = new Set<ast.Field>();
  walk(source, (node, place) => {
    if (node.kind !== 'unary' && node.kind !== 'binary') return;
    if (!ORDER.has(node.op)) return;
    const operands = node.kind === 'unary' ? [node.x] : [node.x, node.y];
    const offset = operands.find(
      (each) => each.kind === 'string' && TIME.test(each.value) && !/[Zz]$/.test(each.value),
    );
    if (offset !== undefined) found.push(offsetFinding(source, offset));
    else if (node.kind === 'unary' && isTime(node.x, source) && !asksForZ(place) && isNew(noted, place))
      found.push(textFinding(source, node, place));
  });
  return found;
}

function isNew(noted: Set<ast.Field>, { field }: Place): boolean {
  if (field === undefined || noted.has(field)) return false;
  noted.add(field);
  return true;
}

const offsetFinding = (source: Source, at: ast.Expression): CueFinding => ({
  rule: 'time-offset',
  level: 'warning',
  at: positionIn(source, at),
  message: 'a time with an offset is compared as the text that it is: the offset does not count',
  hint: 'write it in UTC with Z, or as time.Parse(time.RFC3339, "..."), which gives UTC',
});

const textFinding = (source: Source, at: ast.Expression, { path }: Place): CueFinding => ({
  rule: 'time-as-text',
  level: 'note',
  at: positionIn(source, at),
  message: `${pathText(path)}: times are compared as texts: a document’s time with an offset other than Z is judged wrongly, and one with a fraction within its last second`,
  hint: 'ask for the form as well: =~"Z$"',
});

/** A time in the policy's words, or what stands for one. */
function isTime(x: ast.Expression, source: Source): boolean {
  if (x.kind === 'paren') return isTime(x.x, source);
  if (x.kind === 'string') return TIME.test(x.value);
  if (x.kind === 'call') return x.fun.kind === 'selector' && x.fun.label.kind === 'ident' && isParse(x.fun);
  if (x.kind !== 'ident') return false;
  const declared = declaredAs({ x, source }) ?? [];
  return declared.some((each) => each.x.kind !== 'ident' && isTime(each.x, each.source));
}

const isParse = ({ x, label }: ast.Selector): boolean =>
  x.kind === 'ident' && x.name === 'time' && label.kind === 'ident' && label.name === 'Parse';

/** Whether a field has to end in Z, too. */
function asksForZ({ field, source }: Place): boolean {
  const isAsked = ({ x, source: from }: Located, depth: number): boolean => {
    const within = (inner: ast.Expression): boolean => isAsked({ x: inner, source: from }, depth);
    if (x.kind === 'paren') return within(x.x);
    if (x.kind === 'binary') return x.op === '&' && (within(x.x) || within(x.y));
    if (x.kind === 'ident')
      return depth > 0 && (declaredAs({ x, source: from }) ?? []).some((each) => isAsked(each, depth - 1));
    return x.kind === 'unary' && x.op === '=~' && x.x.kind === 'string' && endsInZ(x.x.value);
  };
  return field !== undefined && isAsked({ x: valueOf(field), source }, 2);
}

function endsInZ(regexp: string): boolean {
  const pieces = piecesOf(regexp);
  return endsAtEnd(pieces) && pieces.at(-2)?.text === 'Z';
}
