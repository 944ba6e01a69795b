/** Imports: of packages that are there, under names that nothing else has, and used. */

import type * as ast from '../syntax/ast.ts';
import type { Environment } from './environment.ts';
import { quoted, refuse, unsupported } from './refusal.ts';
import type { Bindings } from './resolve.ts';

/** The name that a file refers to an import by. */
export const importName = (spec: ast.ImportSpec): string =>
  spec.name?.name ?? spec.path.slice(spec.path.lastIndexOf('/') + 1);

/** @throws CUE_COMPILE CUE_UNSUPPORTED */
export const checkPackages = (file: ast.File, environment: Environment): void => {
  for (const { path, name, offset } of file.imports) {
    const [domain = ''] = path.split('/');
    if (domain.includes('.')) unsupported(file.source, offset, `import of ${quoted(path)} from a module`);
    const known = environment.hasPackage(path);
    if (known === 'unknown') refuse(file.source, offset, `builtin package ${quoted(path)} undefined`);
    if (known === 'known') unsupported(file.source, offset, `package ${quoted(path)}`);
    if (name?.name === '_') unsupported(file.source, offset, 'import under the name "_"');
  }
};

/** @throws CUE_COMPILE */
export const checkImports = (file: ast.File, bindings: Bindings): void => {
  const used = new Set<ast.ImportSpec>();
  for (const binding of bindings.values()) {
    if (binding.kind === 'import') used.add(binding.spec);
  }
  const names = new Set(topLevelNames(file));
  for (const spec of file.imports) {
    const written = file.source.text.slice(spec.offset, spec.offset + 200);
    const single = written.indexOf("'");
    if (single !== -1 && !written.slice(0, single).includes('"')) {
      refuse(file.source, spec.offset, 'an import path is a string, not bytes');
    }
    const name = importName(spec);
    if (names.has(name)) refuse(file.source, spec.offset, `${name} redeclared as imported package name`);
    names.add(name);
    if (!used.has(spec)) refuse(file.source, spec.offset, `imported and not used: ${quoted(spec.path)}`);
  }
};

/** Names that a file declares for all files of its package: fields named by an identifier, without an alias. */
export const topLevelNames = (file: ast.File): string[] =>
  file.declarations.flatMap((declaration) => {
    if (declaration.kind !== 'field') return [];
    const { label } = declaration;
    return label.kind === 'ident' && label.alias === undefined ? [label.ident.name] : [];
  });
