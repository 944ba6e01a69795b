import { spawn, type ChildProcess } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entriesOf, file } from '../archive/tar.ts';
import { putBase } from '../assemble/base.ts';
import { findPeer, freePort, mustRun, startRegistry } from '../interop/peers.ts';
import { read } from '../registry/reader.ts';
import { makeEvidence } from '../sigstore/make-evidence.ts';
import { makeWork, runRelease, type Work } from './work.ts';

const crane = findPeer('crane', 'EDGESEAL_CRANE');
const ggcr = findPeer('registry', 'EDGESEAL_REGISTRY');
const docker = findPeer('docker-registry', 'EDGESEAL_DOCKER_REGISTRY');

interface Running {
  readonly host: string;
  readonly stop: () => void;
}

let folder = '';
let work: Work;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'edgeseal-push-'));
  const layers = [[file('usr/bin/sh', 'shell', true)], [file('usr/bin/.wh.sh')]];
  work = await makeWork({
    references: [['registry.example/x/agent:v1'], ['registry.example/x/other:v1']],
    base: async (store) => putBase(store, { layers, style: 'docker' }),
  });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  work.remove();
});

/** Debian's registry, which has no referrers API. */
async function startDocker(): Promise<Running> {
  const port = await freePort();
  const config = path.join(folder, 'registry.yml');
  const settings = {
    version: 0.1,
    storage: { inmemory: {} },
    http: { addr: `127.0.0.1:${port}` },
    log: { level: 'error' },
  };
  writeFileSync(config, JSON.stringify(settings));
  const started: ChildProcess = spawn(docker, ['serve', config], { stdio: 'ignore' });
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${port}/v2/`).catch(() => undefined);
    if (answer?.ok === true) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { host: `127.0.0.1:${port}`, stop: () => void started.kill() };
}

describe.each<[string, string, () => Promise<Running>]>([
  ['go-containerregistry', ggcr, async () => startRegistry(ggcr)],
  ["Debian's docker-registry", docker, startDocker],
])('%s', (_, program, start) => {
  const isHere = program !== '' && crane !== '';
  test.skipIf(!isHere)(
    `takes an image and what is attached to it${isHere ? '' : ' (not installed)'}`,
    async () => {
      const registry = await start();
      try {
        const digests = work.images.map(({ digest }) => ({ sha256: digest.slice('sha256:'.length) }));
        const subjects = digests.slice(0, 1).map((digest) => ({ name: 'image', digest }));
        const attestations = path.join(folder, 'attestations.jsonl');
        writeFileSync(attestations, makeEvidence({ subjects }).bytes);
        const args = [
          'push',
          '--work',
          '.',
          '--namespace',
          `${registry.host}/o`,
          '--json',
          '--attestations',
          attestations,
        ];
        for (const times of [1, 2]) {
          const { exit, stdout, stderr } = await runRelease(args, work.folder);
          expect([times, exit, stderr.includes('REGISTRY_')]).toEqual([times, 0, false]);
          expect(JSON.parse(stdout).images[0]).toMatchObject({ attestations: 1, wasThere: times === 2 });
        }
        for (const name of ['agent', 'other']) {
          const reference = `${registry.host}/o/${name}:v1`;
          expect((await mustRun(crane, ['digest', reference], folder)).trim()).toBe(work.images[0]?.digest);
          // Pulls and unpacks each layer, and checks sizes, digests and the configuration.
          for (const platform of ['linux/amd64', 'linux/arm64'])
            await mustRun(crane, ['validate', '--remote', reference, '--platform', platform], folder);
        }
        // What Go's archive/tar writes is read, too.
        await mustRun(crane, ['export', `${registry.host}/o/agent:v1`, 'exported.tar'], folder);
        const exported = createReadStream(path.join(folder, 'exported.tar'));
        const paths = (await entriesOf(exported, { links: 'any' })).map((entry) => entry.path);
        expect(paths).toContain('usr/local/bin/agent');
        expect(paths).not.toContain('usr/bin/sh');
        const { attested } = await read(`${registry.host}/o/agent:v1`);
        expect(attested.map(({ items }) => items.length)).toEqual([1]);
      } finally {
        registry.stop();
      }
    },
  );
});
