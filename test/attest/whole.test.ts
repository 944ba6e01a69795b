import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeFiles } from '#core/io/files';
import { nodeIo } from '#core/io/node-io';
import { startLocal, type Local } from '../../release/local/start-local.ts';
import { main } from '../../release/main.ts';
import { rootArchive } from '../../release/root/root-archive.ts';
import { runEdgeseal } from '../interop/peers.ts';
import { sandboxes } from '../release-build/ground.ts';
import { TestRepository } from '../release-fetch/repository.ts';

const REF = 'refs/tags/v1.0.0';
const PROGRAMS = ['bash', 'cat', 'mkdir', 'chmod'];

let local: Local;
let source: TestRepository | undefined;
let commit = '';
const said: string[] = [];

/** A command of edgeseal-release in the clone, as a job of the workflow that releases it. */
async function call(...argv: readonly string[]): Promise<number> {
  const folder = source?.folder ?? '';
  const job = {
    repository: 'example-org/example',
    ref: REF,
    sha: commit,
    workflow_ref: `example-org/example/.github/workflows/release.yml@${REF}`,
    job_workflow_ref: 'kubeedge/edgeseal/.github/workflows/edgeseal-hermetic.yml@refs/tags/v0.1.0',
  };
  const exit = await main(argv, {
    ...nodeIo(),
    files: nodeFiles(folder),
    env: { PATH: process.env['PATH'], HOME: folder, ...local.job(job) },
    stdout: (text) => void said.push(text),
    stderr: (text) => void said.push(text),
  });
  expect(exit, said.join('')).toBe(0);
  return exit;
}

/** The description of a program that a script writes, in an archive and in an image. */
function describeRelease(root: string): object {
  const files = [{ output: 'agent/program', path: 'bin/agent' }];
  return {
    schemaVersion: 1,
    name: 'example',
    source: { repository: 'https://github.com/example-org/example' },
    platforms: ['linux/amd64'],
    inputs: [{ name: 'root', kind: 'toolchain', uri: 'file:root.tar', digest: `sha256:${root}` }],
    components: [
      {
        name: 'agent',
        root: 'root',
        steps: [
          {
            name: 'compile',
            run: ['/bin/bash', '-e', 'build.sh', '{version}'],
            reads: [],
            outputs: [{ name: 'program', path: 'out/agent' }],
          },
        ],
      },
    ],
    images: [
      {
        repository: `${local.registry}/example/agent`,
        tags: ['{tag}'],
        files: [{ output: 'agent/program', path: '/bin/agent' }],
        entrypoint: ['/bin/agent'],
      },
    ],
    assets: [{ name: 'agent-{version}-{os}-{arch}.tar.gz', archive: files }],
    sbom: { format: 'CycloneDX' },
    policy: 'policy.json',
  };
}

beforeAll(async () => {
  local = await startLocal();
  const programs = new Map(PROGRAMS.map((name) => [`/bin/${name}`, `/usr/bin/${name}`] as const));
  const root = await buffer(rootArchive(programs));
  const identity = 'https://github.com/kubeedge/edgeseal/.github/workflows/edgeseal-hermetic.yml';
  const builders = [{ id: identity, issuer: local.url, level: 3 }];
  const policy = {
    name: 'the release of example',
    requirements: [
      {
        predicateType: 'slsaprovenance1',
        provenance: {
          builders,
          level: 3,
          source: { repository: 'https://github.com/example-org/example', tag: 'v1.0.0' },
          hermetic: true,
          dependenciesComplete: true,
        },
      },
    ],
  };
  source = new TestRepository({
    'build.sh': 'mkdir -p out\n{ echo "#!/bin/sh"; echo "echo $1"; } > out/agent\nchmod 755 out/agent\n',
    'policy.json': JSON.stringify(policy),
    'release.json': JSON.stringify(describeRelease(createHash('sha256').update(root).digest('hex'))),
    '.gitignore': 'root.tar\n.edgeseal-release\n*.json.out\n',
  });
  writeFileSync(path.join(source.folder, 'root.tar'), root);
  commit = source.head;
  for (const [name, value] of [
    ['config', local.signingConfig(2)],
    ['root', local.trustedRoot],
  ] as const)
    writeFileSync(path.join(source.folder, `${name}.json.out`), JSON.stringify(value));
});
afterAll(async () => {
  source?.remove();
  await local.stop();
});

describe.skipIf(!sandboxes.allowed)(`a whole release${sandboxes.why}`, () => {
  test('fetched, built twice, attested, pushed, verified', { timeout: 120_000 }, async () => {
    const folder = source?.folder ?? '';
    const work = ['--work', path.join(folder, '.edgeseal-release')];
    await call('fetch', '--ref', REF, '--commit', commit, ...work, 'release.json');
    await call('build', ...work);
    await call('rebuild', ...work);
    const signing = ['--signing-config', 'config.json.out', '--trusted-root', 'root.json.out'];
    await call('attest', ...work, ...signing);
    await call('push', ...work);
    const image = `${local.registry}/example/agent:v1.0.0`;
    const trust = ['--policy', 'policy.json', '--trusted-root', 'root.json.out', '--image', image];
    const verified = await runEdgeseal(['verify-release', ...trust, '.edgeseal-release/assets'], folder);
    expect(verified.exit, verified.stderr).toBe(0);
    // Of the image in the registry alone.
    const alone = [
      'verify-release',
      '--policy',
      'policy.json',
      '--trusted-root',
      'root.json.out',
      '--image',
      image,
    ];
    expect(await runEdgeseal(alone, folder)).toMatchObject({ exit: 0 });
  });
});
