import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeFiles } from '#core/io/files';
import type { Io } from '#core/io/io';
import { nodeIo } from '#core/io/node-io';
import { main } from '../../verifier/main.ts';
import { bytesOf } from '../registry/content.ts';

/** A peer on PATH, else where the benchmarks keep it. */
function find(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return [...folders, join(homedir(), '.cache/edgeseal-peers/bin')]
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

const cosign = find('cosign') ?? '';
const crane = find('crane') ?? '';
const registry = find('registry') ?? '';
const present = [cosign, crane, registry].every((path) => path !== '');

let folder = '';
let host = '';
let server: ChildProcess | undefined;

interface Answer {
  readonly exit: number | null;
  readonly stdout: string;
}

function run(program: string, ...args: readonly string[]): Answer {
  const env = { ...process.env, COSIGN_PASSWORD: '' };
  const { status, stdout } = spawnSync(program, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { exit: status, stdout };
}

function mustRun(program: string, ...args: readonly string[]): void {
  const { exit, stdout } = run(program, ...args);
  if (exit !== 0) throw new Error(`${program} ${args.join(' ')}: ${exit} ${stdout}`);
}

async function edgeseal(...args: readonly string[]): Promise<Answer> {
  let stdout = '';
  const io: Io = {
    ...nodeIo(),
    files: nodeFiles(folder),
    env: { HOME: folder },
    stdout: (text) => (stdout += text),
    stderr: () => undefined,
  };
  return { exit: await main(args, io), stdout };
}

/** What `jq -r .payload | base64 -d` gives, in some order: cosign's own is not stable. */
const payloads = ({ stdout }: Answer): readonly string[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { payload }: { payload: string } = JSON.parse(line);
      return Buffer.from(payload, 'base64').toString('utf8');
    })
    .toSorted();

type Layout = 'bundle' | 'legacy';
const layoutFlag = (layout: Layout): readonly string[] =>
  layout === 'legacy' ? ['--new-bundle-format=false'] : [];

function attest(image: string, layout: Layout, type: string, predicate: unknown): void {
  writeFileSync(join(folder, 'predicate.json'), bytesOf(predicate));
  const unlogged = ['--use-signing-config=false', '--tlog-upload=false', '-y'];
  const what = [`--type=${type}`, '--predicate=predicate.json', '--key=cosign.key'];
  mustRun(cosign, 'attest', ...what, ...unlogged, ...layoutFlag(layout), image);
}

/** An image of one file, or an index of it. */
function push(name: string, shape: 'image' | 'index'): void {
  writeFileSync(join(folder, 'file'), name);
  mustRun('tar', 'cf', 'layer.tar', 'file');
  mustRun(crane, 'append', '-f', 'layer.tar', '-t', `${name}:v1`);
  if (shape === 'index') mustRun(crane, 'index', 'append', '-m', `${name}:v1`, '-t', `${name}:v1`);
}

const provenance = (id: string): object => ({
  buildDefinition: { buildType: 'https://example.org/b/v1', externalParameters: { source: 'x' } },
  runDetails: { builder: { id } },
});
const OTHER = 'https://example.org/other/v1';

describe.skipIf(!present)(
  `images by cosign${present ? '' : ' (skipped: no cosign, crane or registry)'}`,
  () => {
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'edgeseal-registry-'));
      const started = spawn(registry, ['serve'], { stdio: ['ignore', 'ignore', 'pipe'] });
      server = started;
      host = await new Promise<string>((resolve, reject) => {
        started.on('exit', () => reject(new Error('the registry ended')));
        started.stderr.on('data', (chunk: Buffer) => {
          const port = /port (\d+)/.exec(chunk.toString('utf8'))?.[1];
          if (port !== undefined) resolve(`127.0.0.1:${port}`);
        });
      });
      mustRun(cosign, 'generate-key-pair');
    }, 30_000);
    afterAll(() => {
      server?.kill();
      rmSync(folder, { recursive: true, force: true });
    });

    const verifyBy = (type: string): readonly string[] => [
      'verify-attestation',
      '--key=cosign.pub',
      `--type=${type}`,
      '--insecure-ignore-tlog',
    ];
    const layouts: readonly Layout[] = ['bundle', 'legacy'];
    const shapes = ['image', 'index'] as const;
    const cases = layouts.flatMap((layout) =>
      shapes.flatMap((shape) => [1, 3].map((count) => [layout, shape, count] as const)),
    );
    test.each(cases)(
      '%s, %s, %i of a type: the same answers',
      { timeout: 60_000 },
      async (layout, shape, count) => {
        const image = `${host}/t/${layout}-${shape}-${count}`;
        push(image, shape);
        for (let index = 0; index < count; index++)
          attest(`${image}:v1`, layout, 'slsaprovenance1', provenance(`https://b/${index}`));
        attest(`${image}:v1`, layout, OTHER, { other: true });
        for (const type of ['slsaprovenance1', OTHER, 'cyclonedx']) {
          const theirs = run(cosign, ...verifyBy(type), ...layoutFlag(layout), `${image}:v1`);
          const ours = await edgeseal(...verifyBy(type), `${image}:v1`);
          expect([type, ours.exit]).toEqual([type, theirs.exit]);
          if (ours.exit === 0) expect(payloads(ours)).toEqual(payloads(theirs));
        }
      },
    );

    test('what cosign saves', { timeout: 60_000 }, async () => {
      const image = `${host}/t/saved`;
      push(image, 'image');
      attest(`${image}:v1`, 'legacy', 'slsaprovenance1', provenance('https://b'));
      mustRun(cosign, 'save', '--dir', 'saved', `${image}:v1`);
      const args = [...verifyBy('slsaprovenance1'), '--local-image', 'saved'];
      const theirs = run(cosign, ...args, ...layoutFlag('legacy'));
      const ours = await edgeseal(...args, '--offline');
      expect([ours.exit, theirs.exit]).toEqual([0, 0]);
      expect(payloads(ours)).toEqual(payloads(theirs));
    });
  },
);
