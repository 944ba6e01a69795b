import { describe, expect, test } from 'vitest';
import { dockerCredentials, type Credentials, type RunHelper } from './credentials.ts';
import { parseRepository } from './reference.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const auth = (name: string): object => ({ auth: base64(`${name}:p:w`) });
const user = (username: string): Credentials => ({ kind: 'basic', username, password: 'p:w' });
const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const noHelper: RunHelper = () => Promise.reject(new Error('a helper was run'));

async function find(config: unknown, repository: string, run = noHelper): Promise<Credentials | undefined> {
  return dockerCredentials(json(config), 'config.json', run)(parseRepository(repository));
}

describe('entries of auths', () => {
  const hub = 'https://index.docker.io/v1/';
  test.each<[string, Record<string, object>, string, Credentials | undefined]>([
    ['of a host', { 'ghcr.io': auth('a') }, 'ghcr.io/o/r', user('a')],
    ['of another host', { 'ghcr.io': auth('a') }, 'quay.io/o/r', undefined],
    ['of a host whose name goes on', { 'ghcr.io': auth('a') }, 'ghcr.io.example/o/r', undefined],
    ['of a host with another port', { 'ghcr.io': auth('a') }, 'ghcr.io:444/o/r', undefined],
    ['with scheme and version', { 'https://ghcr.io/v2/': auth('a') }, 'ghcr.io/o/r', user('a')],
    ['of Docker Hub', { [hub]: auth('a') }, 'kubeedge/cloudcore', user('a')],
    ['of docker.io', { 'docker.io': auth('a') }, 'kubeedge/cloudcore', user('a')],
    [
      'the longest path counts',
      { 'ghcr.io': auth('a'), 'ghcr.io/o': auth('b'), 'ghcr.io/o/r': auth('c') },
      'ghcr.io/o/r/x',
      user('c'),
    ],
    ['a part of a name is no path', { 'ghcr.io/o': auth('b') }, 'ghcr.io/other/r', undefined],
    ['name and password', { a: { username: 'u', password: 'p:w' } }, 'localhost/a', undefined],
    ['name and password apart', { 'a.b': { username: 'a', password: 'p:w' } }, 'a.b/r', user('a')],
    ['an identity token', { 'a.b': { identitytoken: 't' } }, 'a.b/r', { kind: 'identity-token', token: 't' }],
    [
      'an identity token beside auth',
      { 'a.b': { ...auth('a'), identitytoken: 't' } },
      'a.b/r',
      { kind: 'identity-token', token: 't' },
    ],
    ['a registry token', { 'a.b': { registrytoken: 't' } }, 'a.b/r', { kind: 'bearer', token: 't' }],
    ['an empty entry', { 'a.b': {} }, 'a.b/r', undefined],
    ['a name without a password', { 'a.b': { username: 'a' } }, 'a.b/r', undefined],
    ['a password padded with zeros', { 'a.b': { auth: base64('a:p:w\0\0') } }, 'a.b/r', user('a')],
  ])('%s', async (_, auths, repository, expected) => {
    expect(await find({ auths }, repository)).toEqual(expected);
  });
});

describe('helpers', () => {
  const asked: string[] = [];
  const answering =
    (answer: unknown, status = 0): RunHelper =>
    async (name, input) => {
      asked.push(`${name} ${input}`);
      return { status, stdout: typeof answer === 'string' ? Buffer.from(answer) : json(answer) };
    };
  const known = answering({ ServerURL: 'x', Username: 'a', Secret: 'p:w' });

  test.each<[string, object, string, string]>([
    ['of one registry', { credHelpers: { 'a.b': 'one' }, credsStore: 'all' }, 'a.b/r', 'one a.b'],
    ['of all', { credHelpers: { 'a.b': 'one' }, credsStore: 'all' }, 'c.d/r', 'all c.d'],
    ['of Docker Hub', { credsStore: 'all' }, 'o/r', 'all https://index.docker.io/v1/'],
    ['before auths', { credHelpers: { 'a.b': 'one' }, auths: { 'a.b': auth('x') } }, 'a.b/r', 'one a.b'],
    ['after an empty entry', { credsStore: 'all', auths: { 'a.b': {} } }, 'a.b/r', 'all a.b'],
  ])('%s', async (_, config, repository, call) => {
    asked.length = 0;
    expect(await find(config, repository, known)).toEqual(user('a'));
    expect(asked).toEqual([`docker-credential-${call}\n`]);
  });

  test('a full entry before the common store', async () => {
    expect(await find({ credsStore: 'all', auths: { 'a.b': auth('x') } }, 'a.b/r')).toEqual(user('x'));
  });

  test('an identity token', async () => {
    const run = answering({ Username: '<token>', Secret: 't' });
    expect(await find({ credsStore: 'all' }, 'a.b/r', run)).toEqual({ kind: 'identity-token', token: 't' });
  });

  test('one that knows nothing of the registry', async () => {
    const run = answering('credentials not found in native keychain\n', 1);
    expect(await find({ credsStore: 'all' }, 'a.b/r', run)).toBeUndefined();
  });

  test.each<[string, object, RunHelper]>([
    ['another failure', { credsStore: 'x' }, answering('locked', 1)],
    ['no program', { credsStore: 'x' }, answering('', -1)],
    ['no JSON', { credsStore: 'x' }, answering('x')],
    ['no UTF-8', { credsStore: 'x' }, async () => ({ status: 0, stdout: Uint8Array.of(255) })],
    ['no object', { credsStore: 'x' }, answering([])],
    ['no secret', { credsStore: 'x' }, answering({ Username: 'a' })],
    ['a secret that is no text', { credsStore: 'x' }, answering({ Username: 'a', Secret: 1 })],
    ['a name with a path', { credsStore: '../x' }, known],
    ['a name with a space', { credHelpers: { 'a.b': 'x y' } }, known],
    ['a store that is no text', { credsStore: 1 }, known],
  ])('refused: %s', async (_, config, run) => {
    await expect(find(config, 'a.b/r', run)).rejects.toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' });
  });
});

describe('a file that is not a docker configuration', () => {
  test.each(['', 'x', '[]', '"a-secret"', '{"auths":{},"auths":{}}', '{"auths"'])('%s', (text) => {
    expect(() => dockerCredentials(Buffer.from(text), 'config.json', noHelper)).toThrow(
      expect.objectContaining({ code: 'CREDENTIALS_UNAVAILABLE' }),
    );
  });

  test.each([{ auth: '!' }, { auth: base64('a-secret') }, { auth: base64(':a-secret') }, { auth: 1 }])(
    'an entry %j, and its secret is not shown',
    async (entry) => {
      const error: unknown = await find({ auths: { 'a.b': entry } }, 'a.b/r').catch((it: unknown) => it);
      expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' });
      expect(JSON.stringify(error) + String(error)).not.toMatch(/a-secret|YS1zZWNyZXQ/);
    },
  );
});
