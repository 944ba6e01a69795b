import { expect, test } from 'vitest';
import { dockerCredentials, type Credentials } from './credentials.ts';
import { writeDockerConfig } from './docker-login.ts';

test.each<[string, string, Credentials]>([
  ['a password', 'r.example:5000', { kind: 'basic', username: 'user', password: 'a:secret' }],
  ["Docker Hub's own name", 'index.docker.io', { kind: 'basic', username: 'user', password: 'x' }],
  ['a refresh token', 'r.example', { kind: 'identity-token', token: 't' }],
  ['a token', 'r.example', { kind: 'bearer', token: 't' }],
])('a login that is written is read again: %s', async (_, registry, credentials) => {
  const text = writeDockerConfig([{ registry, credentials }]);
  const run = () => Promise.reject(new Error('there is no helper'));
  const find = dockerCredentials(Buffer.from(text), 'config.json', run);
  expect(await find({ registry, path: 'o/app' })).toEqual(credentials);
  expect(await find({ registry: 'other.example', path: 'o/app' })).toBeUndefined();
});

test('Docker Hub is named as docker login names it', () => {
  const credentials = { kind: 'bearer', token: 't' } as const;
  expect(writeDockerConfig([{ registry: 'index.docker.io', credentials }])).toContain(
    '"https://index.docker.io/v1/"',
  );
  expect(writeDockerConfig([])).toBe('{"auths":{}}');
});
