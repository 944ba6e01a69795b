/** Attributes that change what a file says. */

import type * as ast from '../syntax/ast.ts';
import { unsupported } from './refusal.ts';
import { UNSUPPORTED_ATTRIBUTES } from './unsupported.ts';
import { eachNode, type SyntaxNode } from './visit.ts';

/** `@tag(name)`: only CUE's own command line gives it a value. */
const isPlainTag = (body: string): boolean => /^[\p{L}_$][\p{L}\p{Nd}_$]*$/u.test(body);

/**
 * A tag is ignored where it is certainly well placed. CUE refuses one within a list, a comprehension, or a field that is
 * optional, required or not named by an identifier.
 *
 * @throws CUE_UNSUPPORTED
 */
export const checkAttributes = (file: ast.File): void => {
  const tags = file.attributes.filter(({ name }) => name === 'tag');
  const end = tags.length === 0 ? Infinity : untagged(file);
  for (const { body, offset } of tags) {
    if (!isPlainTag(body)) unsupported(file.source, offset, '@tag with more than a name');
    if (end < offset) unsupported(file.source, offset, '@tag after a list or constraint');
  }
  for (const { name, offset } of file.attributes) {
    if (UNSUPPORTED_ATTRIBUTES.has(name)) unsupported(file.source, offset, `@${name}`);
  }
};

/** Offset of the first syntax within which CUE refuses tags. */
const untagged = (file: ast.File): number => {
  let first = Infinity;
  eachNode(file.declarations, (node) => {
    if (refusesTags(node)) first = Math.min(first, node.offset);
  });
  return first;
};

const refusesTags = (node: SyntaxNode): boolean => {
  if (node.kind === 'field') return node.presence !== 'regular' || node.label.kind !== 'ident';
  return node.kind === 'list' || node.kind === 'comprehension';
};
