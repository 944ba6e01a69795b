import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFile, bundleProgram, isProgram } from './bundle.ts';

// node scripts/executable.ts PROGRAM NODE [OUT]: a single executable of Node's own making, dist/executable/PROGRAM
// unless OUT says another file. NODE is the node that it has inside, for whatever platform; it must be of the version
// that runs this. The same source, packages and node give the same bytes, so nothing that V8 compiles is in it.
const [, , program = '', node = '', out = path.join('dist', 'executable', program)] = process.argv;
if (!isProgram(program) || node === '') {
  console.error('usage: node scripts/executable.ts edgeseal|edgeseal-release NODE [OUT]');
  process.exit(2);
}
const scripts = fileURLToPath(new URL('.', import.meta.url));
const work = path.join(scripts, '..', 'dist', `executable-${program}`);
const folder = path.join(work, 'scripts');
rmSync(work, { recursive: true, force: true });
await bundleProgram(program, folder);
copyFileSync(
  createRequire(import.meta.url).resolve('@sigstore/tuf/seeds.json'),
  path.join(folder, 'seeds.json'),
);
await bundleFile(path.join(scripts, 'executable-launcher.ts'), path.join(work, 'launcher.cjs'));
const names = readdirSync(folder).toSorted();
writeFileSync(path.join(work, 'id'), identity(names));
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
    output: path.resolve(out),
    disableExperimentalSEAWarning: true,
    // Neither can be made for another platform, and code caches are other bytes each time.
    useSnapshot: false,
    useCodeCache: false,
    // What NODE_OPTIONS says is not for a verifier.
    execArgvExtension: 'none',
    assets,
  }),
);
mkdirSync(path.dirname(path.resolve(out)), { recursive: true });
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
