import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeFiles } from '#core/io/files';
import { nodeNetwork } from '#core/io/network';
import { main } from '../../verifier/main.ts';
import { attachBundles, bytesOf } from '../registry/content.ts';
import { digestOf, OCI_MANIFEST, TestRegistry, type RegistryOptions } from '../registry/server.ts';
import { githubIssuer } from '../sigstore/claims.ts';
import { makeEvidence } from '../sigstore/make-evidence.ts';
import { attest, makeRelease } from './made-up.ts';

let folder: string;
let registry: TestRegistry;
const names = makeRelease().images.map(({ name }) => name.replace(/^.*\//, '').replace(/:.*$/, ''));
const evil = {
  claims: {
    repository: 'evil/example',
    job_workflow_ref: 'evil/example/.github/workflows/release.yml@refs/tags/v1.2.3',
    workflow_ref: 'evil/example/.github/workflows/release.yml@refs/tags/v1.2.3',
  },
};
const requirement = {
  predicateType: 'slsaprovenance1',
  signers: [{ issuer: githubIssuer, identity: 'https://github.com/example-org/example/**' }],
  provenance: { source: { repository: 'https://github.com/example-org/example' } },
};

function manifestOf(name: string): Buffer {
  return bytesOf({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(Buffer.from('{}')), size: 2 },
    layers: [],
    annotations: { name },
  });
}

/** Pushes an image with its attestation. @param attested the name in it */
function push(
  repository: string,
  { attested = repository, content = repository, tag = 'v1.2.3', by = {} } = {},
): void {
  const manifest = manifestOf(content);
  registry.putManifest(repository, manifest, OCI_MANIFEST, tag);
  const bytes = attest([[`ghcr.io/${attested}`, manifest]], { seed: content, ...by });
  attachBundles(registry, repository, manifest, [{ bytes, predicateType: 'https://slsa.dev/provenance/v1' }]);
}

async function start(options: RegistryOptions = {}): Promise<void> {
  registry = await TestRegistry.start(options);
  for (const name of names) push(`example-org/${name}`);
  push('other/unrelated', { tag: 'v9' });
}

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'edgeseal-namespace-'));
  const write = (name: string, value: unknown): void =>
    writeFileSync(path.join(folder, name), JSON.stringify(value));
  write('policy.json', { name: 'all', requirements: [requirement] });
  write('files.json', { name: 'files', subjects: ['*.tar.gz'], requirements: [requirement] });
  write('images.json', {
    name: 'images',
    subjects: ['127.0.0.1:*/example-org/**'],
    requirements: [requirement],
  });
  write('listed.json', { name: 'listed', repositories: names });
  writeFileSync(path.join(folder, 'root.json'), makeEvidence().trustedRootBytes);
});
afterEach(async () => {
  await registry.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function run(
  flags: string,
): Promise<{ readonly exit: number; readonly told: readonly string[]; readonly said: string }> {
  let stdout = '';
  let said = '';
  const text = `verify-release --trusted-root root.json --output json ${flags}`.replaceAll(
    'HOST',
    registry.host,
  );
  const exit = await main(text.split(' '), {
    files: nodeFiles(folder),
    stdout: (more) => void (stdout += more),
    stderr: (more) => void (said += more),
    now: () => new Date('2026-06-01T00:00:00Z'),
    env: { HOME: folder },
    seeds: () => Buffer.from('{}'),
    tuf: () => Promise.reject(new Error('no network in a test')),
    network: () => Promise.resolve(nodeNetwork({})),
  });
  const told = stdout
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const { artifact }: { artifact: { name: string } } = JSON.parse(line);
      const name = artifact.name.replace(registry.host, 'HOST').replace(/@sha256:.*$/, '');
      return [...line.matchAll(/"code":"([A-Z_0-9]+)"/g)].map(([, code]) => `${code} ${name}`);
    });
  return { exit, told: told.toSorted(), said };
}

const FROM = '--policy policy.json --images-from HOST/example-org --tag v1.2.3';
const CLOUD = 'example-org/cloudcore';
const at = (repository: string): string => `HOST/${repository}:v1.2.3`;

describe('12 images of a namespace', () => {
  test.each<[string, RegistryOptions]>([
    ['on one page', {}],
    ['on pages of 5', { page: 5 }],
    ['with a token', { auth: 'token' }],
  ])('pass, %s', async (_, options) => {
    await start(options);
    expect(await run(FROM)).toMatchObject({ exit: 0, told: [] });
    expect(await run(`${FROM} --expect listed.json`)).toMatchObject({ exit: 0, told: [] });
    const asked = registry.asked.filter(({ path: one }) => /manifests\/v1\.2\.3/.test(one));
    expect(new Set(asked.map(({ path: one }) => one)).size).toBe(12);
  });

  test.each<[string, () => void, readonly string[]]>([
    [
      'has no tag of the release',
      () => push('example-org/late', { tag: 'v1' }),
      [`RELEASE_IMAGE_MISSING ${at('example-org/late')}`],
    ],
    [
      'is attested by somebody else',
      () => push(CLOUD, { content: 'x', by: evil }),
      [`SIGNER_IDENTITY_MISMATCH ${at(CLOUD)}`, `SOURCE_REPOSITORY_MISMATCH ${at(CLOUD)}`],
    ],
    [
      'is another one',
      () => push(CLOUD, { attested: 'example-org/admission', content: 'y' }),
      [`RELEASE_IMAGE_RENAMED ${at(CLOUD)}`],
    ],
    [
      'has no attestation',
      () => void registry.putManifest('example-org/bare', manifestOf('bare'), OCI_MANIFEST, 'v1.2.3'),
      [`EVIDENCE_EMPTY ${at('example-org/bare')}`],
    ],
  ])('one that %s is named', async (_, spoil, told) => {
    await start();
    spoil();
    expect(await run(FROM)).toMatchObject({ exit: 1, told });
  });

  test('one that the release does not list, and one that it lists and is not there', async () => {
    await start();
    push('example-org/extra');
    push('example-org/old', { tag: 'v1' });
    const listed = [...names, 'gone'];
    writeFileSync(path.join(folder, 'listed.json'), JSON.stringify({ repositories: listed }));
    expect(await run(`${FROM} --expect listed.json`)).toMatchObject({
      exit: 1,
      told: [
        `RELEASE_IMAGE_MISSING ${at('example-org/gone')}`,
        `RELEASE_IMAGE_UNEXPECTED ${at('example-org/extra')}`,
      ],
    });
  });

  test('one whose tag was moved from the digest that the release lists', async () => {
    await start();
    const good = digestOf(manifestOf(CLOUD));
    expect((await run(`--policy policy.json --image HOST/${CLOUD}:v1.2.3@${good}`)).exit).toBe(0);
    push(CLOUD, { content: 'rebuilt' });
    const { exit, told } = await run(`--policy policy.json --image HOST/${CLOUD}:v1.2.3@${good}`);
    expect([exit, told]).toEqual([1, [`RELEASE_IMAGE_CHANGED ${at(CLOUD)}`]]);
  });

  test('a namespace where nothing is', async () => {
    await start();
    const { exit, told } = await run('--policy policy.json --images-from HOST/nobody --tag v1');
    expect([exit, told]).toEqual([1, ['RELEASE_IMAGE_MISSING HOST/nobody']]);
  });
});

describe('several policies', () => {
  const both = '--policy files.json --policy images.json --images-from HOST/example-org --tag v1.2.3';
  test('each judges what it names; what none names is refused', async () => {
    await start();
    mkdirSync(path.join(folder, 'dist'));
    const place = (name: string, content: Buffer): void => {
      writeFileSync(path.join(folder, 'dist', name), content);
      writeFileSync(
        path.join(folder, 'dist', `${name}.sigstore.json`),
        attest([[name, content]], { seed: name }),
      );
    };
    place('a.tar.gz', Buffer.from('a'));
    expect(await run(`${both} dist`)).toMatchObject({ exit: 0, told: [] });
    place('b.zip', Buffer.from('b'));
    expect(await run(`${both} dist`)).toMatchObject({ exit: 1, told: ['POLICY_NO_MATCH b.zip'] });
  });
});

describe('the catalog of a registry', () => {
  test('is not there: refused without a list, told with one', async () => {
    await start({ catalog: false });
    const { exit, said } = await run(FROM);
    expect([exit, said]).toEqual([3, expect.stringContaining('REGISTRY_CATALOG_UNAVAILABLE')]);
    expect(said).toContain('"repositories" of --expect');
    expect((await run(`${FROM} --expect listed.json`)).exit).toBe(0);
  });

  test.each<[string, Record<string, string>, string, string]>([
    ['no JSON', {}, '<html>', 'REGISTRY_CATALOG_INVALID'],
    ['a name that is none', {}, '{"repositories":["../x"]}', 'REGISTRY_CATALOG_INVALID'],
    [
      'pages for ever',
      { link: '</v2/_catalog?last=a>; rel="next"' },
      '{"repositories":["a"]}',
      'REGISTRY_CATALOG_INVALID',
    ],
    [
      'a next page elsewhere',
      { link: '<https://x.example/y>; rel="next"' },
      '{"repositories":["a"]}',
      'REGISTRY_CATALOG_INVALID',
    ],
  ])('%s', async (_, headers, body, code) => {
    await start();
    registry.fault(/_catalog/, (response) => void response.writeHead(200, headers).end(body));
    const { exit, said } = await run(FROM);
    expect([exit, said.includes(code)]).toEqual([3, true]);
  });

  test('pages without an end that list something new are bounded', async () => {
    await start();
    let page = 0;
    registry.fault(/_catalog/, (response) => {
      page++;
      response.setHeader('link', `</v2/_catalog?last=r${page}>; rel="next"`);
      response.end(JSON.stringify({ repositories: [`r${page}`] }));
    });
    expect((await run(FROM)).said).toContain('INPUT_TOO_LARGE');
    expect(page).toBeLessThan(100);
  });

  test.each([
    ['--policy policy.json', 'FLAG_REQUIRED'],
    ['--policy policy.json --images-from HOST/example-org', 'FLAG_REQUIRED'],
    ['--policy policy.json --tag v1 --image HOST/a:v1', 'FLAG_CONFLICT'],
    ['--policy policy.json --image HOST/a:v1 --expect listed.json', 'FLAG_REQUIRED'],
    [`${FROM} --offline`, 'FLAG_CONFLICT'],
    ['--policy policy.json --images-from HOST/A --tag v1', 'IMAGE_REFERENCE_INVALID'],
    ['--policy policy.json --images-from HOST/a --tag v1/2', 'IMAGE_REFERENCE_INVALID'],
  ])('%s: %s', async (flags, code) => {
    await start();
    const { exit, said } = await run(flags);
    expect([exit, said.includes(code)]).toEqual([2, true]);
  });
});
