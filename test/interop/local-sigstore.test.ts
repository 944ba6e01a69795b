import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { SigningConfigJson } from '../../release/local/signing-config.ts';
import { startLocal, type Local } from '../../release/local/start-local.ts';
import {
  job,
  predicateType,
  signEnvelope,
  signMessage,
  statementAbout,
  type Signing,
} from '../local/sign.ts';
import { authenticated } from '../local/verified.ts';
import { pushTo } from './attested.ts';
import { findPeer, mustRun, payloadsOf, runEdgeseal, runPeer } from './peers.ts';

const cosign = findPeer('cosign', 'EDGESEAL_COSIGN');
const python = findPeer('sigstore-python', 'EDGESEAL_SIGSTORE_PYTHON');

const content = Buffer.from('what is released\n');
const identity = `https://github.com/${job.job_workflow_ref}`;

const envelopes: Readonly<Record<string, Signing>> = {
  'Rekor v1, dsse': {},
  'Rekor v1, intoto': { entry: 'intoto' },
  'Rekor v1 and a timestamp': { timestamp: true },
  'Rekor v2 and a timestamp': { log: 'rekor-v2' },
};
const messages = Object.entries(envelopes).filter(([, { entry }]) => entry === undefined);
const logs = [1, 2] as const;

let folder = '';
let local: Local;
let write: (name: string, value: unknown) => void;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'edgeseal-local-'));
  local = await startLocal();
  write = (name, value) =>
    writeFileSync(join(folder, name), Buffer.isBuffer(value) ? value : JSON.stringify(value));
  const { trustedRoot } = local;
  write('artifact', content);
  write('root.json', trustedRoot);
  write('predicate.json', {});
  for (const version of logs) {
    const signingConfig: SigningConfigJson = local.signingConfig(version);
    const mediaType = 'application/vnd.dev.sigstore.clienttrustconfig.v0.1+json';
    write(`signing-${version}.json`, signingConfig);
    write(`trust-${version}.json`, { mediaType, trustedRoot, signingConfig });
  }
});
afterAll(async () => {
  await local.stop();
  rmSync(folder, { recursive: true, force: true });
});

const signer = (): readonly string[] => [
  `--certificate-identity=${identity}`,
  `--certificate-oidc-issuer=${local.url}`,
];
const token = (): string => {
  write('token', Buffer.from(local.token(job)));
  return join(folder, 'token');
};

describe.skipIf(cosign === '')('cosign 3 (skipped where neither EDGESEAL_COSIGN nor PATH has one)', () => {
  const attested = ['verify-blob-attestation', `--type=${predicateType}`];
  const verifies = async (command: readonly string[], bundle: string): Promise<number | null> => {
    const args = [...command, `--bundle=${bundle}`, '--trusted-root=root.json', ...signer(), 'artifact'];
    return (await runPeer(cosign, args, folder)).exit;
  };

  test.each(Object.entries(envelopes))('verifies an envelope of ours: %s', async (_, signing) => {
    write('bundle.json', await signEnvelope(local, statementAbout('artifact', content), signing));
    expect(await verifies(attested, 'bundle.json')).toBe(0);
  });

  test.each(messages)('verifies a signature of ours: %s', async (_, signing) => {
    write('bundle.json', await signMessage(local, content, signing));
    expect(await verifies(['verify-blob'], 'bundle.json')).toBe(0);
  });

  test('refuses one about something else', async () => {
    write('bundle.json', await signMessage(local, Buffer.from('something else\n')));
    expect(await verifies(['verify-blob'], 'bundle.json')).not.toBe(0);
  });

  test.each(logs)('signs and attests with the local services, Rekor v%d', async (version) => {
    const services = [`--signing-config=signing-${version}.json`, '--trusted-root=root.json', '--yes'];
    const common = [...services, `--identity-token=${token()}`, '--bundle=theirs.json'];
    await mustRun(cosign, ['sign-blob', ...common, 'artifact'], folder);
    expect(authenticated(local, readBundle(), content).signers[0]?.identity).toBe(identity);
    const predicate = [`--type=${predicateType}`, '--predicate=predicate.json'];
    await mustRun(cosign, ['attest-blob', ...common, ...predicate, 'artifact'], folder);
    expect(authenticated(local, readBundle(), content).signers[0]?.identity).toBe(identity);
    expect(await verifies(attested, 'theirs.json')).toBe(0);
  });

  test.each(logs)('attests an image in the local registry, Rekor v%d', async (version) => {
    const image = `${local.registry}/example/app:v1`;
    await pushTo(local.registry, 'example/app', 'image');
    const services = [`--signing-config=signing-${version}.json`, '--trusted-root=root.json', '--yes'];
    const predicate = [`--type=${predicateType}`, '--predicate=predicate.json'];
    await mustRun(
      cosign,
      ['attest', ...services, `--identity-token=${token()}`, ...predicate, image],
      folder,
    );
    const args = [
      'verify-attestation',
      `--type=${predicateType}`,
      '--trusted-root=root.json',
      ...signer(),
      image,
    ];
    const [ours, theirs] = await Promise.all([runEdgeseal(args, folder), runPeer(cosign, args, folder)]);
    expect([ours.exit, theirs.exit, ours.stderr]).toEqual([0, 0, expect.stringContaining('')]);
    expect(payloadsOf(ours)).toEqual(payloadsOf(theirs));
  });

  function readBundle(): Buffer {
    return readFileSync(join(folder, 'theirs.json'));
  }
});

describe.skipIf(python === '')(
  'sigstore-python (skipped where neither EDGESEAL_SIGSTORE_PYTHON nor PATH has one)',
  () => {
    const run = async (version: 1 | 2, args: readonly string[]): Promise<number | null> =>
      (await runPeer(python, [`--trust-config=trust-${version}.json`, ...args], folder)).exit;
    const verifies = async (bundle: string): Promise<number | null> => {
      const who = ['--cert-identity', identity, '--cert-oidc-issuer', local.url];
      return run(1, ['verify', 'identity', '--offline', '--bundle', bundle, ...who, 'artifact']);
    };

    // It reads no entries of kind intoto.
    test.each(messages)('verifies an envelope of ours: %s', async (_, signing) => {
      write('bundle.json', await signEnvelope(local, statementAbout('artifact', content), signing));
      expect(await verifies('bundle.json')).toBe(0);
    });

    test.each(messages)('verifies a signature of ours: %s', async (_, signing) => {
      write('bundle.json', await signMessage(local, content, signing));
      expect(await verifies('bundle.json')).toBe(0);
    });

    test('refuses one about something else', async () => {
      write('bundle.json', await signMessage(local, Buffer.from('something else\n')));
      expect(await verifies('bundle.json')).not.toBe(0);
    });

    test.each(logs)('signs with the local services, Rekor v%d', async (version) => {
      const flags = ['--identity-token', local.token(job), '--bundle', 'python.json', '--overwrite'];
      expect(await run(version, ['sign', ...flags, 'artifact'])).toBe(0);
      const bundle = readFileSync(join(folder, 'python.json'));
      expect(authenticated(local, bundle, content).signers[0]?.identity).toBe(identity);
    });
  },
);
