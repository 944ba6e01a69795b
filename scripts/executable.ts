import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFile, bundleProgram, isProgram } from './bundle.ts';

// node scripts/executable.ts PROGRAM ARCH amd64=NODE arm64=NODE: dist/executable/PROGRAM, a single executable of Node's
// own making for Linux on ARCH, and beside it the licences. Each NODE is a node for that architecture, of the version
// that runs this. The same source, packages and node give the same bytes, so nothing that V8 compiles is in it.
const [, , program = '', arch = '', ...nodes] = process.argv;
const node = nodes.find((one) => one.startsWith(`${arch}=`))?.slice(arch.length + 1) ?? '';
if (!isProgram(program) || node === '') {
  console.error('usage: node scripts/executable.ts edgeseal|edgeseal-release ARCH ARCH=NODE...');
  process.exit(2);
}
const scripts = fileURLToPath(new URL('.', import.meta.url));
const root = path.join(scripts, '..');
const out = path.join(root, 'dist', 'executable');
const work = path.join(root, 'dist', `executable-${program}`);
const folder = path.join(work, 'scripts');
rmSync(work, { recursive: true, force: true });
await bundleProgram(program, folder);
copyFileSync(
  createRequire(import.meta.url).resolve('@sigstore/tuf/seeds.json'),
  path.join(folder, 'seeds.json'),
);
await bundleFile(path.join(scripts, 'executable-launcher.ts'), path.join(work, 'launcher.cjs'));
const names = readdirSync(folder).toSorted();
writeFileSync(path.join(work, 'id'), `${program} ${identity(names)}`);
const assets = {
  id: path.join(work, 'id'),
  ...Object.fromEntries(names.map((name) => [name, path.join(folder, name)])),
};
const config = path.join(work, 'sea.json');
writeFileSync(
  config,
  JSON.stringify({
    // Relative: the name is in the executable.
    main: 'launcher.cjs',
    executable: path.resolve(node),
    output: path.join(out, program),
    disableExperimentalSEAWarning: true,
    // Neither can be made for another platform, and code caches are other bytes each time.
    useSnapshot: false,
    useCodeCache: false,
    // What NODE_OPTIONS says is not for a verifier.
    execArgvExtension: 'none',
    assets,
  }),
);
mkdirSync(out, { recursive: true });
copyFileSync(path.join(root, 'LICENSE'), path.join(out, 'LICENSE'));
copyFileSync(path.join(path.dirname(path.resolve(node)), '..', 'LICENSE'), path.join(out, 'LICENSE.node'));
execFileSync(process.execPath, ['--build-sea', config], {
  cwd: work,
  stdio: ['ignore', 'ignore', 'inherit'],
});

/** Of all scripts, by name and content. */
function identity(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const name of files) {
    const bytes = readFileSync(path.join(folder, name));
    hash.update(`${name} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex').slice(0, 32);
}
