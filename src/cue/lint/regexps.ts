import type * as ast from '../syntax/ast.ts';
import { walk, type Place } from './walk.ts';
import type { Source } from './source.ts';

/** A regular expression that a field has to match, with the name of the field. */
export type FieldRegexp = {
  readonly regexp: string;
  readonly node: ast.Expression;
  readonly place: Place;
  readonly name: string;
};

/** What an interpolation stands for: some word. */
const SOMETHING = 'word';

/** The regular expressions that fields must match; those that they must not are rightly open. */
export function fieldRegexps(source: Source): readonly FieldRegexp[] {
  const found: FieldRegexp[] = [];
  walk(source, (node, place) => {
    if (node.kind !== 'unary' || node.op !== '=~') return;
    const regexp = textOf(node.x);
    const name = place.path.findLast((each) => each !== '[]');
    if (regexp !== undefined && name !== undefined) found.push({ regexp, node: node.x, place, name });
  });
  return found;
}

function textOf(x: ast.Expression): string | undefined {
  if (x.kind === 'string') return x.value;
  return x.kind === 'interpolation' && !x.bytes ? x.strings.join(SOMETHING) : undefined;
}
