/** Identifiers that no file declares: types, ranges and functions of the language. */

import type * as ast from '../syntax/ast.ts';
import { basicType } from './basic-type.ts';
import type { Compiler } from './compiler.ts';
import type { Expression } from './expression.ts';
import { UNSUPPORTED_IDENTIFIERS } from './unsupported.ts';

const FUNCTIONS: ReadonlySet<string> = new Set([
  'and',
  'close',
  'div',
  'error',
  'len',
  'matchIf',
  'matchN',
  'mod',
  'or',
  'quo',
  'rem',
]);

/**
 * Each name may be written with two underscores before it, where a field hides the short one.
 *
 * @throws CUE_UNSUPPORTED for what CUE declares and the evaluator has not
 * @throws CUE_COMPILE for `self`, which only an experiment allows
 */
export const predeclared = (compiler: Compiler, ident: ast.Ident): Expression | undefined => {
  const { offset } = ident;
  if (UNSUPPORTED_IDENTIFIERS.has(ident.name)) compiler.unsupported(offset, ident.name);
  const name = ident.name.startsWith('__') ? ident.name.slice(2) : ident.name;
  if (name === 'self') compiler.refuse(offset, 'predeclared identifier "self" requires @experiment(aliasv2)');
  const at = compiler.at(offset);
  if (!FUNCTIONS.has(name)) return basicType(name, at);
  const found = compiler.instance.environment.predeclared(name);
  return found === undefined ? compiler.unsupported(offset, `function ${name}`) : { ...found, at };
};
