/** Identifiers: what each means, and how many environments further out that stands. */

import type * as ast from '../syntax/ast.ts';
import { isRegular, stringLabel, type Label } from '../value/label.ts';
import type { Position } from '../value/position.ts';
import type { Compiler } from './compiler.ts';
import type { Expression } from './expression.ts';
import type { Frame } from './frame.ts';
import { predeclared } from './predeclared.ts';
import { quoted } from './refusal.ts';
import type { Binding } from './scope.ts';

type LabelAlias = Extract<Binding, { kind: 'label-alias' }>;

/** @throws CUE_COMPILE for a name that nothing declares */
export const compileIdentifier = (compiler: Compiler, ident: ast.Ident): Expression => {
  const at = compiler.at(ident.offset);
  const binding = compiler.bindings.get(ident);
  if (binding?.kind === 'import') return { tag: 'import-reference', path: binding.spec.path, at };
  if (ident.name === '_') return { tag: 'top', at };
  if (binding === undefined) return sharedOrPredeclared(compiler, ident);
  if ('label' in binding.scope) return inField(compiler, ident, binding, binding.scope);
  const { frame, up } = found(compiler, ident, (each) => each.scope === binding.scope);
  if (frame.looping) compiler.refersToVariable = true;
  if (binding.kind === 'let') {
    const { let: entry } = compiler.alias(frame, ident.name, ident.offset);
    return { tag: 'let-reference', up, label: entry?.label ?? compiler.label(ident), at };
  }
  if (binding.kind === 'label-alias') return aliased(compiler, ident, binding, frame, up);
  return fieldReference(compiler, up, compiler.label(ident), at);
};

const fieldReference = (compiler: Compiler, up: number, label: Label, at: Position): Expression => {
  if (up === compiler.depth) compiler.instance.referred.add(label);
  else if (isRegular(label)) compiler.instance.inward = true;
  return { tag: 'field-reference', up, label, at };
};

const found = (
  compiler: Compiler,
  ident: ast.Ident,
  test: (frame: Frame) => boolean,
): { readonly frame: Frame; readonly up: number } =>
  compiler.find(test) ?? compiler.unsupported(ident.offset, `reference ${quoted(ident.name)} from here`);

const sharedOrPredeclared = (compiler: Compiler, ident: ast.Ident): Expression => {
  const label = compiler.label(ident);
  if (compiler.instance.shared.has(label)) {
    return fieldReference(compiler, compiler.depth, label, compiler.at(ident.offset));
  }
  const value = predeclared(compiler, ident);
  return value ?? compiler.refuse(ident.offset, `reference ${quoted(ident.name)} not found`);
};

/** A name that a field declares for its own value. */
const inField = (compiler: Compiler, ident: ast.Ident, binding: Binding, field: ast.Field): Expression => {
  const { frame, up } = found(compiler, ident, (each) => each.field === field);
  compiler.instance.inward = true;
  const at = compiler.at(ident.offset);
  if (binding.kind === 'pattern-label') return { tag: 'label-reference', up, at };
  compiler.alias(frame, ident.name, ident.offset);
  if (binding.kind === 'value-alias') return { tag: 'value-reference', up, label: compiler.label(ident), at };
  return { tag: 'dynamic-reference', up, label: { tag: 'label-reference', up: 0, at }, at };
};

/** `X` of `X=label: ...` where the label is no pattern. */
const aliased = (
  compiler: Compiler,
  ident: ast.Ident,
  { field }: LabelAlias,
  frame: Frame,
  up: number,
): Expression => {
  const at = compiler.at(ident.offset);
  const { key } = compiler.alias(frame, ident.name, ident.offset);
  const { label } = field;
  if (label.kind === 'ident') return fieldReference(compiler, up, compiler.label(label.ident), at);
  if (label.kind === 'string') return fieldReference(compiler, up, fixedLabel(compiler, ident, label), at);
  if (key === undefined) return compiler.refuse(ident.offset, 'cyclic reference in field alias');
  compiler.instance.inward = true;
  return { tag: 'dynamic-reference', up, label: key, at };
};

type StringLabel = Extract<ast.Label, { kind: 'string' }>;

/** CUE finds an aliased label again only if it is written as Go would write the string, and not empty. */
const fixedLabel = (compiler: Compiler, ident: ast.Ident, label: StringLabel): Label => {
  const { file, offset } = compiler.at(label.offset);
  const written = GO_STRING.exec(file.text.slice(offset))?.[0];
  if (written === undefined) return compiler.refuse(ident.offset, 'invalid label: invalid');
  if (label.value === '') return compiler.refuse(ident.offset, 'unsupported field alias ""');
  return stringLabel(label.value.normalize('NFC'));
};

/** Between double quotes, not three of them, with the escapes that Go and CUE share; or one character in single quotes. */
const GO_STRING =
  /^(?:"(?!"")(?:[^"\\\n]|\\(?:[abfnrtv\\"]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}))*"|'(?!'')(?:[^'\\\n]|\\(?:[abfnrtv\\']|[0-7]{3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}))')/u;
