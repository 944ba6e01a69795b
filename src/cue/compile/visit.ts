/** All nodes of a syntax tree, whatever they stand for. */

import type * as ast from '../syntax/ast.ts';

export type SyntaxNode = ast.Declaration | ast.Expression | ast.Label;

const isNode = (value: object): value is SyntaxNode => 'kind' in value && 'offset' in value;

/** Labels and selectors are included: `a.b` has the identifiers a and b. */
export const eachNode = (syntax: object, see: (node: SyntaxNode) => void): void => {
  if (ArrayBuffer.isView(syntax)) return;
  if (isNode(syntax)) see(syntax);
  for (const child of Object.values(syntax)) {
    if (typeof child === 'object' && child !== null) eachNode(child, see);
  }
};
