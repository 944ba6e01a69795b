import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeIo } from '#core/io/node-io';
import { sha256Hex } from '#core/bytes/digest';
import { readBuild } from '../../release/build/build-file.ts';
import { openWork } from '../../release/lock/work.ts';
import { main } from '../../release/main.ts';
import { provenanceV1 } from '../../release/provenance/provenance-v1.ts';
import { recipeOf } from '../../release/provenance/recipe.ts';
import type { ProducedSubject } from '../../release/provenance/subject.ts';
import { rootArchive } from '../../release/root/root-archive.ts';
import { TestRepository } from '../release-fetch/repository.ts';
import { sandboxes, scratch } from './ground.ts';

const { folder, remove } = scratch();
const work = path.join(folder, 'work');
let repository: TestRepository;
let release: string;

const description = (root: string, script: string): string =>
  JSON.stringify({
    schemaVersion: 1,
    name: 'example',
    source: { repository: 'https://github.com/example-org/example' },
    platforms: ['linux/amd64'],
    inputs: [{ name: 'root', kind: 'toolchain', uri: 'file:root.tar', digest: `sha256:${root}` }],
    components: [
      {
        name: 'made',
        root: 'root',
        steps: [
          { name: 'write', run: ['bash', script], reads: [], outputs: [{ name: 'file', path: 'out' }] },
        ],
      },
    ],
    images: [],
    assets: [{ name: 'example-{os}-{arch}', output: 'made/file' }],
    sbom: { format: 'CycloneDX' },
    policy: 'policy.json',
  });

beforeAll(async () => {
  if (!sandboxes.allowed) return;
  const programs = new Map(['bash', 'date'].map((name) => [`/bin/${name}`, `/usr/bin/${name}`]));
  const root = Buffer.concat(await Array.fromAsync(rootArchive(programs)));
  repository = new TestRepository({
    'release.json': description(sha256Hex(root), 'same.sh'),
    'clock.json': description(sha256Hex(root), 'clock.sh'),
    'same.sh': 'echo same >out',
    'clock.sh': 'date +%s.%N >out',
    '.gitignore': 'root.tar\n',
  });
  writeFileSync(path.join(repository.folder, 'root.tar'), root);
  repository.git('tag', 'v1.0.0');
  release = path.join(repository.folder, 'release.json');
});
afterAll(() => {
  remove();
  if (sandboxes.allowed) repository.remove();
});

const call = async (...argv: readonly string[]) => callIn(process.env, ...argv);

async function callIn(env: NodeJS.ProcessEnv, ...argv: readonly string[]) {
  const out: string[] = [];
  const errors: string[] = [];
  const io = {
    ...nodeIo(),
    env,
    stdout: (text: string) => out.push(text),
    stderr: (text: string) => errors.push(text),
  };
  const code = await main(argv, io);
  return { code, out: out.join(''), errors: errors.join('') };
}

/** Fetches, builds, and writes the provenance of that, as it would be published but for its signature. */
async function publish(
  file: string,
  name: string,
  change = (subjects: readonly ProducedSubject[]) => subjects,
) {
  const pin = ['--ref', 'refs/tags/v1.0.0', '--commit', repository.head];
  expect(await call('fetch', '--offline', ...pin, '--work', work, file)).toMatchObject({ code: 0 });
  expect(await call('build', '--work', work)).toMatchObject({ code: 0 });
  const { plan, lock } = await openWork(work);
  const { value: build } = await readBuild(work);
  const [asset] = build.assets;
  if (asset === undefined) throw new Error('the release has an asset');
  const payload = provenanceV1({
    lock,
    build,
    recipe: recipeOf(plan, lock),
    identity: {
      issuer: 'https://token.actions.githubusercontent.com',
      builder:
        'https://github.com/kubeedge/edgeseal/.github/workflows/edgeseal-hermetic.yml@refs/tags/v0.1.0',
      repository: 'https://github.com/example-org/example',
      ref: 'refs/tags/v1.0.0',
      commit: repository.head,
      workflowPath: '.github/workflows/release.yml',
      event: 'push',
      repositoryId: '1',
      ownerId: '2',
      runnerEnvironment: 'github-hosted',
      runId: '3',
      runAttempt: '1',
    },
    version: '0.1.0',
    component: 'made',
    platform: 'linux/amd64',
    subjects: change([
      { name: asset.name, digest: { sha256: asset.sha256, sha512: asset.sha512 } },
      { name: `${asset.name}.cdx.json`, digest: { sha256: '9'.repeat(64) } },
    ]),
    steps: build.steps,
    documents: [],
    isReproduced: false,
  });
  const envelope = {
    payloadType: 'application/vnd.in-toto+json',
    payload: Buffer.from(payload).toString('base64'),
    signatures: [{ sig: 'AAAA' }],
  };
  const published = path.join(folder, name);
  writeFileSync(published, `${JSON.stringify(envelope)}\n`);
  return published;
}

/** A published file with another text in its statement. */
function spoil(published: string, from: string | RegExp, to: string): string {
  const text = readFileSync(published, 'utf8');
  const { payload } = JSON.parse(text);
  const statement = Buffer.from(payload, 'base64').toString();
  const changed = statement.replaceAll(from, to);
  if (changed === statement) throw new Error(`the statement does not say ${from}`);
  const spoilt = path.join(folder, 'spoilt.jsonl');
  writeFileSync(spoilt, text.replace(payload, Buffer.from(changed).toString('base64')));
  return spoilt;
}

const again = (published: string, ...more: readonly string[]) =>
  call('rebuild', '--work', path.join(folder, 'again'), '--provenance', published, '--offline', ...more);

describe.skipIf(!sandboxes.allowed)(`what was published, built again${sandboxes.why}`, () => {
  test('from its provenance alone is the same', async () => {
    const published = await publish(release, 'same.jsonl');
    const result = await again(published, release);
    expect(result).toMatchObject({ code: 0 });
    expect(result.out).toContain('every byte is equal: 1 files and images\n');
    expect(result.out).toContain('about:   made for linux/amd64\n');
    expect(result.out).toContain('not compared: 1 bills of materials\n');
    const json = JSON.parse((await again(published, release, '--json')).out);
    expect(json).toMatchObject({ equal: 1, passedOver: 1, commit: repository.head });
  });

  test('is refused where it is not the same', async () => {
    const file = path.join(repository.folder, 'clock.json');
    const result = await again(await publish(file, 'clock.jsonl'), file);
    expect(result).toMatchObject({ code: 1, out: '' });
    expect(result.errors).toContain(
      'REBUILD_DIFFERS: a second build of made for linux/amd64 did not make "example-linux-amd64" as it was published',
    );
  });

  test('is refused by another description, with other inputs, and of something else', async () => {
    const published = await publish(release, 'other.jsonl');
    const file = path.join(repository.folder, 'clock.json');
    expect((await again(published, file)).errors).toContain('RELEASE_SOURCE_MISMATCH');
    expect((await again(spoil(published, 'file:root.tar', 'file:other.tar'), release)).errors).toContain(
      'RELEASE_CONTENT_MISMATCH: what was fetched is not what the provenance lists',
    );
    expect((await again(spoil(published, 'kubeedge-hermetic/v1', 'other/v1'), release)).errors).toContain(
      'PROVENANCE_INVALID: the file has no provenance of this build type',
    );
  });

  test('needs a description where it may not fetch it', async () => {
    expect(await again(path.join(folder, 'same.jsonl'))).toMatchObject({
      code: 2,
      errors: expect.stringContaining('FLAG_REQUIRED'),
    });
  });
});

describe.skipIf(!sandboxes.allowed)(`what was published, built again from a clone${sandboxes.why}`, () => {
  const URL_OF_SOURCE = 'https://github.com/example-org/example';
  let published: string;
  /** Where a user has set git up to take the repository from this machine. */
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    if (!sandboxes.allowed) return;
    published = await publish(release, 'clone.jsonl');
    const home = path.join(folder, 'home');
    mkdirSync(home);
    const instead = `[url "file://${repository.folder}"]\n  insteadOf = ${URL_OF_SOURCE}\n`;
    writeFileSync(path.join(home, '.gitconfig'), `${instead}[safe]\n  directory = *\n`);
    env = { PATH: process.env['PATH'], HOME: home };
    // The clone has the description alone: the root that lies beside it in the repository is at hand already.
    const pin = ['--ref', 'refs/tags/v1.0.0', '--commit', repository.head];
    expect(await call('fetch', ...pin, '--work', path.join(folder, 'clone'), release)).toMatchObject({
      code: 0,
    });
    const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    writeFileSync(path.join(home, 'git'), `#!/bin/sh\nGIT_ALLOW_PROTOCOL=https:file exec ${git} "$@"\n`);
    chmodSync(path.join(home, 'git'), 0o755);
  });
  const cloned = (file: string, withFiles = true) =>
    callIn(
      withFiles ? { ...env, PATH: `${env['HOME']}:${env['PATH']}` } : env,
      'rebuild',
      '--work',
      path.join(folder, 'clone'),
      '--provenance',
      file,
    );

  test('is the same', async () => {
    const result = await cloned(published);
    expect(result, result.errors).toMatchObject({ code: 0 });
    expect(result.out).toContain('every byte is equal: 1 files and images\n');
  });

  test.each<[string, (file: string) => string, string]>([
    [
      'a commit that the repository does not have',
      (file) => spoil(file, repository.head, 'e'.repeat(40)),
      'RELEASE_SOURCE_UNAVAILABLE: git checkout did not bring the source',
    ],
    [
      'a tag that the repository does not have',
      (file) => spoil(file, 'refs/tags/v1.0.0', 'refs/tags/v1.0.1'),
      'RELEASE_SOURCE_UNAVAILABLE: git fetch did not bring the source',
    ],
    [
      'a commit that is an option of git',
      (file) => spoil(file, repository.head, '--orphan=x'),
      'DIGEST_INVALID',
    ],
    [
      'another description',
      (file) => spoil(file, sha256Hex(readFileSync(release)), '9'.repeat(64)),
      'RELEASE_SOURCE_MISMATCH',
    ],
    [
      'an input with another digest',
      (file) =>
        spoil(file, sha256Hex(readFileSync(path.join(repository.folder, 'root.tar'))), '9'.repeat(64)),
      'RELEASE_CONTENT_MISMATCH',
    ],
    [
      'a file with another digest',
      (file) => spoil(file, sha256Hex('same\n'), '9'.repeat(64)),
      'REBUILD_DIFFERS',
    ],
  ])('is refused with %s', async (_, edit, expected) => {
    const result = await cloned(edit(published));
    expect(result).toMatchObject({ code: expect.toSatisfy((code) => code > 0), out: '' });
    expect(result.errors).toContain(expected);
  });

  test('is refused by a tag that was moved', async () => {
    const { head } = repository;
    repository.git('tag', '-f', 'v1.0.0', repository.commit({ 'same.sh': 'echo other >out' }));
    const result = await cloned(published);
    repository.git('tag', '-f', 'v1.0.0', head);
    repository.git('reset', '-q', '--hard', head);
    expect(result).toMatchObject({ code: 3, out: '' });
    expect(result.errors).toContain('RELEASE_SOURCE_UNAVAILABLE: git checkout did not bring the source');
  });

  test('is taken by https alone', async () => {
    const result = await cloned(published, false);
    expect(result).toMatchObject({ code: 3, out: '' });
    expect(result.errors).toContain("transport 'file' not allowed");
  });
});
