import { DOCKER_HUB_KEY, type Credentials } from './credentials.ts';

/** What one registry is to know its user by. */
export interface Login {
  readonly registry: string;
  readonly credentials: Credentials;
}

/**
 * A docker configuration (config.json) with these logins, for programs that read one. It holds secrets.
 * @see https://docs.docker.com/reference/cli/docker/login/
 */
export function writeDockerConfig(logins: readonly Login[]): string {
  const entries = logins.map(({ registry, credentials }) => [
    registry === 'index.docker.io' ? DOCKER_HUB_KEY : registry,
    entryOf(credentials),
  ]);
  return JSON.stringify({ auths: Object.fromEntries(entries) });
}

function entryOf(credentials: Credentials): Readonly<Record<string, string>> {
  if (credentials.kind === 'bearer') return { registrytoken: credentials.token };
  if (credentials.kind === 'identity-token') return { identitytoken: credentials.token };
  const { username, password } = credentials;
  return { auth: Buffer.from(`${username}:${password}`).toString('base64') };
}
