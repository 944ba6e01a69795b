import { chmodSync, copyFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where the bundled executable is: `edgeseal.cjs`, its lazily loaded parts and the embedded trust. */
export const bundleFolder = path.join(root, 'dist', 'bundle');

/**
 * Bundles the command line into one file. Only what a plain verification never needs (regular expressions,
 * JSON Schema, version ranges, the TUF client) stays apart and is loaded when it is called for.
 */
export async function build(): Promise<void> {
  rmSync(bundleFolder, { recursive: true, force: true });
  const bundle = await rolldown({
    input: { edgeseal: path.join(root, 'scripts', 'bundled.ts') },
    cwd: root,
    platform: 'node',
    external: [/^node:/],
    logLevel: 'warn',
  });
  await bundle.write({
    dir: bundleFolder,
    format: 'cjs',
    minify: true,
    comments: false,
    banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node' : ''),
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    codeSplitting: {
      groups: [
        { name: 'regular-expressions', test: /node_modules\/re2js\// },
        { name: 'json-schema', test: /node_modules\/(ajv|fast-uri|json-schema-traverse|fast-deep-equal)\// },
        { name: 'versions', test: /node_modules\/semver\// },
        { name: 'curves', test: /node_modules\/@noble\// },
        { name: 'tuf', test: /node_modules\// },
        { name: 'edgeseal', test: /./ },
      ],
    },
  });
  await bundle.close();
  const seeds = createRequire(import.meta.url).resolve('@sigstore/tuf/seeds.json');
  copyFileSync(seeds, path.join(bundleFolder, 'seeds.json'));
  chmodSync(path.join(bundleFolder, 'edgeseal.cjs'), 0o755);
}

if (import.meta.main) {
  await build();
  for (const name of readdirSync(bundleFolder)) {
    const size = statSync(path.join(bundleFolder, name)).size;
    console.log(`${(size / 1024).toFixed(1).padStart(8)} kB  ${name}`);
  }
}
