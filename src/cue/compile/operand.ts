/** Expressions, save for operators and literals. */

import type * as ast from '../syntax/ast.ts';
import { stringLabel, type Label } from '../value/label.ts';
import type { Compiler } from './compiler.ts';
import type { Expression, ListExpression, SelectorExpression } from './expression.ts';
import { compileInterpolation, compileLiteral } from './literal.ts';
import { compileBinary, compileUnary } from './operation.ts';
import { compileIdentifier } from './reference.ts';
import { quoted } from './refusal.ts';

/** @throws CUE_COMPILE CUE_UNSUPPORTED */
export const compileExpression = (compiler: Compiler, x: ast.Expression): Expression => {
  const at = compiler.at(x.offset);
  switch (x.kind) {
    case 'ident':
      return wholePackageRefused(compiler, x, compileIdentifier(compiler, x));
    case 'paren':
      return compiler.expression(x.x);
    case 'struct':
      return compiler.struct(x);
    case 'list':
      return list(compiler, x);
    case 'selector':
      return selector(compiler, x);
    case 'index':
      return { tag: 'index', x: compiler.expression(x.x), index: compiler.expression(x.index), at };
    case 'slice': {
      const low = x.low && compiler.expression(x.low);
      const high = x.high && compiler.expression(x.high);
      return { tag: 'slice', x: compiler.expression(x.x), low, high, at };
    }
    case 'call': {
      const args = x.args.map((arg) => compiler.expression(arg));
      return { tag: 'call', fun: compiler.expression(x.fun), args, at };
    }
    case 'unary':
      return compileUnary(compiler, x);
    case 'binary':
      return compileBinary(compiler, x);
    case 'interpolation':
      return compileInterpolation(compiler, x);
    case 'string':
    case 'bytes':
    case 'number':
    case 'bool':
    case 'null':
    case 'bottom':
    default:
      return compileLiteral(compiler, x);
  }
};

/** A package as a value would show which of its members are missing here. */
const wholePackageRefused = (compiler: Compiler, ident: ast.Ident, compiled: Expression): Expression =>
  compiled.tag === 'import-reference'
    ? compiler.unsupported(ident.offset, `package ${quoted(ident.name)} without a selector`)
    : compiled;

const unparenthesized = (x: ast.Expression): ast.Expression =>
  x.kind === 'paren' ? unparenthesized(x.x) : x;

const selector = (compiler: Compiler, selected: ast.Selector): SelectorExpression => {
  const label = selectorLabel(compiler, selected.label);
  const at = compiler.at(selected.offset);
  const syntax = unparenthesized(selected.x);
  if (syntax.kind !== 'ident') return { tag: 'selector', x: compiler.expression(selected.x), label, at };
  const x = compileIdentifier(compiler, syntax);
  if (x.tag === 'import-reference') memberSupported(compiler, x.path, selected.label);
  return { tag: 'selector', x, label, at };
};

const memberSupported = (compiler: Compiler, path: string, label: ast.Selector['label']): void => {
  const name = label.kind === 'ident' ? label.name : label.value;
  if (compiler.instance.environment.member(path, name) !== 'unsupported') return;
  compiler.unsupported(label.offset, `${path}.${quoted(name)}`);
};

const selectorLabel = (compiler: Compiler, label: ast.Selector['label']): Label =>
  label.kind === 'ident' ? compiler.label(label) : stringLabel(label.value.normalize('NFC'));

const list = (compiler: Compiler, x: ast.ListLit): ListExpression => {
  const at = compiler.at(x.offset);
  return compiler.within(undefined, 1, () => {
    const elements: ListExpression['elements'][number][] = x.elements.map((element) => {
      if (element.kind === 'comprehension') return compiler.comprehension(element, true);
      return compiler.expression(element);
    });
    const rest = x.ellipsis;
    if (rest !== undefined) {
      const value = rest.x && compiler.expression(rest.x);
      elements.push({ tag: 'ellipsis', value, at: compiler.at(rest.offset) });
    }
    return { tag: 'list', elements, at };
  });
};
