import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'rolldown/utils';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const ignored = new Set(['.git', 'node_modules', 'dist', '.cache', 'coverage']);

/** One import, export-from or dynamic import; `kind` is `type` where it vanishes when types are stripped. */
export interface Import {
  readonly kind: 'value' | 'type';
  readonly specifier: string;
  /** By `import()`: loaded when it is called for. */
  readonly isLate: boolean;
}

export interface Source {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly imports: readonly Import[];
  /** Uses of a clock, of chance, of the environment and of the network, as they stand in the text. */
  readonly impurities: readonly string[];
}

/** Every file under the folders that git could track, relative to the repository. */
export function filesUnder(...folders: readonly string[]): string[] {
  return folders.flatMap((folder) => walk(folder)).toSorted();
}

function walk(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return ignored.has(entry.name) ? [] : walk(name);
    return entry.isFile() ? [name] : [];
  });
}

export function textOf(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

/** What a TypeScript text imports and which impure names it uses. */
export function parseSource(file: string, text: string): Source {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const imports: Import[] = [];
  const impurities: string[] = [];
  const add = (specifier: string, isType: boolean, isLate = false): void => {
    imports.push({ kind: isType ? 'type' : 'value', specifier, isLate });
  };
  new Visitor({
    ImportDeclaration(node) {
      const onlyTypes =
        node.specifiers.length > 0 &&
        node.specifiers.every((s) => s.type === 'ImportSpecifier' && s.importKind === 'type');
      add(node.source.value, node.importKind === 'type' || onlyTypes);
    },
    ExportNamedDeclaration(node) {
      if (node.source !== null) add(node.source.value, node.exportKind === 'type');
    },
    ExportAllDeclaration(node) {
      add(node.source.value, node.exportKind === 'type');
    },
    ImportExpression(node) {
      if (node.source.type === 'Literal' && typeof node.source.value === 'string')
        add(node.source.value, false, true);
      else impurities.push('import() of a computed name');
    },
    MemberExpression(node) {
      if (node.object.type !== 'Identifier' || node.property.type !== 'Identifier') return;
      const name = `${node.object.name}.${node.property.name}`;
      if (impureMembers.has(name) || node.object.name === 'process') impurities.push(name);
    },
    NewExpression(node) {
      if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0) {
        impurities.push('new Date()');
      }
    },
    CallExpression(node) {
      if (node.callee.type === 'Identifier' && impureCalls.has(node.callee.name)) {
        impurities.push(`${node.callee.name}()`);
      }
    },
  }).visit(program);
  return { path: file, imports, impurities };
}

const impureMembers = new Set([
  'Date.now',
  'Math.random',
  'performance.now',
  'crypto.getRandomValues',
  'crypto.randomUUID',
  'globalThis.fetch',
  'globalThis.process',
]);
const impureCalls = new Set(['fetch', 'setTimeout', 'setInterval', 'randomBytes', 'randomUUID', 'randomInt']);
