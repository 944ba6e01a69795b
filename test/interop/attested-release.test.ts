import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { parseTrustedRoot } from '#core/trust/trusted-root';
import { startLocal, type Local } from '../../release/local/start-local.ts';
import type { TrustedRootJson } from '../../release/local/trusted-root.ts';
import { parseSigningConfig } from '../../release/signing/signing-config.ts';
import { attestWork } from '../attest/attest-work.ts';
import { job, makeWork, type Work } from '../attest/work.ts';
import { findPeer, runEdgeseal, runPeer } from './peers.ts';
import { RealFulcio } from './real-fulcio.ts';

const cosign = findPeer('cosign', 'EDGESEAL_COSIGN');
const python = findPeer('sigstore-python', 'EDGESEAL_SIGSTORE_PYTHON');
const program = findPeer('fulcio', 'EDGESEAL_FULCIO');

const identity = `https://github.com/${job.job_workflow_ref}`;
const platforms = ['amd64', 'arm64'] as const;
const logs = [1, 2] as const;
const authorities = ['ours', ...(program === '' ? [] : (['Fulcio itself'] as const))] as const;
const without = [
  cosign === '' ? 'cosign' : '',
  python === '' ? 'sigstore-python' : '',
  program === '' ? 'Fulcio' : '',
].filter((name) => name !== '');
const note = without.length === 0 ? '' : ` (without what is not here: ${without.join(', ')})`;

let local: Local;
let fulcio: RealFulcio | undefined;
beforeAll(async () => {
  local = await startLocal();
  if (program !== '') fulcio = await RealFulcio.start(program, { [local.url]: 'ci-provider' }, local.url);
});
afterAll(async () => {
  await fulcio?.stop();
  await local.stop();
});

const cases = authorities.flatMap((authority) => logs.map((rekor) => [authority, rekor] as const));

describe.each(cases)(
  `a release that attest signed, certified by %s, with Rekor v%d${note}`,
  (authority, rekor) => {
    let work: Work;
    beforeAll(async () => {
      work = await makeWork();
      const config = local.signingConfig(rekor);
      const used = authority === 'ours' ? undefined : fulcio;
      const caUrls = config.caUrls.map((service) => ({ ...service, url: used?.url ?? service.url }));
      const trustedRoot = (await used?.inPlaceOf(local.trustedRoot)) ?? local.trustedRoot;
      const bytesOf = (value: object): Buffer => Buffer.from(JSON.stringify(value));
      await attestWork(local, work, {
        rekor,
        options: {
          config: parseSigningConfig(bytesOf({ ...config, caUrls }), 'config.json'),
          root: parseTrustedRoot(bytesOf(trustedRoot), 'root.json'),
        },
      });
      writeClients(work, trustedRoot);
    });
    afterAll(() => work.remove());

    const assets = (): string => join(work.folder, 'assets');
    const assetOf = (platform: string): string => `edgecore-1.24.0-linux-${platform}.tar.gz`;

    test.skipIf(cosign === '').each(platforms)('cosign 3 verifies it: %s', async (platform) => {
      const who = [`--certificate-identity=${identity}`, `--certificate-oidc-issuer=${local.url}`];
      const how = ['--type=slsaprovenance1', '--trusted-root=root.json', `--bundle=${platform}.json`];
      const args = (asset: string): readonly string[] => ['verify-blob-attestation', ...how, ...who, asset];
      expect((await runPeer(cosign, args(assetOf(platform)), assets())).exit).toBe(0);
      const other = platforms.find((name) => name !== platform) ?? platform;
      expect((await runPeer(cosign, args(assetOf(other)), assets())).exit).not.toBe(0);
    });

    test.skipIf(python === '')('sigstore-python verifies it', async () => {
      const who = ['--cert-identity', identity, '--cert-oidc-issuer', local.url];
      const how = ['--trust-config=trust.json', 'verify', 'identity', '--offline', '--bundle', 'amd64.json'];
      expect((await runPeer(python, [...how, ...who, assetOf('amd64')], assets())).exit).toBe(0);
    });

    test.each(platforms)('edgeseal verifies it: %s', async (platform) => {
      const who = ['--certificate-identity', identity, '--certificate-oidc-issuer', local.url];
      const how = ['--type', 'slsaprovenance1', '--trusted-root', 'root.json', '--offline'];
      const bundle = ['--bundle', 'multiple.intoto.jsonl'];
      const args = ['verify-attestation', ...how, ...who, ...bundle, assetOf(platform)];
      const { exit, stderr } = await runEdgeseal(args, assets());
      expect([exit, stderr]).toEqual([0, expect.stringContaining('PASSED')]);
    });
  },
);

/** What the clients read: a trusted root, and for each platform its bundle. */
function writeClients({ folder }: Work, trustedRoot: TrustedRootJson): void {
  const write = (name: string, text: string): void => writeFileSync(join(folder, 'assets', name), text);
  const mediaType = 'application/vnd.dev.sigstore.clienttrustconfig.v0.1+json';
  write('root.json', JSON.stringify(trustedRoot));
  write('trust.json', JSON.stringify({ mediaType, trustedRoot, signingConfig: local.signingConfig(1) }));
  const lines = readFileSync(join(folder, 'assets', 'multiple.intoto.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  for (const line of lines) {
    const bundle: { dsseEnvelope: { payload: string } } = JSON.parse(line);
    const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString('utf8');
    const statement: { subject: { name: string }[] } = JSON.parse(payload);
    const platform = platforms.find((name) =>
      statement.subject.some((it) => it.name.endsWith(`${name}.tar.gz`)),
    );
    if (platform !== undefined) write(`${platform}.json`, line);
  }
}
