/** Finds the declaration that each identifier of a file means (CUE language specification, "Scope"). */

import type * as ast from '../syntax/ast.ts';
import { importName } from './imports.ts';
import { namesIn } from './names.ts';
import { quoted, refuse } from './refusal.ts';
import { Scope, type Binding, type Clash } from './scope.ts';

/** Bindings of the identifiers that something in their own file declares; others are another file's or predeclared. */
export type Bindings = ReadonlyMap<ast.Ident, Binding>;

/** @throws CUE_COMPILE where a name is declared that cannot be, or a pattern refers to what it would match */
export const resolveFile = (file: ast.File): Bindings => {
  const resolver = new Resolver(file.source);
  resolver.file(file);
  return resolver.bindings;
};

class Resolver {
  readonly bindings = new Map<ast.Ident, Binding>();
  private readonly source: ast.SourceFile;

  constructor(source: ast.SourceFile) {
    this.source = source;
  }

  file(file: ast.File): void {
    const scope = new Scope(file, undefined);
    for (const spec of file.imports) {
      scope.declare(importName(spec), { kind: 'import', spec }, this.clash(spec.offset));
    }
    this.declareAll(scope, file, file.declarations);
    if (file.package !== undefined) this.identifier(file.package, scope);
    for (const declaration of file.declarations) this.declaration(declaration, scope);
  }

  private clash(offset: number): Clash {
    return (message) => refuse(this.source, offset, message);
  }

  private declareAll(
    scope: Scope,
    node: ast.File | ast.StructLit,
    declarations: readonly ast.Declaration[],
  ): void {
    for (const declaration of declarations) {
      const clash = this.clash(declaration.offset);
      if (declaration.kind === 'let') {
        scope.declare(declaration.ident.name, { kind: 'let', clause: declaration, scope: node }, clash);
      }
      if (declaration.kind !== 'field') continue;
      const { label } = declaration;
      if (label.alias !== undefined && label.kind !== 'pattern') {
        scope.declare(label.alias.name, { kind: 'label-alias', field: declaration, scope: node }, clash);
      }
      if (label.kind === 'ident') scope.declare(label.ident.name, { kind: 'field', scope: node }, clash);
    }
  }

  private declaration(declaration: ast.Declaration, scope: Scope): void {
    switch (declaration.kind) {
      case 'field':
        return this.field(declaration, scope);
      case 'let':
        return scope.without(declaration.ident.name, () => this.value(declaration.x, scope));
      case 'embedding':
        return this.expression(declaration.x, scope);
      case 'comprehension':
        return this.comprehension(declaration, scope);
      case 'ellipsis':
      case 'attribute':
      case 'import':
        return;
    }
  }

  private field(field: ast.Field, outer: Scope): void {
    const { label, value } = field;
    let scope = outer;
    if (label.kind === 'dynamic') this.expression(label.x, scope);
    if (label.kind === 'pattern') scope = this.pattern(field, label, outer);
    if (value.kind !== 'alias') return this.value(value, scope);
    scope = new Scope(field, scope);
    const binding: Binding = { kind: 'value-alias', alias: value, scope: field };
    scope.declare(value.ident.name, binding, this.clash(value.offset));
    this.value(value.x, scope);
  }

  private value(x: ast.Expression, scope: Scope): void {
    scope.inValue = true;
    this.expression(x, scope);
    scope.inValue = false;
  }

  private pattern(field: ast.Field, label: Extract<ast.Label, { kind: 'pattern' }>, outer: Scope): Scope {
    const scope = new Scope(field, outer);
    const clash = this.clash(label.offset);
    if (label.alias !== undefined)
      scope.declare(label.alias.name, { kind: 'label-alias', field, scope: field }, clash);
    if (label.inner !== undefined)
      scope.declare(label.inner.name, { kind: 'pattern-label', scope: field }, clash);
    const names = namesIn(label.x);
    for (let s: Scope | undefined = scope; s !== undefined && !s.inValue; s = s.outer) {
      for (const name of names) {
        if (!s.has(name)) continue;
        clash(
          `reference ${quoted(name)} in label expression refers to field against which it would be matched`,
        );
      }
    }
    this.expression(label.x, scope);
    return scope;
  }

  private comprehension({ clauses, value }: ast.Comprehension, outer: Scope): void {
    let scope = outer;
    for (const clause of clauses) {
      const clash = this.clash(clause.offset);
      if (clause.kind === 'if') {
        this.expression(clause.condition, scope);
        continue;
      }
      this.expression(clause.kind === 'for' ? clause.source : clause.x, scope);
      scope = new Scope(clause, scope);
      const binding: Binding = { kind: 'variable', scope: clause };
      if (clause.kind === 'for' && clause.key !== undefined) scope.declare(clause.key.name, binding, clash);
      scope.declare(clause.kind === 'for' ? clause.value.name : clause.ident.name, binding, clash);
    }
    this.struct(value, scope);
  }

  private struct(struct: ast.StructLit, outer: Scope): void {
    const scope = new Scope(struct, outer);
    this.declareAll(scope, struct, struct.declarations);
    for (const declaration of struct.declarations) this.declaration(declaration, scope);
  }

  private identifier(ident: ast.Ident, scope: Scope): void {
    const found = scope.lookup(ident.name);
    if (found !== undefined) this.bindings.set(ident, found.binding);
  }

  private expression(x: ast.Expression, scope: Scope): void {
    switch (x.kind) {
      case 'ident':
        return this.identifier(x, scope);
      case 'struct':
        return this.struct(x, scope);
      case 'list':
        return this.list(x, scope);
      case 'call':
        return this.each([x.fun, ...x.args], scope);
      case 'interpolation':
        return this.each(x.expressions, scope);
      case 'selector':
      case 'unary':
      case 'paren':
        return this.expression(x.x, scope);
      case 'index':
        return this.each([x.x, x.index], scope);
      case 'slice':
        return this.each([x.x, x.low, x.high], scope);
      case 'binary':
        return this.each([x.x, x.y], scope);
      case 'string':
      case 'bytes':
      case 'number':
      case 'bool':
      case 'null':
      case 'bottom':
        return;
    }
  }

  private each(all: readonly (ast.Expression | undefined)[], scope: Scope): void {
    for (const x of all) {
      if (x !== undefined) this.expression(x, scope);
    }
  }

  private list({ elements, ellipsis }: ast.ListLit, scope: Scope): void {
    for (const element of elements) {
      if (element.kind === 'comprehension') this.comprehension(element, scope);
      else this.expression(element, scope);
    }
    if (ellipsis?.x !== undefined) this.expression(ellipsis.x, scope);
  }
}
