import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeGeneratorEvidence } from '../sigstore/make-evidence.ts';
import { edgesealIn, type Answer } from './command.ts';
import { attachBundles, evidenceAbout, pushImage, pushIndex } from './content.ts';
import { digestOf, TestRegistry, type RegistryOptions } from './server.ts';
import { authorityPem, identityFor, startTls, type TlsServer } from './tls.ts';

let folder = '';
let registry: TestRegistry;
const servers: TlsServer[] = [];
const user = { name: 'user', password: 'a-secret' };
const start = async (options: RegistryOptions): Promise<void> => {
  await registry.stop();
  registry = await TestRegistry.start(options);
};
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'edgeseal-command-'));
  registry = await TestRegistry.start();
});
afterEach(async () => {
  await registry.stop();
  for (const server of servers.splice(0)) await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const edgeseal = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Answer> => edgesealIn(folder, args, { env: { HOME: folder, ...env } });

const verify = [
  'verify-attestation',
  '--key',
  'key.pub',
  '--type',
  'slsaprovenance1',
  '--trusted-root',
  'root.json',
];

/** Attests a manifest by the key, in some repository, and writes what its verifier needs. */
function attest(manifest: Buffer, repository = 'o/app'): void {
  const { bytes, publicKeyPem, trustedRootBytes } = evidenceAbout(manifest, { signer: 'key' });
  attachBundles(registry, repository, manifest, [{ bytes }]);
  writeFileSync(join(folder, 'key.pub'), publicKeyPem);
  writeFileSync(join(folder, 'root.json'), trustedRootBytes);
}

const image = (suffix = ':v1', host = registry.host): string => `${host}/o/app${suffix}`;

describe('attestations in another repository', () => {
  test.each([
    ['without its name', {}, 1],
    ['COSIGN_REPOSITORY', { COSIGN_REPOSITORY: 'o/attestations' }, 0],
    ['an empty COSIGN_REPOSITORY is none', { COSIGN_REPOSITORY: '' }, 1],
    ['COSIGN_REPOSITORY with a tag', { COSIGN_REPOSITORY: 'o/attestations:v1' }, 2],
  ])('%s', async (_, env: Record<string, string>, exit) => {
    attest(pushImage(registry, 'o/app', 'v1'), 'o/attestations');
    const named = Object.entries(env).map(([name, path]) => [name, path && `${registry.host}/${path}`]);
    expect(await edgeseal([...verify, image()], Object.fromEntries(named))).toMatchObject({ exit });
  });

  test.each([
    ['--provenance-repository', true, {}, 0],
    ['without it', false, {}, 1],
    ['it counts before COSIGN_REPOSITORY', true, { COSIGN_REPOSITORY: 'localhost:1/other' }, 0],
  ])('%s', async (_, isNamed, env: Record<string, string>, exit) => {
    const manifest = pushImage(registry, 'o/app');
    const fixture = makeGeneratorEvidence({ artifact: { name: 'image', content: manifest } });
    attachBundles(registry, 'o/provenance', manifest, [{ bytes: fixture.bytes }]);
    writeFileSync(join(folder, 'root.json'), fixture.trustedRootBytes);
    const builder =
      'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml';
    const named = isNamed ? ['--provenance-repository', `${registry.host}/o/provenance`] : [];
    const args = ['verify-image', '--source-uri', 'github.com/example-org/example', '--builder-id', builder];
    const all = [...args, '--trusted-root', 'root.json', ...named, image(`@${digestOf(manifest)}`)];
    expect(await edgeseal(all, env)).toMatchObject({ exit });
  });
});

describe('several images', () => {
  test('all of them pass, or none of them counts', async () => {
    const { index, images } = pushIndex(registry, 'o/app', 'multi');
    for (const manifest of [pushImage(registry, 'o/app', 'v1'), index]) attest(manifest);
    const both = await edgeseal([...verify, image(), image(':multi')]);
    expect(both).toMatchObject({ exit: 0 });
    expect(both.stdout.trim().split('\n')).toHaveLength(2);
    const third = image(`@${digestOf(images.arm64)}`);
    const all = await edgeseal([...verify, image(), third, image(':multi')]);
    expect(all.exit).toBe(1);
    expect(all.stderr).toContain(third);
  });

  test('one that is not there', async () => {
    attest(pushImage(registry, 'o/app', 'v1'));
    const answer = await edgeseal([...verify, image(), image(':absent')]);
    expect(answer.exit).not.toBe(0);
    expect(answer.stderr).toContain('IMAGE_NOT_FOUND');
  });
});

describe('--platform', () => {
  test.each<[string, 'index' | 'arm64', readonly string[], number]>([
    ['the index is attested, without the flag', 'index', [], 0],
    ['the index is attested, one platform is asked for', 'index', ['--platform=linux/arm64'], 0],
    ['one platform is attested, and asked for', 'arm64', ['--platform=linux/arm64'], 0],
    ['another is attested', 'arm64', ['--platform=linux/amd64'], 1],
    ['one platform is attested, without the flag', 'arm64', [], 1],
    ['one that there is not', 'index', ['--platform=linux/s390x'], 3],
    ['no platform', 'index', ['--platform=arm64'], 2],
  ])('%s', async (_, attested, flags, exit) => {
    const { index, images } = pushIndex(registry, 'o/app', 'v1');
    attest(attested === 'index' ? index : images.arm64);
    expect(await edgeseal([...verify, ...flags, image()])).toMatchObject({ exit });
  });
});

describe('credentials', () => {
  const named = ['--registry-username', user.name, '--registry-password'];
  test.each<[string, 'basic' | 'token', readonly string[], number]>([
    ['basic', 'basic', [...named, user.password], 0],
    ['by the token service', 'token', [...named, user.password], 0],
    ['a token', 'token', ['--registry-token', 'a-token'], 0],
    ['another token', 'token', ['--registry-token', 'x'], 3],
    ['another password', 'basic', [...named, 'x'], 3],
    ['none', 'basic', [], 3],
    ['a name alone', 'basic', ['--registry-username', 'x'], 2],
    ['a password alone', 'basic', ['--registry-password', 'x'], 2],
    ['both kinds', 'basic', [...named, 'x', '--registry-token', 'x'], 2],
  ])('%s', async (_, auth, flags, exit) => {
    await start({ auth, user });
    attest(pushImage(registry, 'o/app', 'v1'));
    const answer = await edgeseal([...verify, ...flags, image()]);
    expect(answer).toMatchObject({ exit });
    expect(answer.stdout + answer.stderr).not.toContain(user.password);
  });

  test('are for one registry', async () => {
    const answer = await edgeseal([...verifyWithKey(), ...named, 'x', image(), 'other.invalid/o/app']);
    expect(answer).toMatchObject({ exit: 2 });
    expect(registry.asked).toEqual([]);
  });
});

function verifyWithKey(): readonly string[] {
  attest(pushImage(registry, 'o/app', 'v1'));
  return verify;
}

describe('TLS', () => {
  const serve = async (options: Parameters<typeof startTls>[1] = {}): Promise<TlsServer> => {
    attest(pushImage(registry, 'o/app', 'v1'));
    const server = await startTls(registry.listener, options);
    servers.push(server);
    writeFileSync(join(folder, 'ca.pem'), authorityPem);
    const client = identityFor('a client');
    writeFileSync(join(folder, 'client.pem'), client.cert);
    writeFileSync(join(folder, 'client.key'), client.key);
    return server;
  };
  const ca = ['--registry-cacert', 'ca.pem'];
  const client = ['--registry-client-cert', 'client.pem', '--registry-client-key', 'client.key'];

  test.each<[string, Parameters<typeof startTls>[1], readonly string[], number]>([
    ['--registry-cacert', {}, ca, 0],
    ['without it', {}, [], 3],
    ['--allow-insecure-registry', {}, ['--allow-insecure-registry'], 0],
    ['--registry-server-name', { name: 'a.example' }, [...ca, '--registry-server-name', 'a.example'], 0],
    ['another name', { name: 'a.example' }, ca, 3],
    ['--registry-client-cert and -key', { wantsCertificate: true }, [...ca, ...client], 0],
    ['a client without one', { wantsCertificate: true }, ca, 3],
    ['a file that is not there', {}, ['--registry-cacert', 'absent.pem'], 2],
  ])('%s', async (_, options, flags, exit) => {
    const server = await serve(options);
    expect(await edgeseal([...verify, ...flags, image(':v1', server.host)])).toMatchObject({ exit });
  });

  test('a server that answers plain HTTP by 400 is asked by TLS, and credentials only so', async () => {
    await start({ auth: 'basic', user });
    const server = await serve();
    const named = ['--registry-username', user.name, '--registry-password', user.password];
    const answer = await edgeseal([...verify, ...ca, ...named, image(':v1', server.host)]);
    expect(answer).toMatchObject({ exit: 0 });
    expect(server.plain).toHaveLength(1);
    expect(server.plain.join('')).not.toMatch(/authorization/i);
  });

  test('a registry without TLS that answers 400 is heard', async () => {
    registry.fault(/manifests\/v1/, (response) => response.writeHead(400).end());
    const answer = await edgeseal([...verifyWithKey(), image()]);
    expect(answer.exit).toBe(3);
    expect(answer.stderr).toContain('HTTP 400');
  });
});

describe('time', () => {
  test.each<[string, number]>([
    ['200ms', 3],
    ['0s', 2],
    ['soon', 2],
    ['1m30', 2],
  ])('--timeout %s', async (time, exit) => {
    const args = verifyWithKey();
    registry.fault(/manifests\/v1/, () => undefined);
    expect(await edgeseal([...args, '--timeout', time, image()])).toMatchObject({ exit });
  });
});
