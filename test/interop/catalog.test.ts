import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readCatalog } from '#core/oci/catalog';
import { transportOf } from '../registry/reader.ts';
import { findPeer, freePort, mustRun, runEdgeseal, startRegistry, type Answer } from './peers.ts';

const cosign = findPeer('cosign', 'EDGESEAL_COSIGN');
const crane = findPeer('crane', 'EDGESEAL_CRANE');
const programs = {
  "go-containerregistry's registry": findPeer('registry', 'EDGESEAL_REGISTRY'),
  "Debian's docker-registry": findPeer('docker-registry', 'EDGESEAL_DOCKER_REGISTRY'),
};
const names = ['cloudcore', 'admission', 'csidriver'];

async function startDebian(program: string, folder: string): Promise<{ host: string; stop: () => void }> {
  const host = `127.0.0.1:${await freePort()}`;
  const storage = `storage: { filesystem: { rootdirectory: ${JSON.stringify(join(folder, 'data'))} } }`;
  writeFileSync(join(folder, 'config.yml'), `version: 0.1\n${storage}\nhttp: { addr: "${host}" }\n`);
  const server: ChildProcess = spawn(program, ['serve', 'config.yml'], { cwd: folder, stdio: 'ignore' });
  await vi.waitFor(async () => expect((await fetch(`http://${host}/v2/`)).status).toBe(200), {
    timeout: 10_000,
    interval: 50,
  });
  return { host, stop: () => void server.kill() };
}

for (const [title, program] of Object.entries(programs)) {
  const isPresent = [program, cosign, crane].every((found) => found !== '');
  describe.skipIf(!isPresent)(
    `images from the catalog of ${title}${isPresent ? '' : ' (skipped: it, cosign or crane is not here)'}`,
    () => {
      let folder = '';
      let server: { readonly host: string; readonly stop: () => void };
      const verify = async (): Promise<Answer> => {
        const from = ['--images-from', `${server.host}/edge`, '--tag', 'v1'];
        return runEdgeseal(['verify-release', '--policy', 'policy.json', ...from], folder);
      };
      const attest = async (name: string): Promise<string> => {
        const what = '--key=cosign.key --type=https://example.com/p --predicate=predicate.json --yes';
        const without = '--use-signing-config=false --tlog-upload=false --allow-http-registry';
        const args = ['attest', ...what.split(' '), ...without.split(' '), `${server.host}/edge/${name}:v1`];
        return mustRun(cosign, args, folder);
      };

      beforeAll(async () => {
        folder = mkdtempSync(join(tmpdir(), 'edgeseal-catalog-'));
        server = title.startsWith('Debian')
          ? await startDebian(program, folder)
          : await startRegistry(program);
        await mustRun(cosign, ['generate-key-pair'], folder);
        writeFileSync(join(folder, 'predicate.json'), '{"some":"thing"}');
        for (const name of names) {
          const image = `${server.host}/edge/${name}:v1`;
          writeFileSync(join(folder, name), name);
          await mustRun('tar', ['cf', `${name}.tar`, name], folder);
          await mustRun(crane, ['append', '-f', `${name}.tar`, '-t', image], folder);
          await attest(name);
        }
        const publicKey = readFileSync(join(folder, 'cosign.pub'), 'utf8');
        const signers = [{ key: { pem: publicKey }, transparencyLog: 'optional' }];
        const policy = { name: 'key', requirements: [{ predicateType: 'https://example.com/p', signers }] };
        writeFileSync(join(folder, 'policy.json'), JSON.stringify(policy));
      }, 60_000);
      afterAll(() => {
        server.stop();
        rmSync(folder, { recursive: true, force: true });
      });

      test('every repository is found', async () => {
        const found = await readCatalog(transportOf(), server.host);
        expect(found).toEqual(names.map((name) => `edge/${name}`).toSorted());
      });

      test('they pass; one without an attestation is named', { timeout: 20_000 }, async () => {
        expect(await verify()).toMatchObject({ exit: 0 });
        const [first = ''] = names;
        await mustRun(
          crane,
          ['copy', `${server.host}/edge/${first}:v1`, `${server.host}/edge/copy:v1`],
          folder,
        );
        const { exit, stderr } = await verify();
        expect(exit).toBe(1);
        expect(stderr).toMatch(/REFUSED: \S+\/edge\/copy:v1/);
        expect(stderr).toContain('EVIDENCE_EMPTY');
      });
    },
  );
}
