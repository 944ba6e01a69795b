/** From the syntax trees of a policy's files to one compiled instance. */

import type * as ast from '../syntax/ast.ts';
import { identLabel, type Label } from '../value/label.ts';
import { checkAttributes } from './attributes.ts';
import { Compiler, type Instance, type Productions } from './compiler.ts';
import { compileComprehension, compileFile, compileStruct } from './declaration.ts';
import type { Environment } from './environment.ts';
import type { CompiledInstance } from './expression.ts';
import { checkImports, checkPackages, topLevelNames } from './imports.ts';
import { compileExpression } from './operand.ts';
import { quoted, refuse, unsupported } from './refusal.ts';
import { resolveFile } from './resolve.ts';
import { UNSUPPORTED_FILES } from './unsupported.ts';

const productions: Productions = {
  expression: compileExpression,
  struct: compileStruct,
  comprehension: compileComprehension,
};

/**
 * Compiles files as CUE v0.16.1 loads and builds them as one instance.
 *
 * @throws CUE_COMPILE where CUE refuses them before anything is evaluated
 * @throws CUE_UNSUPPORTED where CUE accepts what the evaluator cannot do exactly
 * @throws CUE_LIMIT
 */
export const compileFiles = (files: readonly ast.File[], environment: Environment): CompiledInstance => {
  const packageName = packageOf(files);
  const shared = new Set<Label>();
  for (const file of files) {
    if (packageIn(file) === '') continue;
    for (const name of topLevelNames(file)) shared.add(identLabel(name, packageName));
  }
  const instance: Instance = {
    environment,
    packageName,
    shared,
    referred: new Set(),
    inward: false,
    serial: 0,
    pieces: 0,
  };
  const compiled = files.map((file) => compileOne(instance, file));
  return { files: compiled, packageName, referred: instance.referred, inward: instance.inward };
};

const compileOne = (instance: Instance, file: ast.File): CompiledInstance['files'][number] => {
  const { name } = file.source;
  const ending = UNSUPPORTED_FILES.find((each) => name.endsWith(each));
  if (ending !== undefined) unsupported(file.source, 0, `a file named *${ending}`);
  checkPackages(file, instance.environment);
  checkAttributes(file);
  const bindings = resolveFile(file);
  checkImports(file, bindings);
  return compileFile(new Compiler(instance, file, bindings, productions), file);
};

/** `package _` is none. */
const packageIn = (file: ast.File): string => {
  const name = file.package?.name ?? '_';
  return name === '_' ? '' : name;
};

const packageOf = (files: readonly ast.File[]): string => {
  let first = '';
  for (const file of files) {
    const name = packageIn(file);
    if (first !== '' && name !== '' && name !== first) {
      refuse(file.source, file.package?.offset ?? 0, `found packages ${quoted(first)} and ${quoted(name)}`);
    }
    first ||= name;
  }
  return first;
};
