/** Which declaration an identifier means: nested scopes of names, before anything is compiled. */

import type * as ast from '../syntax/ast.ts';

/** The syntax that opens a scope; a field does for its pattern and for the alias of its value. */
export type ScopeNode = ast.File | ast.StructLit | ast.Field | ast.ForClause | ast.LetClause;

/** What a name is bound to, and the scope that it was found in. */
export type Binding =
  | { readonly kind: 'import'; readonly spec: ast.ImportSpec }
  | { readonly kind: 'field'; readonly scope: ast.File | ast.StructLit }
  | { readonly kind: 'variable'; readonly scope: ast.ForClause | ast.LetClause }
  | { readonly kind: 'let'; readonly clause: ast.LetClause; readonly scope: ScopeNode }
  /** `X=label: ...`; the scope is the field itself where the label is a pattern. */
  | { readonly kind: 'label-alias'; readonly field: ast.Field; readonly scope: ScopeNode }
  /** `[X=string]: ...` */
  | { readonly kind: 'pattern-label'; readonly scope: ast.Field }
  /** `a: X={...}` */
  | { readonly kind: 'value-alias'; readonly alias: ast.Alias; readonly scope: ast.Field };

type Found = { readonly scope: Scope; readonly binding: Binding };

/** Tells why a name cannot be declared. */
export type Clash = (message: string) => never;

/** The names that one piece of syntax declares, and the scopes around it. */
export class Scope {
  readonly node: ScopeNode;
  readonly outer: Scope | undefined;
  /** Set while a field's value within this scope is resolved: patterns may refer to names from here on outward. */
  inValue = false;
  private readonly bindings = new Map<string, Binding>();

  constructor(node: ScopeNode, outer: Scope | undefined) {
    this.node = node;
    this.outer = outer;
  }

  has(name: string): boolean {
    return this.bindings.has(name);
  }

  lookup(name: string): Found | undefined {
    if (name === '_') return undefined;
    const binding = this.bindings.get(name);
    return binding === undefined ? this.outer?.lookup(name) : { scope: this, binding };
  }

  /**
   * Declares a name. Fields may be declared again, and hide names further out; aliases and let clauses must be alone in
   * their scope, and nothing may hide an alias by a field or a field by an alias.
   */
  declare(name: string, binding: Binding, clash: Clash): void {
    const found = this.lookup(name);
    if (found !== undefined) {
      if (this.aliases(binding) !== found.scope.aliases(found.binding)) {
        clash(`cannot have both alias and field with name ${JSON.stringify(name)} in same scope`);
      }
      if (found.scope === this && (this.unique(binding) || this.unique(found.binding))) {
        if (found.binding.kind === 'import') return;
        clash(`alias ${JSON.stringify(name)} redeclared in same scope`);
      }
    }
    this.bindings.set(name, binding);
  }

  /** Runs with a name out of sight: a let clause's own within its expression. */
  without(name: string, run: () => void): void {
    const binding = this.bindings.get(name);
    this.bindings.delete(name);
    run();
    if (binding !== undefined) this.bindings.set(name, binding);
  }

  private aliases(binding: Binding): boolean {
    return 'label' in this.node || binding.kind === 'let' || binding.kind === 'label-alias';
  }

  private unique(binding: Binding): boolean {
    return binding.kind === 'import' || this.aliases(binding);
  }
}
