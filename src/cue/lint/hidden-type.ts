import type { CueFinding } from './finding.ts';
import { positionIn, type Source } from './source.ts';
import { walk } from './walk.ts';

/** `_type` as an identifier is a hidden field of the policy, and not the statement's. */
export function hiddenTypes(source: Source): readonly CueFinding[] {
  const found: CueFinding[] = [];
  walk(source, (node) => {
    if (node.kind !== 'field' || node.label.kind !== 'ident' || node.label.ident.name !== '_type') return;
    found.push({
      rule: 'hidden-type',
      level: 'warning',
      at: positionIn(source, node.label),
      message:
        '_type without quotes is a hidden field of the policy: the statement’s type is compared with nothing',
      hint: 'write "_type": with the quotes',
    });
  });
  return found;
}
