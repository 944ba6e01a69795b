import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLocal, type Local } from '../../release/local/start-local.ts';
import { findPeer, runPeer } from '../interop/peers.ts';
import { attestWork } from './attest-work.ts';
import { makeWork, type Work } from './work.ts';

const cosign = findPeer('cosign', 'EDGESEAL_COSIGN');
const missing = cosign === '' ? ' (skipped: no cosign 3)' : '';
const TARBALL = 'edgecore-1.24.0-linux-amd64.tar.gz';
const identity =
  'https://github.com/kubeedge/edgeseal/.github/workflows/edgeseal-hermetic.yml@refs/tags/v0.1.0';

let local: Local;
let work: Work | undefined;
beforeAll(async () => void (local = await startLocal()));
afterAll(async () => {
  work?.remove();
  await local.stop();
});

/** cosign on an asset, by the attestation of the release. */
async function verify(made: Work, file: string, issuer: string): Promise<number | null> {
  const { folder } = made;
  const [line = ''] = readFileSync(path.join(folder, 'assets/multiple.intoto.jsonl'), 'utf8').split('\n');
  writeFileSync(path.join(folder, 'bundle.json'), line);
  writeFileSync(path.join(folder, 'root.json'), JSON.stringify(local.trustedRoot));
  const flags = ['--bundle', 'bundle.json', '--trusted-root', 'root.json', '--type', 'slsaprovenance1'];
  const who = ['--certificate-identity', identity, '--certificate-oidc-issuer', issuer];
  const times = ['--use-signed-timestamps'];
  const { exit, stderr } = await runPeer(
    cosign,
    ['verify-blob-attestation', ...flags, ...who, ...times, file],
    folder,
  );
  expect(stderr).not.toContain('unknown flag');
  return exit;
}

describe.skipIf(cosign === '')(`cosign verifies what attest signed${missing}`, () => {
  test.each([1, 2] as const)('Rekor v%i', { timeout: 60_000 }, async (rekor) => {
    work?.remove();
    work = await makeWork({ platforms: ['linux/amd64'], image: false });
    await attestWork(local, work, { rekor });
    writeFileSync(path.join(work.folder, 'changed'), 'changed');
    expect(await verify(work, `assets/${TARBALL}`, local.url)).toBe(0);
    expect(await verify(work, `assets/${TARBALL}.cdx.json`, local.url)).toBe(0);
    expect(await verify(work, 'changed', local.url)).not.toBe(0);
    expect(await verify(work, `assets/${TARBALL}`, 'https://other.example')).not.toBe(0);
  });
});
