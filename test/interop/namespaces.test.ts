import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { payloadsOf, runEdgeseal, runPeer, type Answer } from './peers.ts';

const permitted = spawnSync('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up']).status === 0;
const program = join(import.meta.dirname, '../../verifier/bin/edgeseal.ts');

let folder = '';

/** Our command line where there is no route to anywhere, and no loopback. */
const withoutRoute = async (...args: readonly string[]): Promise<Answer> =>
  runPeer('unshare', ['-n', process.execPath, program, ...args], folder);

describe.skipIf(!permitted)(
  `evidence of an image, carried to a machine without a network${permitted ? '' : ' (skipped: unshare -n is not permitted)'}`,
  () => {
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'edgeseal-namespaces-'));
      const script = join(import.meta.dirname, 'export-image/run.ts');
      const serve = 'ip link set lo up && exec "$0" "$@"';
      const { exit, stderr } = await runPeer(
        'unshare',
        ['-n', 'sh', '-c', serve, process.execPath, script, folder],
        folder,
      );
      if (exit !== 0) throw new Error(stderr);
    }, 20_000);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const verify = ['verify-attestation', '--evidence', 'app.pack.json'];

    test('is accepted, with what its registry had', async () => {
      const answer = await withoutRoute(...verify);
      expect(answer.exit, answer.stderr).toBe(0);
      const statements = payloadsOf(answer).map((text): unknown => JSON.parse(text));
      expect(statements).toMatchObject([
        { predicateType: 'https://slsa.dev/provenance/v1' },
        { predicateType: 'https://cyclonedx.org/bom' },
      ]);
    });

    test('is accepted by the name of the image, and of its digest', async () => {
      const image = readFileSync(join(folder, 'image'), 'utf8');
      const { stderr } = await withoutRoute(...verify, image);
      const [, digest = ''] = /PASSED: \S+@(sha256:[0-9a-f]{64})/.exec(stderr) ?? [];
      expect((await withoutRoute(...verify, digest)).exit).toBe(0);
      expect((await withoutRoute(...verify, `sha256:${'0'.repeat(64)}`)).exit).toBe(1);
    });

    test('cannot be had from the registry there', async () => {
      const image = readFileSync(join(folder, 'image'), 'utf8');
      const how = ['--policy', 'policy.json', '--trusted-root', 'root.json'];
      const { exit, stderr } = await withoutRoute('verify-attestation', ...how, image);
      expect([exit, stderr]).toEqual([3, expect.stringContaining('NETWORK_UNAVAILABLE')]);
    });

    test('is refused with one octet changed', async () => {
      const pack = readFileSync(join(folder, 'app.pack.json'));
      for (let at = 0; at < pack.length; at += 199) {
        const changed = Buffer.from(pack);
        changed[at] = (changed[at] ?? 0) ^ (1 << (at % 7));
        writeFileSync(join(folder, 'changed.json'), changed);
        const { exit } = await runEdgeseal(['verify-attestation', '--evidence', 'changed.json'], folder);
        expect(exit, `octet ${at}`).not.toBe(0);
      }
      expect((await withoutRoute('verify-attestation', '--evidence', 'changed.json')).exit).toBe(1);
    });
  },
);
