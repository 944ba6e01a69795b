import { eachNode } from '../compile/visit.ts';
import type { CueFinding } from './finding.ts';
import { positionIn, privateName, readsFields, type Source } from './source.ts';
import { walk } from './walk.ts';

/**
 * Definitions and hidden fields that nothing refers to: what they say is asked of nothing. Those that read fields are
 * left out: they may be checks, as `_ok: true & list.Contains(names, "x")` is.
 */
export function unusedDefinitions(source: Source): readonly CueFinding[] {
  const referred = new Set(source.together.flatMap(referredIn));
  const found: CueFinding[] = [];
  const seen = new Set<string>();
  walk(source, (node) => {
    if (node.kind !== 'field') return;
    const name = privateName(node.label);
    if (
      name === undefined ||
      name === '_type' ||
      referred.has(name) ||
      seen.has(name) ||
      readsFields(node, source)
    )
      return;
    seen.add(name);
    found.push({
      rule: 'unused-definition',
      level: 'warning',
      at: positionIn(source, node.label),
      message: `nothing in the policy refers to ${name}: what it says is asked of no document`,
      hint: `refer to it where it is meant, as in predicate: ${name}, or take it out`,
    });
  });
  return found;
}

/** The names that expressions of a file use. */
function referredIn({ file }: Source): readonly string[] {
  const names: string[] = [];
  const labels = new Set<object>();
  eachNode(file.declarations, (node) => {
    if (node.kind === 'field' && node.label.kind === 'ident') labels.add(node.label.ident);
    if (node.kind === 'ident' && 'name' in node && !labels.has(node)) names.push(node.name);
  });
  return names;
}
