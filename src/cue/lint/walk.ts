import type * as ast from '../syntax/ast.ts';
import { nameOfLabel, valueOf, type Source } from './source.ts';

/** Where a piece of a policy stands: the names of the fields around it, from the outermost; `[]` for an element. */
export type Place = {
  readonly source: Source;
  readonly path: readonly string[];
  /** The field whose value it belongs to. */
  readonly field: ast.Field | undefined;
};

type Visit = (node: ast.Declaration | ast.Expression, place: Place) => void;

/** Every declaration and expression of a file but the labels, each before what is within it. */
export function walk(source: Source, visit: Visit): void {
  for (const each of source.file.declarations)
    declaration(each, { source, path: [], field: undefined }, visit);
}

function declaration(node: ast.Declaration, place: Place, visit: Visit): void {
  visit(node, place);
  switch (node.kind) {
    case 'field': {
      const path = [...place.path, nameOfLabel(node.label) ?? '*'];
      return expression(valueOf(node), { ...place, path, field: node }, visit);
    }
    case 'let':
    case 'embedding':
      return expression(node.x, place, visit);
    case 'comprehension':
      return comprehension(node, place, visit);
    case 'ellipsis':
    case 'attribute':
    case 'import':
      return;
  }
}

function comprehension({ clauses, value }: ast.Comprehension, place: Place, visit: Visit): void {
  for (const clause of clauses) {
    if (clause.kind === 'if') expression(clause.condition, place, visit);
    else expression(clause.kind === 'for' ? clause.source : clause.x, place, visit);
  }
  expression(value, place, visit);
}

function expression(x: ast.Expression, place: Place, visit: Visit): void {
  visit(x, place);
  for (const part of partsOf(x, place.path)) {
    const inner = part.path === undefined ? place : { ...place, path: part.path };
    if (part.node.kind === 'comprehension') visit(part.node, inner);
    if (part.node.kind === 'comprehension') comprehension(part.node, inner, visit);
    else expression(part.node, inner, visit);
  }
  if (x.kind === 'struct') for (const each of x.declarations) declaration(each, place, visit);
}

type Part = { readonly node: ast.Expression | ast.Comprehension; readonly path?: readonly string[] };

function partsOf(x: ast.Expression, path: readonly string[]): readonly Part[] {
  const parts = (...nodes: readonly (ast.Expression | undefined)[]): Part[] =>
    nodes.flatMap((node) => (node === undefined ? [] : [{ node }]));
  switch (x.kind) {
    case 'list': {
      const all = x.ellipsis?.x === undefined ? x.elements : [...x.elements, x.ellipsis.x];
      return all.map((node) => ({ node, path: [...path, '[]'] }));
    }
    case 'binary':
      return parts(x.x, x.y);
    case 'unary':
    case 'paren':
    case 'selector':
      return parts(x.x);
    case 'index':
      return parts(x.x, x.index);
    case 'slice':
      return parts(x.x, x.low, x.high);
    case 'call':
      return parts(x.fun, ...x.args);
    case 'interpolation':
      return parts(...x.expressions);
    default:
      return [];
  }
}

/** A path as people write it: `subject[].digest`. */
export const pathText = (path: readonly string[]): string => path.join('.').replaceAll('.[]', '[]');
