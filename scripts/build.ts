import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFile, bundleProgram } from './bundle.ts';

const scripts = fileURLToPath(new URL('.', import.meta.url));

/** Where the bundled executable is: `edgeseal.cjs`. */
const folder = path.join(scripts, '..', 'dist', 'bundle');

function makeExecutable(file: string): void {
  writeFileSync(file, `#!/usr/bin/env node\n${readFileSync(file, 'utf8')}`);
  chmodSync(file, 0o755);
}

await bundleProgram('edgeseal', folder);
await bundleFile(path.join(scripts, 'launcher.ts'), path.join(folder, 'edgeseal.cjs'));
makeExecutable(path.join(folder, 'edgeseal.cjs'));
const seeds = createRequire(import.meta.url).resolve('@sigstore/tuf/seeds.json');
copyFileSync(seeds, path.join(folder, 'seeds.json'));
execFileSync(process.execPath, [path.join(scripts, 'warm.ts'), folder], { stdio: 'inherit' });
for (const name of readdirSync(folder)) {
  const { size } = statSync(path.join(folder, name));
  console.log(`${(size / 1024).toFixed(1).padStart(8)} kB  ${name}`);
}
