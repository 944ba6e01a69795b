import type * as ast from '../syntax/ast.ts';
import { declaredAs, type Located, type Source } from './source.ts';
import { walk } from './walk.ts';

/** A regular expression that a field has to match, with the name of the field. */
export type FieldRegexp = {
  readonly regexp: string;
  readonly written: Located;
  readonly path: readonly string[];
  readonly name: string;
};

/** What an interpolation stands for: some word. */
const SOMETHING = 'word';

/** The regular expressions that fields must match; those that they must not are rightly open. */
export function fieldRegexps(source: Source): readonly FieldRegexp[] {
  const found: FieldRegexp[] = [];
  walk(source, (node, place) => {
    if (node.kind !== 'unary' || node.op !== '=~') return;
    const written = literalOf({ x: node.x, source: place.source });
    const regexp = written && textOf(written.x);
    const name = place.path.findLast((each) => each !== '[]');
    if (written !== undefined && regexp !== undefined && name !== undefined)
      found.push({ regexp, written, path: place.path, name });
  });
  return found;
}

/** The expression itself, where it stands under a name or in parentheses as well. */
function literalOf(located: Located): Located | undefined {
  const { x, source } = located;
  if (x.kind === 'paren') return literalOf({ x: x.x, source });
  if (x.kind !== 'ident') return located;
  const [only, ...more] = declaredAs(located) ?? [];
  return more.length === 0 ? only : undefined;
}

function textOf(x: ast.Expression): string | undefined {
  if (x.kind === 'string') return x.value;
  return x.kind === 'interpolation' && !x.bytes ? x.strings.join(SOMETHING) : undefined;
}
