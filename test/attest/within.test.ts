import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startLocal, type Local } from '../../release/local/start-local.ts';
import { runEdgeseal, type Answer } from '../interop/peers.ts';
import { attestWork } from './attest-work.ts';
import { makeWork, type Work } from './work.ts';

const TARBALL = 'edgecore-1.24.0-linux-amd64.tar.gz';

let local: Local;
let work: Work;
beforeAll(async () => void (local = await startLocal()));
afterAll(async () => local.stop());
beforeEach(async () => {
  work = await makeWork({ platforms: ['linux/amd64'], image: false });
  await attestWork(local, work);
  writeFileSync(path.join(work.folder, 'root.json'), JSON.stringify(local.trustedRoot));
  const signer = { issuer: local.url, identity: 'https://github.com/kubeedge/edgeseal/**' };
  const policy = { name: 'ours', requirements: [{ predicateType: 'slsaprovenance1', signers: [signer] }] };
  writeFileSync(path.join(work.folder, 'policy.json'), JSON.stringify(policy));
  return () => work.remove();
});

const verify = async (): Promise<Answer> =>
  runEdgeseal(
    ['verify-release', '--policy', 'policy.json', '--trusted-root', 'root.json', 'assets'],
    work.folder,
  );

describe('edgeseal verify-release on what attest wrote', () => {
  test('passes: what lies in the archive is not looked for beside it', async () => {
    const { exit, stderr } = await verify();
    expect(exit, stderr).toBe(0);
  });
  test('without the archive misses it, and what is in it', async () => {
    rmSync(path.join(work.folder, 'assets', TARBALL));
    const { exit, stderr } = await verify();
    expect(exit).toBe(1);
    for (const name of [TARBALL, 'edge/edgecore', 'README'])
      expect(stderr).toContain(`RELEASE_FILE_MISSING: "${name}"`);
  });
});
