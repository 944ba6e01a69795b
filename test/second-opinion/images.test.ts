import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { writeEvidencePack } from '#core/bundle/evidence-pack';
import { findPeer, mustRun } from '../interop/peers.ts';
import { pushTo } from '../interop/attested.ts';
import { edgesealIn, type Answer } from '../registry/command.ts';
import {
  attachBundles,
  attachLayers,
  bytesOf,
  descriptor,
  evidenceAbout,
  legacyLayer,
  pushImage,
  pushIndex,
} from '../registry/content.ts';
import { digestOf, OCI_MANIFEST, TestRegistry } from '../registry/server.ts';
import { githubProvenance } from '../sigstore/statement.ts';
import type { EvidenceOptions } from '../sigstore/make-evidence.ts';
import { fakeCosign } from './fake-cosign.ts';

const user = { name: 'user', password: 'a-secret' };
let folder = '';
const registries: TestRegistry[] = [];
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'edgeseal-opinion-images-'));
});
afterEach(async () => {
  for (const registry of registries.splice(0)) await registry.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = async (options: Parameters<typeof TestRegistry.start>[0] = {}): Promise<TestRegistry> => {
  const registry = await TestRegistry.start(options);
  registries.push(registry);
  return registry;
};

interface Attested {
  readonly name: string;
  readonly digest: string;
  readonly flags: readonly string[];
}

/** An image with an attestation by certificate, and the flags that accept it. */
function attest(registry: TestRegistry, layout: 'bundle' | 'layer', options: EvidenceOptions = {}): Attested {
  const manifest = pushImage(registry, 'o/app', 'v1');
  const fixture = evidenceAbout(manifest, options);
  const artifact = { name: 'image', content: manifest };
  if (layout === 'bundle') attachBundles(registry, 'o/app', manifest, [fixture]);
  else attachLayers(registry, 'o/app', manifest, [legacyLayer({ artifact, ...options })]);
  writeFileSync(path.join(folder, 'root.json'), fixture.trustedRootBytes);
  const who = [`--certificate-identity=${fixture.identity}`, `--certificate-oidc-issuer=${fixture.issuer}`];
  return {
    name: `${registry.host}/o/app`,
    digest: digestOf(manifest),
    flags: [...who, '--type=slsaprovenance1'],
  };
}

const stranger = '--certificate-identity=nobody';

async function verify(cosign: string, ...args: readonly string[]): Promise<Answer> {
  const fixed = ['verify-attestation', '--second-opinion=cosign', '--trusted-root=root.json'];
  const env = { HOME: folder, EDGESEAL_COSIGN: cosign, PATH: process.env['PATH'] };
  return edgesealIn(folder, [...fixed, ...args], { env });
}

describe('--second-opinion about an image', () => {
  const no = 'echo "Error: no" >&2; exit 1';
  test.each([
    ['both accept', 'exit 0', [], 0, ''],
    ['both refuse', no, [stranger], 1, 'SIGNER_IDENTITY_MISMATCH'],
    ['only edgeseal accepts', no, [], 1, 'SECOND_OPINION_DISAGREES'],
    ['only cosign accepts', 'exit 0', [stranger], 1, 'SECOND_OPINION_DISAGREES'],
    [
      'cosign cannot reach the registry',
      'echo "Error: Get \\"https://r/v2/\\": EOF" >&2; exit 1',
      [],
      3,
      'SECOND_OPINION_UNAVAILABLE',
    ],
    [
      'cosign reaches it no more, and edgeseal refuses',
      'echo "Error: Get \\"https://r/v2/\\": EOF" >&2; exit 1',
      [stranger],
      1,
      'SECOND_OPINION_UNAVAILABLE',
    ],
  ])('%s', async (name, answer, more, exit, says) => {
    const { name: image, flags } = attest(await start(), 'bundle');
    const [, ...rest] = flags;
    const who = more.length === 0 ? flags : [...more, ...rest];
    const found = await verify(fakeCosign(folder, 'cosign', answer), ...who, `${image}:v1`);
    expect([found.exit, found.stderr]).toEqual([exit, expect.stringContaining(says)]);
    expect(found.stdout !== '').toBe(name === 'both accept');
  });

  test('asks by the digest that the tag meant, and credentials go by a file', async () => {
    const registry = await start({ auth: 'basic', user });
    const { name, digest, flags } = attest(registry, 'bundle');
    const seen = path.join(folder, 'seen');
    const cosign = fakeCosign(
      folder,
      'cosign',
      `echo "$@" > ${seen}; cat "$DOCKER_CONFIG/config.json" >> ${seen}`,
    );
    const login = [`--registry-username=${user.name}`, `--registry-password=${user.password}`];
    const answer = await verify(cosign, ...flags, ...login, `${name}:v1`);
    expect(answer).toMatchObject({ exit: 0 });
    const [argv = '', config = ''] = readFileSync(seen, 'utf8').split('\n');
    expect(argv.endsWith(` ${name}@${digest}`)).toBe(true);
    expect(argv + answer.stderr).not.toContain(user.password);
    const auth = Buffer.from(`${user.name}:${user.password}`).toString('base64');
    expect(JSON.parse(config)).toEqual({ auths: { [registry.host]: { auth } } });
  });

  test('a policy in CUE goes along, one in JSON does not', async () => {
    const { name, flags } = attest(await start(), 'bundle');
    const [seen, cue, json] = ['seen', 'policy.cue', 'policy.json'].map((file) => path.join(folder, file));
    const text = 'predicate: runDetails: builder: id: string\n';
    writeFileSync(path.join(folder, 'policy.cue'), text);
    writeFileSync(
      path.join(folder, 'policy.json'),
      JSON.stringify({ name: 'p', requirements: [{ signers: [{ issuer: '**', identity: '**' }] }] }),
    );
    const show = 'for one in "$@"; do case "$one" in --policy=*) cat "${one#--policy=}";; esac; done';
    const cosign = fakeCosign(folder, 'cosign', `(${show}) > ${seen}`);
    const answer = await verify(cosign, ...flags, `--policy=${cue}`, `--policy=${json}`, `${name}:v1`);
    expect(answer.stderr).toContain('Second opinion: cosign v3.1.3 accepts');
    expect(readFileSync(path.join(folder, 'seen'), 'utf8')).toBe(text);
  });

  test('an image that cannot be read is nothing to ask about, and the next one is', async () => {
    const { name, flags } = attest(await start(), 'bundle');
    const cosign = fakeCosign(folder, 'cosign', 'exit 0');
    const answer = await verify(cosign, ...flags, `${name}:absent`, `${name}:v1`);
    expect(answer.exit).toBe(3);
    expect(answer.stderr).toMatch(/IMAGE_NOT_FOUND[^]*SECOND_OPINION_UNAVAILABLE/);
    expect(answer.stderr.match(/Second opinion: cosign v3.1.3 accepts/g)).toHaveLength(1);
  });

  test.each([
    ['the log is searched', '--rekor-url=http://127.0.0.1:9'],
    ['a pack', '--evidence=app.pack.json'],
  ])('wrong usage: %s', async (_, flag) => {
    const none = { artifacts: [], evidence: [], images: [], trustedRoot: undefined, keys: [], policies: [] };
    writeFileSync(path.join(folder, 'app.pack.json'), writeEvidencePack(none));
    const { name, flags } = attest(await start(), 'bundle');
    const answer = await verify('/absent', ...flags, flag, `${name}:v1`);
    expect(answer).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('FLAG_CONFLICT: --second-opinion'),
    });
  });

  test('of a layout only the image that it is about', async () => {
    const cosign = fakeCosign(folder, 'cosign', 'exit 0');
    const manifest = bytesOf({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: descriptor('x', bytesOf({})),
      layers: [],
    });
    const other = bytesOf({ ...JSON.parse(manifest.toString()), annotations: { a: 'b' } });
    const blobs = path.join(folder, 'layout', 'blobs', 'sha256');
    mkdirSync(blobs, { recursive: true });
    for (const bytes of [manifest, other]) writeFileSync(path.join(blobs, digestOf(bytes).slice(7)), bytes);
    const manifests = [descriptor(OCI_MANIFEST, manifest)];
    writeFileSync(path.join(folder, 'layout', 'index.json'), bytesOf({ schemaVersion: 2, manifests }));
    writeFileSync(path.join(folder, 'layout', 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    const { flags } = attest(await start(), 'bundle');
    const one = await verify(cosign, ...flags, '--local-image', 'layout');
    expect(one).toMatchObject({ exit: 1, stderr: expect.stringContaining('SECOND_OPINION_DISAGREES') });
    const another = await verify(cosign, ...flags, '--local-image', `layout@${digestOf(other)}`);
    expect(another).toMatchObject({ exit: 1, stderr: expect.stringContaining('SECOND_OPINION_UNAVAILABLE') });
  });
});

const real = findPeer('cosign', 'EDGESEAL_COSIGN');

describe.skipIf(real === '')(
  `a real cosign about images${real === '' ? ' (skipped: no cosign 3)' : ''}`,
  () => {
    const accepts = /^Second opinion: cosign v3\.\S+ accepts$/m;
    const refuses = /^Second opinion: cosign v3\.\S+ refuses/m;

    describe.each(['bundle', 'layer'] as const)('attested by a %s', (layout) => {
      test.each<[string, boolean, number, RegExp]>([
        ['agrees to accept', true, 0, accepts],
        ['agrees to refuse a stranger', false, 1, refuses],
      ])('%s', async (_, isRight, exit, says) => {
        const { name, flags } = attest(await start(), layout);
        const who = isRight ? flags : [stranger, ...flags.slice(1)];
        const answer = await verify(real, ...who, `${name}:v1`);
        expect([answer.exit, answer.stderr]).toEqual([exit, expect.stringMatching(says)]);
        expect(answer.stderr).not.toContain('SECOND_OPINION_');
      });
      test('disagrees where the provenance contradicts the certificate, and both are shown', async () => {
        const { name, flags } = attest(await start(), layout, {
          statement: (subjects, claims) =>
            githubProvenance(subjects, { ...claims, repository: 'example-org/other' }),
        });
        const answer = await verify(real, ...flags, `${name}:v1`);
        expect(answer.exit).toBe(1);
        expect(answer.stderr).toMatch(
          /SECOND_OPINION_DISAGREES[^]*edgeseal: refused[^]*cosign v3\.\S+: accepted/,
        );
        expect(answer.stderr).toContain('PROVENANCE_CONTRADICTS_CERTIFICATE');
      });
    });

    test.each<[string, string, readonly string[], number, string]>([
      ['both find it kept', 'predicate: runDetails: builder: id: string', [], 0, 'accepts'],
      ['both find it broken', 'predicate: runDetails: builder: id: "none"', [], 1, 'refuses'],
      ['only cosign passes over an absent field', 'predicate: absent: string', [], 1, 'DISAGREES'],
      ['as cosign judges', 'predicate: absent: string', ['--cue-compat=cosign'], 0, 'accepts'],
    ])('by a policy in CUE: %s', async (_, text, more, exit, says) => {
      const { name, flags } = attest(await start(), 'bundle');
      writeFileSync(path.join(folder, 'real.cue'), `${text}\n`);
      const answer = await verify(real, ...flags, '--policy=real.cue', ...more, `${name}:v1`);
      expect([answer.exit, answer.stderr]).toEqual([exit, expect.stringContaining(says)]);
      expect(answer.stderr.includes('DISAGREES')).toBe(says === 'DISAGREES');
    });

    test('reads layers beside bundles of another type', async () => {
      const registry = await start();
      const { name, flags } = attest(registry, 'layer');
      const manifest = pushImage(registry, 'o/app', 'v1');
      const sbom = {
        predicateType: 'https://cyclonedx.org/bom',
        predicate: {},
        _type: 'https://in-toto.io/Statement/v1',
      };
      const payload = bytesOf({ ...sbom, subject: [{ digest: { sha256: digestOf(manifest).slice(7) } }] });
      attachBundles(registry, 'o/app', manifest, [evidenceAbout(manifest, { payload })]);
      expect(await verify(real, ...flags, `${name}:v1`)).toMatchObject({
        exit: 0,
        stderr: expect.stringMatching(accepts),
      });
    });

    test.each<[string, Parameters<typeof TestRegistry.start>[0], readonly string[], number]>([
      [
        'a name and a password',
        { auth: 'basic', user },
        [`--registry-username=${user.name}`, `--registry-password=${user.password}`],
        0,
      ],
      [
        'the same for a token',
        { auth: 'token', user },
        [`--registry-username=${user.name}`, `--registry-password=${user.password}`],
        0,
      ],
      ['a token', { auth: 'token', user }, ['--registry-token=a-token'], 0],
    ])('logs in by %s', async (_, options, login, exit) => {
      const { name, flags } = attest(await start(options), 'bundle');
      const answer = await verify(real, ...flags, ...login, `${name}:v1`);
      expect([answer.exit, answer.stderr]).toEqual([exit, expect.stringMatching(accepts)]);
      expect(answer.stderr).not.toContain(user.password);
    });

    test('of an index, one platform', async () => {
      const registry = await start();
      const { flags } = attest(registry, 'bundle');
      const { index, images } = pushIndex(registry, 'o/app', 'multi');
      attachBundles(registry, 'o/app', images.arm64, [evidenceAbout(images.arm64)]);
      const name = `${registry.host}/o/app:multi`;
      const one = await verify(real, ...flags, '--platform=linux/arm64', name);
      expect([one.exit, one.stderr]).toEqual([0, expect.stringMatching(accepts)]);
      expect(await verify(real, ...flags, name)).toMatchObject({
        exit: 1,
        stderr: expect.stringMatching(refuses),
      });
      expect(digestOf(index)).not.toBe(digestOf(images.arm64));
    });

    describe('what it saved', () => {
      const keyed = ['--key=cosign.pub', '--insecure-ignore-tlog', '--type=custom', '--local-image'];
      test.each([
        ['bundles', []],
        ['layers', ['--new-bundle-format=false']],
      ])('%s', async (layout, format) => {
        const registry = await start();
        attest(registry, 'bundle');
        await pushTo(registry.host, 'o/saved', 'image');
        writeFileSync(path.join(folder, 'predicate.json'), '{}');
        rmSync(path.join(folder, 'cosign.key'), { force: true });
        rmSync(path.join(folder, 'cosign.pub'), { force: true });
        await mustRun(real, ['generate-key-pair'], folder);
        const image = `${registry.host}/o/saved:v1`;
        const how = [
          '--key=cosign.key',
          '--use-signing-config=false',
          '--tlog-upload=false',
          '-y',
          ...format,
        ];
        await mustRun(real, ['attest', '--type=custom', '--predicate=predicate.json', ...how, image], folder);
        await mustRun(real, ['save', '--dir', layout, image], folder);
        const answer = await verify(real, ...keyed, layout);
        expect([answer.exit, answer.stderr]).toEqual([0, expect.stringMatching(accepts)]);
        const other = await verify(real, ...keyed.slice(1), '--key=other.pub', layout);
        expect(other.exit).not.toBe(0);
      });
    });
  },
);
