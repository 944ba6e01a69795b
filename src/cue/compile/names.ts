/** All identifiers within an expression, whatever they stand for. */

import type * as ast from '../syntax/ast.ts';
import { eachNode } from './visit.ts';

/** Words that the tree holds as identifiers where they are labels. */
const KEYWORDS: ReadonlySet<string> = new Set(['true', 'false', 'null']);

export const namesIn = (x: ast.Expression): Set<string> => {
  const names = new Set<string>();
  eachNode(x, (node) => {
    if (node.kind === 'ident' && 'name' in node && !KEYWORDS.has(node.name)) names.add(node.name);
  });
  return names;
};
