import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { nodeFiles } from '#core/io/files';
import { nodeIo } from '#core/io/node-io';
import { main } from '../../verifier/main.ts';
import { findPeer } from './peers.ts';

const cosign = findPeer('cosign', 'EDGESEAL_COSIGN');
const crane = findPeer('crane', 'EDGESEAL_CRANE');
const registry = findPeer('docker-registry', 'EDGESEAL_DOCKER_REGISTRY');
const present = [cosign, crane, registry].every((path) => path !== '');

let folder = '';
let host = '';
let server: ChildProcess | undefined;

function run(program: string, ...args: readonly string[]): string {
  const env = { ...process.env, COSIGN_PASSWORD: '', HOME: folder };
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 20_000,
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${status} ${stderr}`);
  return stdout.trim();
}

async function edgeseal(...args: readonly string[]): Promise<number> {
  const quiet = { stdout: () => undefined, stderr: () => undefined };
  return main(args, { ...nodeIo(), ...quiet, files: nodeFiles(folder), env: { HOME: folder } });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function startRegistry(): Promise<void> {
  const port = await freePort();
  host = `127.0.0.1:${port}`;
  const storage = `storage: { filesystem: { rootdirectory: ${JSON.stringify(join(folder, 'data'))} } }`;
  writeFileSync(join(folder, 'config.yml'), `version: 0.1\n${storage}\nhttp: { addr: "${host}" }\n`);
  server = spawn(registry, ['serve', 'config.yml'], { cwd: folder, stdio: 'ignore' });
  await vi.waitFor(async () => expect((await fetch(`http://${host}/v2/`)).status).toBe(200), {
    timeout: 10_000,
    interval: 100,
  });
}

describe.skipIf(!present)(
  `a registry without referrers API${present ? '' : " (skipped: no cosign, crane or Debian's docker-registry)"}`,
  () => {
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'edgeseal-fallback-'));
      await startRegistry();
      run(cosign, 'generate-key-pair');
      writeFileSync(join(folder, 'predicate.json'), '{"some":"thing"}');
    }, 30_000);
    afterAll(() => {
      server?.kill();
      rmSync(folder, { recursive: true, force: true });
    });

    const type = 'https://example.org/a/v1';
    const verify = ['verify-attestation', '--key=cosign.pub', `--type=${type}`, '--insecure-ignore-tlog'];

    test('bundles that cosign lists under the fallback tag', { timeout: 60_000 }, async () => {
      const image = `${host}/t/app`;
      writeFileSync(join(folder, 'file'), 'content');
      run('tar', 'cf', 'layer.tar', 'file');
      run(crane, 'append', '-f', 'layer.tar', '-t', `${image}:v1`);
      const digest = run(crane, 'digest', `${image}:v1`);
      const referrers = await fetch(`http://${host}/v2/t/app/referrers/${digest}`);
      expect(referrers.status).toBe(404);
      expect(await edgeseal(...verify, `${image}:v1`)).toBe(1);
      const what = [`--type=${type}`, '--predicate=predicate.json', '--key=cosign.key', '-y'];
      run(cosign, 'attest', ...what, '--use-signing-config=false', '--tlog-upload=false', `${image}:v1`);
      expect(run(crane, 'ls', image).split('\n')).toContain(digest.replace(':', '-'));
      expect(await edgeseal(...verify, `${image}:v1`)).toBe(0);
      expect(await edgeseal(...verify, `${image}@${digest}`)).toBe(0);
      expect(await edgeseal(...verify, '--type=cyclonedx', `${image}:v1`)).not.toBe(0);
    });
  },
);
