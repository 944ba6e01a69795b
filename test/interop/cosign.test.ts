import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { completed } from '../rekor/complete.ts';
import { bodyOf, RekorV2Log, tiledLog, withoutEntry } from '../rekor/log-v2.ts';
import { generatorClaims } from '../sigstore/claims.ts';
import { makeEvidence, type EvidenceFixture, type EvidenceOptions } from '../sigstore/make-evidence.ts';
import { cycloneDx } from '../sigstore/statement.ts';

/** The cosign named by EDGESEAL_COSIGN, else the first on PATH, else the one that the benchmarks keep. */
function findCosign(): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'cosign'));
  const kept = join(homedir(), '.cache', 'edgeseal-peers', 'bin', 'cosign');
  const candidates = [process.env['EDGESEAL_COSIGN'] ?? '', ...onPath, kept];
  return candidates.find((path) => path !== '' && spawnSync(path, ['version']).status === 0);
}

const cosign = findCosign();
const slsa1 = 'slsaprovenance1';

interface Case {
  readonly options: EvidenceOptions;
  readonly type?: string;
}

const accepted: Readonly<Record<string, Case>> = {
  'SLSA v1': { options: {}, type: slsa1 },
  'SLSA v0.2 by the generator': { options: { claims: generatorClaims }, type: 'slsaprovenance' },
  'intoto 0.0.2': { options: { entry: 'intoto/0.0.2' }, type: slsa1 },
  'Rekor v2 and a timestamp': { options: { log: 'rekor-v2' }, type: slsa1 },
  'Rekor v2, P-384 leaf': { options: { log: 'rekor-v2', keyType: 'p384' }, type: slsa1 },
  'Rekor v1 and a timestamp': { options: { timestamps: [{}] }, type: slsa1 },
  'bundle v0.1': { options: { format: 'bundle-0.1' }, type: slsa1 },
  'bundle v0.2': { options: { format: 'bundle-0.2' }, type: slsa1 },
  'P-384 leaf': { options: { keyType: 'p384' }, type: slsa1 },
  'RSA leaf': { options: { keyType: 'rsa' }, type: slsa1 },
  'Ed25519 leaf': { options: { keyType: 'ed25519' }, type: slsa1 },
  'plain key': { options: { signer: 'key' }, type: slsa1 },
  CycloneDX: { options: { statement: cycloneDx }, type: 'cyclonedx' },
  'message signature': { options: { content: 'message' } },
  'message signature, Rekor v2': { options: { content: 'message', log: 'rekor-v2' } },
};

const refused: Readonly<Record<string, Case>> = {
  'changed payload': {
    options: {
      editEnvelope: (envelope) => {
        envelope.payload = Buffer.from('{}').toString('base64');
      },
    },
    type: slsa1,
  },
  'no SCT': { options: { leaf: { scts: [] } }, type: slsa1 },
  'no log entry': { options: { log: 'none' }, type: slsa1 },
};

describe.skipIf(cosign === undefined)(
  'cosign (skipped where neither EDGESEAL_COSIGN nor PATH has one)',
  () => {
    let folder = '';
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'edgeseal-cosign-'));
    });
    afterAll(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    test.each(Object.entries(accepted))('accepts our evidence: %s', (_, { options, type }) => {
      const args = command(folder, makeEvidence(options), type);
      expect(() => execFileSync(cosign ?? '', args, { stdio: 'pipe' })).not.toThrow();
    });

    test.each([0, 300, 599])(
      'accepts a bundle whose proof we made of the tiles of a log: entry %d',
      async (index) => {
        const log = new RekorV2Log(tiledLog({ [index]: bodyOf({}) }));
        const unlogged = makeEvidence({ log: 'rekor-v2', edit: withoutEntry });
        expect(spawnSync(cosign ?? '', command(folder, unlogged, slsa1)).status).not.toBe(0);
        const args = command(folder, await completed(unlogged, log, index), slsa1);
        expect(() => execFileSync(cosign ?? '', args, { stdio: 'pipe' })).not.toThrow();
      },
    );

    test.each(Object.entries(refused))('refuses it when wrong: %s', (_, { options, type }) => {
      const args = command(folder, makeEvidence(options), type);
      expect(spawnSync(cosign ?? '', args).status).not.toBe(0);
    });
  },
);

function command(folder: string, fixture: EvidenceFixture, type: string | undefined): string[] {
  const write = (name: string, content: Uint8Array | string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const signer =
    fixture.identity === undefined
      ? ['--key', write('key.pub', fixture.publicKeyPem)]
      : ['--certificate-identity', fixture.identity, '--certificate-oidc-issuer', fixture.issuer ?? ''];
  return [
    ...(type === undefined ? ['verify-blob'] : ['verify-blob-attestation', '--type', type]),
    '--bundle',
    write('bundle.json', fixture.bytes),
    '--trusted-root',
    write('trusted_root.json', fixture.trustedRootBytes),
    ...signer,
    write('artifact', fixture.artifact.content),
  ];
}
