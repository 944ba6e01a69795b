import { readFileSync, writeFileSync } from 'node:fs';
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

async function call(...argv: readonly string[]) {
  const out: string[] = [];
  const errors: string[] = [];
  const io = {
    ...nodeIo(),
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
    const text = readFileSync(published, 'utf8');
    const { payload } = JSON.parse(text);
    const statement = Buffer.from(payload, 'base64').toString();
    const write = (changed: string): string => {
      const spoilt = path.join(folder, 'spoilt.jsonl');
      writeFileSync(spoilt, text.replace(payload, Buffer.from(changed).toString('base64')));
      return spoilt;
    };
    expect(
      (await again(write(statement.replace('file:root.tar', 'file:other.tar')), release)).errors,
    ).toContain('RELEASE_CONTENT_MISMATCH: what was fetched is not what the provenance lists');
    expect(
      (await again(write(statement.replace('kubeedge-hermetic/v1', 'other/v1')), release)).errors,
    ).toContain('PROVENANCE_INVALID: the file has no provenance of this build type');
  });

  test('needs a description where it may not fetch it', async () => {
    expect(await again(path.join(folder, 'same.jsonl'))).toMatchObject({
      code: 2,
      errors: expect.stringContaining('FLAG_REQUIRED'),
    });
  });
});
