import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import {
  attachBundles,
  attachLayers,
  evidenceAbout,
  legacyLayer,
  pushImage,
} from '../test/registry/content.ts';
import { TestRegistry } from '../test/registry/server.ts';
import { folderSource, loadBundle } from './load-bundle.ts';

// Run by build.ts in a process of its own: verifies an npm package and images in a registry a few times
// with the bundle, then by policies in CUE, and keeps what V8 compiled for it.
const [, , folder = ''] = process.argv;
const sample = fileURLToPath(new URL('../examples/npm-package/', import.meta.url));
// What was compiled stays, however long ago it ran.
setFlagsFromString('--no-flush-bytecode');
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
/** What most policies are made of, for statements of the kubeedge-hermetic builder. */
const COMMON_CUE = `
import (
	"list"
	"time"
)

let commit = =~"^[0-9a-f]{40}$"

#Subject: {name?: string & !="", digest: sha256: =~"^[0-9a-f]+$"}

"_type": "https://in-toto.io/Statement/v1"
subject: [...#Subject] & list.MinItems(1) & list.MaxItems(100)
predicate: {
	buildDefinition: {
		buildType: =~"^https://" | "other"
		externalParameters: workflow: ref: "refs/heads/main" | =~"^refs/tags/v[0-9]+[.][0-9]+"
		resolvedDependencies: [{digest: gitCommit: commit, ...}, ...{uri: string, ...}]
		internalParameters?: {...}
	}
	runDetails: metadata: {
		startedOn:   time.Time & >"2020-01-01T00:00:00Z" & <"2100-01-01T00:00:00Z"
		finishedOn?: time.Time
	}
}
`;
for (const argv of runs) await pass(argv);
await verifyImages();
const plain = /^(?:entry|main|verify|more|policy-schema|rolldown-runtime)[.]/;
const late = [...codeCaches().keys()].filter((name) => !plain.test(name));
if (late.length > 0) throw new Error(`a plain verification loads ${late.join(', ')}`);
await verifyByCue();
await judgeByPolicies();
// V8 takes a cache only where its flags are those of the process that made it.
setFlagsFromString('--flush-bytecode');
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

/** The policies that we publish, with their cases, and a common one. */
async function judgeByPolicies(): Promise<void> {
  const { compileCue, prepareCue } = await bundle.cueEngine();
  await prepareCue();
  const policies = fileURLToPath(new URL('../policies/', import.meta.url));
  const cases = (name: string, side: string): readonly string[] => {
    const around = path.join(policies, name, side);
    return readdirSync(around).map((file) => readFileSync(path.join(around, file), 'utf8'));
  };
  const judge = (text: string, documents: readonly string[], isAccepted: boolean): void => {
    const { evaluate } = compileCue([{ name: 'policy.cue', text }]);
    for (const { verdict, missing } of documents.map(evaluate)) {
      if ((verdict === 'pass' && missing.length === 0) !== isAccepted)
        throw new Error(`a policy errs about its cases: ${text}`);
    }
  };
  for (const name of ['kubeedge-files', 'kubeedge-images', 'kubeedge-hermetic']) {
    const text = readFileSync(path.join(policies, `${name}.cue`), 'utf8');
    judge(text, cases(name, 'accept'), true);
    judge(text, cases(name, 'deny'), false);
  }
  judge(COMMON_CUE, cases('kubeedge-hermetic', 'accept'), true);
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
