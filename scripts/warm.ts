import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  attachBundles,
  attachLayers,
  evidenceAbout,
  legacyLayer,
  pushImage,
} from '../test/registry/content.ts';
import { TestRegistry } from '../test/registry/server.ts';
import { folderSource, loadBundle } from './load-bundle.ts';

// Run by build.ts in a process of its own: verifies the quickstart's package and images in a registry a few times
// with the bundle, then by a policy in CUE, and keeps what V8 compiled for it.
const [, , folder = ''] = process.argv;
const sample = fileURLToPath(new URL('../examples/quickstart/', import.meta.url));
const { bundle, codeCaches } = loadBundle(folderSource(folder));
const quiet = {
  ...bundle.nodeIo(() => readFileSync(path.join(folder, 'seeds.json'))),
  env: {},
  stdout: () => undefined,
  stderr: () => undefined,
};
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
const CUE = `
import "list"

#Builder: {id: =~"^https://github[.]com/", ...}
predicateType: "https://slsa.dev/provenance/v1" | "https://slsa.dev/provenance/v0.2"
subject: [...{name: string & !=""}] & list.MinItems(1)
predicate: {
	runDetails: builder: #Builder
	buildDefinition: externalParameters: workflow: repository: string
	if runDetails.builder.id != "" {buildDefinition: buildType: string}
}
`;
for (const argv of runs) await pass(argv);
await verifyImages();
const plain = /^(?:entry|main|verify|more|policy-schema|rolldown-runtime)[.]/;
const late = [...codeCaches().keys()].filter((name) => !plain.test(name));
if (late.length > 0) throw new Error(`a plain verification loads ${late.join(', ')}`);
await verifyByCue();
for (const [name, cache] of codeCaches()) writeFileSync(path.join(folder, name), cache);

async function pass(argv: readonly string[]): Promise<void> {
  const code = await bundle.main(argv, quiet);
  if (code !== 0) throw new Error(`the bundle answers ${code} to ${argv.join(' ')}`);
}

/** The package by a policy in CUE, presence-safe and as cosign judges. */
async function verifyByCue(): Promise<void> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'edgeseal-warm-'));
  try {
    const policy = path.join(scratch, 'policy.cue');
    writeFileSync(policy, CUE);
    const flags = ['--type', 'slsaprovenance1', '--policy', policy];
    await pass([...common, ...signer, ...issuer, ...flags, artifact]);
    await pass([...common, ...signer, ...issuer, ...flags, '--cue-compat', 'cosign', artifact]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Images with attestations in both layouts, by a key, by flags alone and with a policy. */
async function verifyImages(): Promise<void> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'edgeseal-warm-'));
  const registry = await TestRegistry.start();
  try {
    const manifest = pushImage(registry, 'o/app', 'v1');
    const { bytes, publicKeyPem } = evidenceAbout(manifest, { signer: 'key', log: 'none' });
    attachBundles(registry, 'o/app', manifest, [{ bytes }]);
    attachLayers(registry, 'o/app', manifest, [
      legacyLayer({ artifact: { name: 'image', content: manifest } }),
    ]);
    const key = path.join(scratch, 'key.pub');
    writeFileSync(key, publicKeyPem);
    const policy = path.join(scratch, 'policy.json');
    const signers = [{ key: { pem: publicKeyPem }, transparencyLog: 'optional' }];
    const requirements = [{ signers, predicateType: 'slsaprovenance1' }];
    writeFileSync(policy, JSON.stringify({ name: 'warm', requirements }));
    const image = `${registry.host}/o/app:v1`;
    const flags = ['--key', key, '--type', 'slsaprovenance1', '--insecure-ignore-tlog'];
    await pass(['verify-attestation', ...flags, image]);
    await pass(['verify-attestation', ...flags, '--policy', policy, image]);
  } finally {
    await registry.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}
