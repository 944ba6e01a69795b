/** Structs and comprehensions. */

import type * as ast from '../syntax/ast.ts';
import { NO_LABEL, stringLabel } from '../value/label.ts';
import type { Compiler } from './compiler.ts';
import type {
  ComprehensionDeclaration,
  Declaration,
  Expression,
  StructExpression,
  Yielder,
} from './expression.ts';
import type { Frame } from './frame.ts';

export const compileStruct = (compiler: Compiler, x: ast.StructLit): StructExpression =>
  compiler.within(x, 1, (frame) => structOf(compiler, frame, x.declarations, x.offset, false));

/** The struct of a whole file. */
export const compileFile = (compiler: Compiler, file: ast.File): StructExpression =>
  compiler.within(file, 0, (frame) => structOf(compiler, frame, file.declarations, 0, true));

const structOf = (
  compiler: Compiler,
  frame: Frame,
  syntax: readonly ast.Declaration[],
  offset: number,
  file: boolean,
): StructExpression => {
  for (const declaration of syntax) declareAliases(compiler, frame, declaration);
  for (const declaration of syntax) compileKey(compiler, frame, declaration);
  const declarations = syntax.flatMap(
    (declaration) => compileDeclaration(compiler, frame, declaration) ?? [],
  );
  const embeds = declarations.some(isEmbedded);
  return { tag: 'struct', declarations, file, comprehension: false, embeds, at: compiler.at(offset) };
};

const isEmbedded = ({ tag }: Declaration): boolean =>
  tag !== 'field' &&
  tag !== 'let-field' &&
  tag !== 'pattern-field' &&
  tag !== 'dynamic-field' &&
  tag !== 'ellipsis';

const declareAliases = (compiler: Compiler, frame: Frame, x: ast.Declaration): void => {
  if (x.kind === 'let') compiler.declareAlias(frame, x.ident, x.offset, x);
  if (x.kind !== 'field' || x.label.alias === undefined) return;
  compiler.declareAlias(frame, x.label.alias, x.offset);
};

/** `X=(key): ...`: X is a reference by the key, wherever it stands in the struct. */
const compileKey = (compiler: Compiler, frame: Frame, x: ast.Declaration): void => {
  if (x.kind !== 'field' || x.label.kind !== 'dynamic' || x.label.alias === undefined) return;
  const alias = frame.aliases.get(x.label.alias.name);
  if (alias !== undefined) alias.key = compiler.expression(x.label.x);
};

const compileDeclaration = (
  compiler: Compiler,
  frame: Frame,
  x: ast.Declaration,
): Declaration | undefined => {
  const at = compiler.at(x.offset);
  switch (x.kind) {
    case 'field':
      return field(compiler, frame, x);
    case 'let': {
      const { value, looping } = compiler.letValue(() => compiler.valueOf(frame, undefined, x.x));
      const label = frame.aliases.get(x.ident.name)?.let?.label ?? NO_LABEL;
      return { tag: 'let-field', label, multi: looping, value, at };
    }
    case 'ellipsis':
      return { tag: 'ellipsis', value: undefined, at };
    case 'embedding':
      return compiler.expression(x.x);
    case 'comprehension':
      return compiler.comprehension(x, false);
    case 'attribute':
    case 'import':
    default:
      return undefined;
  }
};

const field = (compiler: Compiler, frame: Frame, x: ast.Field): Declaration => {
  const { label, presence } = x;
  const at = compiler.at(x.offset);
  const value = fieldValue(compiler, frame, x);
  switch (label.kind) {
    case 'ident':
      if (label.ident.name === '_') return compiler.refuse(x.offset, 'cannot use _ as label');
      return { tag: 'field', label: compiler.label(label.ident), presence, value, at };
    case 'string':
      return { tag: 'field', label: stringLabel(label.value.normalize('NFC')), presence, value, at };
    case 'pattern':
      return { tag: 'pattern-field', filter: compiler.expression(label.x), value, at };
    case 'dynamic':
    default:
      return { tag: 'dynamic-field', key: compiler.expression(label.x), presence, value, at };
  }
};

const fieldValue = (compiler: Compiler, frame: Frame, x: ast.Field): Expression => {
  const { value } = x;
  if (value.kind !== 'alias') return compiler.valueOf(frame, x, value);
  return compiler.within(undefined, 0, (inner) => {
    compiler.declareAlias(inner, value.ident, value.offset);
    return compiler.valueOf(inner, x, value.x);
  });
};

export const compileComprehension = (
  compiler: Compiler,
  x: ast.Comprehension,
  inList: boolean,
): ComprehensionDeclaration => {
  const at = compiler.at(x.offset);
  if (x.clauses[0]?.kind === 'let')
    compiler.refuse(x.offset, "first comprehension clause must be 'if' or 'for'");
  const clauses = x.clauses.map((clause) => yielder(compiler, clause, inList));
  const value = compiler.struct(x.value);
  for (const clause of clauses) {
    if (clause.tag !== 'if') compiler.leave();
  }
  return { tag: 'comprehension', clauses, value, at };
};

/** What stands after a clause that names something is within its frame. */
const yielder = (
  compiler: Compiler,
  clause: ast.Comprehension['clauses'][number],
  inList: boolean,
): Yielder => {
  const at = compiler.at(clause.offset);
  switch (clause.kind) {
    case 'if':
      return { tag: 'if', condition: compiler.expression(clause.condition), at };
    case 'for': {
      const source = compiler.expression(clause.source);
      compiler.enter(clause, 1).looping = !inList;
      const key = clause.key === undefined ? NO_LABEL : compiler.label(clause.key);
      return { tag: 'for', key, value: compiler.label(clause.value), source, at };
    }
    case 'let':
    default: {
      const { value, looping } = compiler.letValue(() => compiler.expression(clause.x));
      compiler.enter(clause, 1).looping = !inList && looping;
      return { tag: 'let', label: compiler.label(clause.ident), value, at };
    }
  }
};
