import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { nodeFiles } from '#core/io/files';
import type { Io } from '#core/io/io';
import { nodeNetwork } from '#core/io/network';
import { nodeIo } from '#core/io/node-io';
import { startLocal, type Local } from '../../release/local/start-local.ts';
import { main } from '../../release/main.ts';
import type { Ended } from '../cli/run-main.ts';
import { job, makeWork, type Work } from './work.ts';

let local: Local;
let work: Work;
beforeAll(async () => void (local = await startLocal()));
afterAll(async () => local.stop());
beforeEach(async () => void (work = await makeWork({ platforms: ['linux/amd64'], image: false })));
afterEach(() => work.remove());

/** `edgeseal-release attest` where the public Sigstore's TUF repository has these targets. */
async function attest(
  targets: Readonly<Record<string, unknown>>,
  args: readonly string[] = [],
): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  const io: Io = {
    ...nodeIo(),
    files: nodeFiles(work.folder),
    env: { ...local.job(job), EDGESEAL_CACHE: path.join(work.folder, 'cache') },
    network: async () => nodeNetwork({}),
    tuf: async (target) => {
      if (!Object.hasOwn(targets, target)) throw new Error('connect ENETUNREACH');
      return Buffer.from(JSON.stringify(targets[target]));
    },
    stdout: (text) => (stdout += text),
    stderr: (text) => (stderr += text),
  };
  const exit = await main(['attest', '--work', work.folder, ...args], io);
  return { exit, stdout, stderr };
}

describe('without --signing-config and --trusted-root', () => {
  test('the public Sigstore signs, by what TUF says of it', async () => {
    const { exit, stdout, stderr } = await attest({
      'trusted_root.json': local.trustedRoot,
      'signing_config.v0.2.json': local.signingConfig(2),
    });
    expect([exit, stdout], stderr).toEqual([0, 'attested: 5 assets, 0 images, 1 attestations\n']);
    for (const target of ['trusted_root.json', 'signing_config.v0.2.json'])
      expect(stderr).toContain(`${target} of the public Sigstore, by TUF: sha256:`);
  });

  test.each<[string, readonly string[]]>([
    ['nothing', []],
    ['the trusted root alone', ['trusted_root.json']],
  ])('refused where TUF answers with %s: no copy stands in', async (_, there) => {
    const targets = Object.fromEntries(there.map((name) => [name, local.trustedRoot]));
    // A copy of both that was fetched just before.
    const first = await attest({ 'trusted_root.json': local.trustedRoot, 'signing_config.v0.2.json': {} });
    expect(first.stderr).toContain('SIGNING_CONFIG_INVALID');
    const { exit, stderr } = await attest(targets);
    expect(exit).toBe(3);
    expect(stderr).toMatch(/NETWORK_UNAVAILABLE: no fresh \S+ could be fetched/);
    expect(stderr).toContain('--signing-config and --trusted-root name the files of another instance');
    expect(existsSync(path.join(work.folder, 'queue'))).toBe(false);
  });
});

test.each([
  ['--signing-config', '--trusted-root'],
  ['--trusted-root', '--signing-config'],
])('%s without %s is refused', async (given, missing) => {
  writeFileSync(path.join(work.folder, 'file.json'), '{}');
  const { exit, stderr } = await attest({}, [given, 'file.json']);
  expect([exit, stderr]).toEqual([
    2,
    expect.stringContaining(`FLAG_REQUIRED: ${missing} is required beside ${given}`),
  ]);
});
