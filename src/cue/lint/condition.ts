import { compare } from '../number/decimal.ts';
import type * as ast from '../syntax/ast.ts';
import type { CueFinding } from './finding.ts';
import { declaredAs, positionIn, type Source } from './source.ts';
import { walk } from './walk.ts';

type Constant = ast.StringLit | ast.NumberLit | ast.BoolLit | ast.NullLit;

/** Conditions of `if` that never come true, or that hang on what need not be there. */
export function conditions(source: Source): readonly CueFinding[] {
  const found: CueFinding[] = [];
  walk(source, (node, { path }) => {
    if (node.kind !== 'comprehension') return;
    for (const clause of node.clauses) {
      if (clause.kind !== 'if') continue;
      const never = neverHolds(clause.condition, source);
      if (never !== undefined) found.push(neverFinding(source, never));
      else if (path.length > 0) found.push(...undeclaredFindings(source, clause.condition));
    }
  });
  return found;
}

const neverFinding = (source: Source, at: ast.Binary): CueFinding => ({
  rule: 'never-holds',
  level: 'warning',
  at: { file: source.file.source, offset: at.offset },
  message: 'the condition never holds: the policy itself gives the field another value',
  hint: 'compare with a value that the policy allows, or take the condition out',
});

/** The comparison for which a condition is never true. */
function neverHolds(x: ast.Expression, source: Source): ast.Binary | undefined {
  if (x.kind === 'paren') return neverHolds(x.x, source);
  if (x.kind !== 'binary') return undefined;
  if (x.op === '&&') return neverHolds(x.x, source) ?? neverHolds(x.y, source);
  if (x.op === '||') return neverHolds(x.x, source) && neverHolds(x.y, source);
  if (x.op !== '==' && x.op !== '!=') return undefined;
  const [constant, other] = isConstant(x.y) ? [x.y, x.x] : [x.x, x.y];
  if (!isConstant(constant)) return undefined;
  const values = declaredAs({ x: other, source }) ?? [];
  if (x.op === '==') return values.some((each) => excludes(each.x, constant)) ? x : undefined;
  return values.some((each) => isConstant(each.x) && isSame(each.x, constant)) ? x : undefined;
}

const isConstant = (x: ast.Expression): x is Constant =>
  x.kind === 'string' || x.kind === 'number' || x.kind === 'bool' || x.kind === 'null';

function isSame(a: Constant, b: Constant): boolean {
  if (a.kind === 'number') return b.kind === 'number' && compare(a.value, b.value) === 0;
  if (a.kind === 'null' || b.kind === 'null') return a.kind === b.kind;
  return b.kind !== 'number' && a.value === b.value;
}

const TYPES: Readonly<Record<Constant['kind'], readonly string[]>> = {
  string: ['string'],
  number: ['number', 'int', 'float'],
  bool: ['bool'],
  null: [],
};
const ALL_TYPES: ReadonlySet<string> = new Set(['string', 'bytes', 'bool', 'number', 'int', 'float']);

/** Whether what a field is said to be leaves a constant out. */
function excludes(x: ast.Expression, constant: Constant): boolean {
  if (isConstant(x)) return !isSame(x, constant);
  if (x.kind === 'paren' || (x.kind === 'unary' && x.op === '*')) return excludes(x.x, constant);
  if (x.kind === 'binary' && x.op === '|') return excludes(x.x, constant) && excludes(x.y, constant);
  if (x.kind === 'binary' && x.op === '&') return excludes(x.x, constant) || excludes(x.y, constant);
  return x.kind === 'ident' && ALL_TYPES.has(x.name) && !TYPES[constant.kind].includes(x.name);
}

/** Selections that the policy does not declare: where the document lacks them, the condition is passed over. */
function undeclaredFindings(source: Source, condition: ast.Expression): readonly CueFinding[] {
  return selectionsIn(condition).flatMap((x) => {
    const declared = declaredAs({ x, source });
    if (declared === undefined || declared.length > 0) return [];
    const text = selectionText(x, source);
    return [
      {
        rule: 'undeclared-condition',
        level: 'warning',
        at: positionIn(source, x),
        message: `the condition reads ${text}, which the policy does not declare: where the document lacks it, cosign passes over the condition and what it asks`,
        hint: `declare the field, with its type: then it has to be there`,
      } as const,
    ];
  });
}

/** The longest selections that a condition reads; to compare with `_|_` is to ask whether it is there. */
function selectionsIn(x: ast.Expression): readonly ast.Selector[] {
  switch (x.kind) {
    case 'selector':
      return [x];
    case 'paren':
    case 'unary':
      return selectionsIn(x.x);
    case 'binary':
      return x.x.kind === 'bottom' || x.y.kind === 'bottom'
        ? []
        : [...selectionsIn(x.x), ...selectionsIn(x.y)];
    case 'call':
      return x.args.flatMap(selectionsIn);
    default:
      return [];
  }
}

function selectionText({ offset, label }: ast.Selector, { file }: Source): string {
  const name = label.kind === 'ident' ? label.name : JSON.stringify(label.value);
  return file.source.text.slice(offset, label.offset) + name;
}
