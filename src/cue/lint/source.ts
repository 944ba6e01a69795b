/** What the names in a policy's files refer to, as far as its text alone tells. */

import type * as ast from '../syntax/ast.ts';
import { topLevelNames } from '../compile/imports.ts';
import { eachNode } from '../compile/visit.ts';
import { resolveFile, type Bindings } from '../compile/resolve.ts';
import type { Position } from '../value/position.ts';

/** A file of a policy; `together` are all whose names at the top it sees, itself included. */
export type Source = {
  readonly file: ast.File;
  readonly bindings: Bindings;
  readonly together: readonly Source[];
};

/** An expression, and the file that it stands in. */
export type Located = { readonly x: ast.Expression; readonly source: Source };

/** References are followed no further. */
const FURTHEST = 8;

/** @throws CUE_COMPILE */
export function sourcesOf(files: readonly ast.File[]): readonly Source[] {
  const packaged: Source[] = [];
  return files.map((file) => {
    const isAlone = (file.package?.name ?? '_') === '_';
    const together: Source[] = isAlone ? [] : packaged;
    const source = { file, bindings: resolveFile(file), together };
    together.push(source);
    return source;
  });
}

export const positionIn = ({ file }: Source, { offset }: { readonly offset: number }): Position => ({
  file: file.source,
  offset,
});

/** The name that a label has in the text; dynamic labels and patterns have none. */
export function nameOfLabel(label: ast.Label): string | undefined {
  if (label.kind === 'ident') return label.ident.name;
  return label.kind === 'string' ? label.value : undefined;
}

/** The name of a hidden field or a definition: what no document has. */
export const privateName = (label: ast.Label): string | undefined =>
  label.kind === 'ident' && /^(_|#)/.test(label.ident.name) ? label.ident.name : undefined;

export const isPrivate = (label: ast.Label): boolean => privateName(label) !== undefined;

export const valueOf = ({ value }: ast.Field): ast.Expression => (value.kind === 'alias' ? value.x : value);

/**
 * All that a name or a selection of names is said to be; nothing where what is selected from does not declare it;
 * undefined where the text does not tell.
 */
export function declaredAs({ x, source }: Located, depth = 0): readonly Located[] | undefined {
  if (depth > FURTHEST) return undefined;
  if (x.kind === 'paren') return declaredAs({ x: x.x, source }, depth);
  if (x.kind === 'ident') return identDeclaredAs(x, source);
  if (x.kind !== 'selector') return undefined;
  const name = x.label.kind === 'ident' ? x.label.name : x.label.value;
  const from = declaredAs({ x: x.x, source }, depth + 1);
  const structs = from && structsOfAll(from, depth + 1);
  return structs?.flatMap((struct) => fieldsNamed(struct, name));
}

type Struct = { readonly declarations: readonly ast.Declaration[]; readonly source: Source };

const fieldsNamed = ({ declarations, source }: Struct, name: string): Located[] =>
  declarations.flatMap((each) =>
    each.kind === 'field' && nameOfLabel(each.label) === name ? [{ x: valueOf(each), source }] : [],
  );

function identDeclaredAs(ident: ast.Ident, source: Source): readonly Located[] | undefined {
  const binding = source.bindings.get(ident);
  const inAll = (): Located[] =>
    source.together.flatMap((each) =>
      fieldsNamed({ declarations: each.file.declarations, source: each }, ident.name),
    );
  switch (binding?.kind) {
    case undefined: {
      const found = inAll();
      return found.length === 0 ? undefined : found;
    }
    case 'field': {
      const { scope } = binding;
      return 'source' in scope
        ? inAll()
        : fieldsNamed({ declarations: scope.declarations, source }, ident.name);
    }
    case 'let':
      return [{ x: binding.clause.x, source }];
    case 'value-alias':
      return [{ x: binding.alias.x, source }];
    case 'label-alias':
      return binding.field.label.kind === 'pattern' ? undefined : [{ x: valueOf(binding.field), source }];
    default:
      return undefined;
  }
}

/** The structs that a value is made of; none for a scalar; undefined where the text does not tell them all. */
export function structsIn({ x, source }: Located, depth = 0): readonly Struct[] | undefined {
  if (depth > FURTHEST) return undefined;
  switch (x.kind) {
    case 'paren':
      return structsIn({ x: x.x, source }, depth);
    case 'struct': {
      if (x.declarations.some((each) => each.kind === 'comprehension')) return undefined;
      const embedded = x.declarations.filter((each) => each.kind === 'embedding');
      const known = structsOfAll(
        embedded.map((each) => ({ x: each.x, source })),
        depth + 1,
      );
      return known && [{ declarations: x.declarations, source }, ...known];
    }
    case 'binary': {
      if (x.op !== '&' && x.op !== '|') return [];
      const both = structsOfAll(
        [x.x, x.y].map((each) => ({ x: each, source })),
        depth,
      );
      return x.op === '&' || both?.length === 0 ? both : undefined;
    }
    case 'ident':
    case 'selector': {
      const declared = declaredAs({ x, source }, depth + 1);
      if (declared === undefined) return isBuiltin(x, source) ? [] : undefined;
      return structsOfAll(declared, depth + 1);
    }
    case 'call':
      if (isClose(x, source))
        return structsOfAll(
          x.args.map((each) => ({ x: each, source })),
          depth + 1,
        );
      return x.fun.kind === 'selector' && isBuiltin(x.fun, source) ? [] : undefined;
    case 'index':
    case 'slice':
      return undefined;
    default:
      return [];
  }
}

function structsOfAll(parts: readonly Located[], depth: number): readonly Struct[] | undefined {
  const found: Struct[] = [];
  for (const part of parts) {
    const structs = structsIn(part, depth);
    if (structs === undefined) return undefined;
    found.push(...structs);
  }
  return found;
}

/** `_`, a type, or what an imported package has: none that declares a field. */
function isBuiltin(x: ast.Ident | ast.Selector, source: Source): boolean {
  if (x.kind === 'ident') return !source.bindings.has(x);
  return x.x.kind === 'ident' && source.bindings.get(x.x)?.kind === 'import';
}

const isClose = ({ fun }: ast.Call, source: Source): boolean =>
  fun.kind === 'ident' && fun.name === 'close' && !source.bindings.has(fun);

/** Whether a field's value reads other fields of the policy, and with them the document's. */
export function readsFields(field: ast.Field, source: Source): boolean {
  let reads = false;
  eachNode(field.value, (node) => {
    if (node.kind !== 'ident' || !('name' in node)) return;
    const kind = source.bindings.get(node)?.kind;
    reads ||= kind === 'field' || kind === 'let' || (kind === undefined && isElsewhere(node.name, source));
  });
  return reads;
}

const isElsewhere = (name: string, { together }: Source): boolean =>
  together.some(({ file }) => topLevelNames(file).includes(name));
