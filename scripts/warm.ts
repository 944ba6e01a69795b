import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadBundle } from './load-bundle.ts';

// Run by build.ts in a process of its own: verifies the quickstart's package a few times with the bundle, then
// keeps what V8 compiled for it.
const [, , folder = ''] = process.argv;
const sample = fileURLToPath(new URL('../examples/quickstart/', import.meta.url));
const { bundle, codeCache } = loadBundle(folder);
const quiet = { ...bundle.bundledIo(folder), stdout: () => undefined, stderr: () => undefined };
const identity = 'https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main';
const signer = ['--certificate-identity', identity];
const issuer = ['--certificate-oidc-issuer', 'https://token.actions.githubusercontent.com'];
const bundleFlag = ['--bundle', path.join(sample, 'sigstore-2.0.0.provenance.json')];
const artifact = path.join(sample, 'sigstore-2.0.0.tgz');
const common = ['verify-attestation', '--offline', ...bundleFlag];
const runs = [
  [...common, ...signer, ...issuer, '--type', 'slsaprovenance1', artifact],
  [...common, ...signer, ...issuer, '--type', 'slsaprovenance1', '--output', 'json', artifact],
];
for (const argv of runs) {
  const code = await bundle.main(argv, quiet);
  if (code !== 0) throw new Error(`the bundle answers ${code} to ${argv.join(' ')}`);
}
const loaded = Object.keys(createRequire(import.meta.url).cache).filter((file) => file.startsWith(folder));
if (loaded.length > 0) throw new Error(`a plain verification loads ${loaded.join(', ')}`);
writeFileSync(path.join(folder, 'main.cache'), codeCache());
