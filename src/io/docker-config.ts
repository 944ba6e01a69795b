import { isAbsolute, join } from 'node:path';
import { reasonOf } from '#core/errors/error';
import { limits } from '#core/limits';
import { dockerCredentials, type FindCredentials, type RunHelper } from '#core/oci/credentials';
import type { Io } from './io.ts';

/**
 * The credentials that `docker login` or `podman login` left, read when first asked for.
 * @throws what {@link dockerCredentials} throws, when called
 */
export function loginCredentials(io: Pick<Io, 'env' | 'files'>, run: RunHelper): FindCredentials {
  let found: FindCredentials | undefined;
  return async (repository) => {
    found ??= readLogin(io, run);
    return found(repository);
  };
}

function readLogin(io: Pick<Io, 'env' | 'files'>, run: RunHelper): FindCredentials {
  for (const path of loginFiles(io.env)) {
    let bytes: Uint8Array;
    try {
      bytes = io.files.read(path, limits.configFile);
    } catch (error) {
      if (reasonOf(error).code === 'FILE_NOT_FOUND') continue;
      throw error;
    }
    return dockerCredentials(bytes, path, run);
  }
  return async () => undefined;
}

/** Docker's file, else podman's: the first that is there counts. */
function loginFiles(env: Io['env']): readonly string[] {
  const paths = [
    within(env['DOCKER_CONFIG'], 'config.json') ?? within(env['HOME'], '.docker', 'config.json'),
    env['REGISTRY_AUTH_FILE'],
    within(env['XDG_RUNTIME_DIR'], 'containers', 'auth.json'),
  ];
  return paths.filter((path): path is string => path !== undefined && path !== '');
}

function within(folder: string | undefined, ...names: readonly string[]): string | undefined {
  return folder === undefined || !isAbsolute(folder) ? undefined : join(folder, ...names);
}
