import { execFileSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import manifest from '../package.json' with { type: 'json' };

const root = fileURLToPath(new URL('..', import.meta.url));
const stage = path.join(root, 'dist', 'package');
const bin = { edgeseal: './bundle/edgeseal.cjs', 'edgeseal-release': './release/bin/edgeseal-release.js' };
/** A command of the development dependencies: npm puts them on PATH. */
const run = (command: string, ...args: readonly string[]): void => {
  execFileSync(command, args, { cwd: root, stdio: 'inherit' });
};

// What is published: the library and edgeseal-release as JavaScript with types, the bundled executable edgeseal, policies
// and documents.
rmSync(stage, { recursive: true, force: true });
run(process.execPath, 'scripts/build.ts');
run('tsc', '-p', 'tsconfig.stage.json');
cpSync(path.join(root, 'dist', 'bundle'), path.join(stage, 'bundle'), { recursive: true });
cpSync(path.join(root, 'docs'), path.join(stage, 'docs'), { recursive: true });
for (const file of [
  'LICENSE',
  'README.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'policies/README.md',
  'policies/policy.schema.json',
  'policies/release-expectation.schema.json',
]) {
  cpSync(path.join(root, file), path.join(stage, file));
}
writeFileSync(path.join(stage, 'package.json'), `${JSON.stringify(publishedManifest(), null, 2)}\n`);
run('publint', 'dist/package', '--strict');
for (const file of Object.values(bin)) run(process.execPath, path.join(stage, file), 'version');

/** The manifest without what only the repository needs, its files as they are published. */
function publishedManifest(): object {
  const {
    private: _private,
    scripts: _scripts,
    devDependencies: _tools,
    optionalDependencies: _node,
    ...kept
  } = manifest;
  return {
    ...kept,
    bin,
    imports: { '#core/*': './src/*.js' },
    exports: Object.fromEntries(
      Object.entries(manifest.exports).map(([name, file]) => [name, published(file)]),
    ),
  };
}

function published(file: string): string | { readonly types: string; readonly default: string } {
  if (!file.endsWith('.ts')) return file;
  const name = file.slice(0, -'.ts'.length);
  return { types: `${name}.d.ts`, default: `${name}.js` };
}
