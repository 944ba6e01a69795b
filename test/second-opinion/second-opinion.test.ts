import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeFiles } from '#core/io/files';
import { main } from '../../verifier/main.ts';
import { defects } from '../sigstore/defects.ts';
import { makeEvidence } from '../sigstore/make-evidence.ts';
import { fakeCosign } from './fake-cosign.ts';

const fixture = makeEvidence();
const keyed = makeEvidence({ signer: 'key' });
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'edgeseal-opinion-'));
  const write = (name: string, content: Uint8Array | string): void =>
    writeFileSync(path.join(folder, name), content);
  write('bundle.json', fixture.bytes);
  write('bare.json', makeEvidence({ format: 'envelope' }).bytes);
  write('keyed.json', keyed.bytes);
  write('key.pub', keyed.publicKeyPem);
  write('root.json', fixture.trustedRootBytes);
  write('artifact', fixture.artifact.content);
  write('other', 'other');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const identity = [
  `--certificate-identity=${fixture.identity}`,
  `--certificate-oidc-issuer=${fixture.issuer}`,
];
const expression = [
  '--certificate-identity-regexp=https://github.com/example-org/.*|x',
  `--certificate-oidc-issuer-regexp=${fixture.issuer}`,
];
const stranger = ['--certificate-identity=nobody', `--certificate-oidc-issuer=${fixture.issuer}`];

async function verify(
  cosign: string,
  ...argv: readonly string[]
): Promise<{ code: number; said: string; data: string }> {
  let said = '';
  let data = '';
  const code = await main(
    ['verify-attestation', '--offline', '--second-opinion=cosign', '--trusted-root=root.json', ...argv],
    {
      files: nodeFiles(folder),
      stdout: (text) => void (data += text),
      stderr: (text) => void (said += text),
      now: () => new Date('2026-02-01T00:00:00Z'),
      env: { EDGESEAL_COSIGN: cosign, PATH: process.env['PATH'] },
      seeds: () => Buffer.from('{}'),
      tuf: () => Promise.reject(new Error('no network in a test')),
    },
  );
  return { code, said, data };
}

const ask = ['--bundle=bundle.json', '--type=slsaprovenance1'];

describe('--second-opinion', () => {
  test.each([
    ['both accept', 'exit 0', identity, 'artifact', 0, false],
    ['both refuse', 'echo "Error: no" >&2; exit 1', stranger, 'artifact', 1, false],
    ['only edgeseal accepts', 'echo "Error: no" >&2; exit 1', identity, 'artifact', 1, true],
    ['only cosign accepts', 'exit 0', identity, 'other', 1, true],
  ])('%s', async (name, answer, who, artifact, expected, disagrees) => {
    const cosign = fakeCosign(folder, 'cosign', answer);
    const { code, said, data } = await verify(cosign, ...ask, ...who, artifact);
    expect([code, said.includes('SECOND_OPINION_DISAGREES'), data !== '']).toEqual([
      expected,
      disagrees,
      name === 'both accept',
    ]);
    expect(said).toContain('Second opinion: cosign v3.1.3');
  });
  test('a bare envelope is nothing that cosign reads', async () => {
    const cosign = fakeCosign(folder, 'cosign', 'exit 0');
    const flags = ['--type=slsaprovenance1', '--bundle=bare.json', ...identity];
    const { code, said } = await verify(cosign, ...flags, 'artifact');
    expect([code, said.includes('SECOND_OPINION_UNAVAILABLE')]).toEqual([3, true]);
  });
  test.each([
    ['a pack', [...identity, '--bundle=bundle.json', '--evidence=absent.json'], 'FILE_NOT_FOUND'],
    ['a policy alone', ['--bundle=bundle.json', '--policy=policy.json'], 'FLAG_REQUIRED'],
    ['a policy in CUE', [...ask, ...identity, '--policy=policy.cue'], 'FLAG_CONFLICT'],
    ['no type', ['--bundle=bundle.json', '--policy=policy.json', ...identity], 'FLAG_REQUIRED'],
  ])('wrong usage: %s', async (_, argv, reason) => {
    const policy = { name: 'x', requirements: [{ signers: [{ issuer: '**', identity: '**' }] }] };
    writeFileSync(path.join(folder, 'policy.json'), JSON.stringify(policy));
    writeFileSync(path.join(folder, 'policy.cue'), 'predicate: {...}\n');
    const { code, said } = await verify('/absent', ...argv, 'artifact');
    expect([code, said]).toEqual([2, expect.stringContaining(reason)]);
  });
});

/** The cosign named by EDGESEAL_COSIGN, else the one that the benchmarks keep. */
const kept = path.join(homedir(), '.cache', 'edgeseal-peers', 'bin', 'cosign');
const real = [process.env['EDGESEAL_COSIGN'] ?? '', kept].find(
  (file) => file !== '' && spawnSync(file, ['version']).status === 0,
);

describe.skipIf(real === undefined)('a real cosign (skipped where EDGESEAL_COSIGN names none)', () => {
  const key = ['--bundle=keyed.json', '--type=slsaprovenance1', '--key=key.pub'];
  test.each([
    ['agrees to accept', [...ask, ...identity, 'artifact'], 0, 'accepts'],
    ['agrees to accept an expression', [...ask, ...expression, 'artifact'], 0, 'accepts'],
    ['agrees to accept a key', [...key, 'artifact'], 0, 'accepts'],
    [
      'agrees to accept a digest',
      [...ask, ...identity, `sha256:${fixture.artifact.digests.sha256}`],
      0,
      'accepts',
    ],
    ['agrees to accept one of two', ['--bundle=keyed.json', ...ask, ...identity, 'artifact'], 0, 'accepts'],
    ['agrees to refuse another artifact', [...ask, ...identity, 'other'], 1, 'refuses'],
    ['agrees to refuse a stranger', [...ask, ...stranger, 'artifact'], 1, 'refuses'],
    [
      'agrees to refuse another type',
      ['--bundle=bundle.json', '--type=spdx', ...identity, 'artifact'],
      1,
      'refuses',
    ],
  ])('%s', async (_, argv, expected, answer) => {
    const { code, said } = await verify(real ?? '', ...argv);
    expect(said).not.toContain('SECOND_OPINION_');
    expect(said).toMatch(new RegExp(`^Second opinion: cosign v3\\.\\S+ ${answer}`, 'm'));
    expect(code).toBe(expected);
  });
  test('disagrees where the provenance contradicts the certificate, and both are shown', async () => {
    const wrong = defects['provenance: another repository']?.make();
    writeFileSync(path.join(folder, 'wrong.json'), wrong?.bytes ?? '');
    const flags = ['--bundle=wrong.json', '--type=slsaprovenance1', ...identity];
    const { code, said } = await verify(real ?? '', ...flags, 'artifact');
    expect(code).toBe(1);
    expect(said).toMatch(/SECOND_OPINION_DISAGREES[^]*edgeseal: refused[^]*cosign v3\.\S+: accepted/);
    expect(said).toContain('PROVENANCE_CONTRADICTS_CERTIFICATE');
  });
});
