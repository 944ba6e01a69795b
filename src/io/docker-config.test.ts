import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Credentials } from '#core/oci/credentials';
import { loginCredentials } from './docker-config.ts';
import { nodeFiles } from './files.ts';
import { runHelper } from './network.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgeseal-docker-'));
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, content: unknown): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
}

/** A program of docker's helper protocol; it keeps what it was asked. */
function writeHelper(name: string, body: string): void {
  write(`docker-credential-${name}`, `#!/bin/sh\n{ printf '%s ' "$1"; cat; } >'${folder}/asked'\n${body}\n`);
  chmodSync(join(folder, `docker-credential-${name}`), 0o755);
}

const find = async (env: Record<string, string>): Promise<Credentials | undefined> =>
  loginCredentials({ env, files: nodeFiles(folder) }, runHelper)({ registry: 'a.b', path: 'o/r' });
const auths = (name: string): object => ({
  auths: { 'a.b': { auth: Buffer.from(`${name}:p`).toString('base64') } },
});
const user = (username: string): Credentials => ({ kind: 'basic', username, password: 'p' });

describe('which file counts', () => {
  test.each<[string, readonly string[], readonly string[], Credentials | undefined]>([
    [
      'DOCKER_CONFIG',
      ['docker/config.json', '.docker/config.json'],
      ['DOCKER_CONFIG'],
      user('docker/config.json'),
    ],
    [
      'the home folder',
      ['.docker/config.json', 'auth.json'],
      ['REGISTRY_AUTH_FILE'],
      user('.docker/config.json'),
    ],
    [
      'REGISTRY_AUTH_FILE',
      ['auth.json', 'run/containers/auth.json'],
      ['REGISTRY_AUTH_FILE'],
      user('auth.json'),
    ],
    ["podman's", ['run/containers/auth.json'], ['REGISTRY_AUTH_FILE'], user('run/containers/auth.json')],
    ['DOCKER_CONFIG alone, not the home folder', ['.docker/config.json'], ['DOCKER_CONFIG'], undefined],
    ['none', [], [], undefined],
  ])('%s', async (_, files, names, expected) => {
    for (const name of files) write(name, auths(name));
    const all: Record<string, string> = {
      DOCKER_CONFIG: join(folder, 'docker'),
      REGISTRY_AUTH_FILE: join(folder, 'auth.json'),
    };
    const chosen = Object.fromEntries(names.map((name) => [name, all[name] ?? '']));
    expect(await find({ HOME: folder, XDG_RUNTIME_DIR: join(folder, 'run'), ...chosen })).toEqual(expected);
  });

  test('a relative DOCKER_CONFIG is none', async () => {
    write('.docker/config.json', auths('home'));
    expect(await find({ HOME: folder, DOCKER_CONFIG: 'docker' })).toEqual(user('home'));
  });

  test.each([
    ['not JSON', 'x'],
    ['no object', '[]'],
    ['a key twice', '{"auths":{},"auths":{}}'],
  ])('refused: %s', async (_, text) => {
    write('.docker/config.json', text);
    await expect(find({ HOME: folder })).rejects.toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' });
  });

  test('refused: too large', async () => {
    write('.docker/config.json', ' '.repeat(32 * 1024 * 1024));
    await expect(find({ HOME: folder })).rejects.toMatchObject({ code: 'INPUT_TOO_LARGE' });
  });
});

describe.skipIf(process.platform === 'win32')('helper programs (a POSIX shell writes them)', () => {
  const answer = (name: string, secret: string): string =>
    `printf '%s' '${JSON.stringify({ ServerURL: 'a.b', Username: name, Secret: secret })}'`;

  test.each<[string, object]>([
    ['credHelpers', { credHelpers: { 'a.b': 'fake' } }],
    ['credsStore', { credsStore: 'fake' }],
  ])('%s', async (_, config) => {
    write('.docker/config.json', config);
    writeHelper('fake', answer('u', 'p'));
    expect(await find({ HOME: folder })).toEqual(user('u'));
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('get a.b\n');
  });

  test('an identity token', async () => {
    write('.docker/config.json', { credsStore: 'fake' });
    writeHelper('fake', answer('<token>', 't'));
    expect(await find({ HOME: folder })).toEqual({ kind: 'identity-token', token: 't' });
  });

  test('nothing is known', async () => {
    write('.docker/config.json', { credsStore: 'fake' });
    writeHelper('fake', 'echo "credentials not found in native keychain"; exit 1');
    expect(await find({ HOME: folder })).toBeUndefined();
  });

  test.each<[string, string | undefined]>([
    ['no such program', undefined],
    ['one that fails', 'exit 3'],
    ['one that is killed', 'kill -9 $$'],
    ['one that says nothing', 'exit 0'],
    ['one that never ends its answer', 'while :; do printf "%065536d" 0; done'],
  ])('refused: %s', async (_, body) => {
    write('.docker/config.json', { credsStore: 'fake' });
    if (body !== undefined) writeHelper('fake', body);
    await expect(find({ HOME: folder })).rejects.toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' });
  });
});
