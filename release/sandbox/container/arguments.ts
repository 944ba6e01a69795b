import type { Identity, Mount, SandboxOrder } from '../sandbox.ts';
import type { EngineName } from './engine.ts';

/** Who runs the engine: what it may write to is his. */
export interface Caller {
  readonly user: number;
  readonly group: number;
}

/** The container whose network others have, and that looks at it. */
export function watcherArguments(
  engine: EngineName,
  name: string,
  image: string,
  command: readonly string[],
  identity: Identity,
  caller: Caller,
): readonly string[] {
  return [
    ['run', '--interactive', '--network', 'none', '--hostname', identity.hostname],
    shared(engine, name, identity, caller),
    image,
    command,
  ].flat();
}

/** The container of a run, in the network of the one that watches. */
export function runArguments(
  engine: EngineName,
  name: string,
  image: string,
  watcher: string,
  { mounts, directory, argv, environment, identity }: Omit<SandboxOrder, 'root' | 'limits'>,
  caller: Caller,
): readonly string[] {
  const { processors, umask } = identity;
  return [
    ['run', '--network', `container:${watcher}`],
    shared(engine, name, identity, caller),
    ['--tmpfs', '/tmp:rw,exec,nosuid,nodev,mode=1777', '--workdir', directory],
    mounts.flatMap((mount) => ['--mount', mountText(mount)]),
    Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    processors === undefined ? [] : ['--cpuset-cpus', processors.join(',')],
    // Docker has no such flags: there the umask is 0022, and the host name that of the container which watches.
    engine === 'podman'
      ? ['--umask', umask.toString(8).padStart(4, '0'), '--hostname', identity.hostname, '--unsetenv-all']
      : [],
    ['--entrypoint', argv[0] ?? ''],
    image,
    argv.slice(1),
  ].flat();
}

/** What takes away all that a container can do without. */
function shared(
  engine: EngineName,
  name: string,
  { user, group }: Identity,
  caller: Caller,
): readonly string[] {
  return [
    ['--rm', '--name', name, '--pull', 'never', '--read-only'],
    ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--ipc', 'private'],
    userOf(engine, user, group, caller),
  ].flat();
}

/**
 * Root has given the files to the user of the identity; podman maps anybody else to it; of docker, who is not root
 * stays who he is, for else nothing could be written.
 */
function userOf(engine: EngineName, user: number, group: number, caller: Caller): readonly string[] {
  if (caller.user === 0) return ['--user', `${user}:${group}`];
  if (engine === 'podman')
    return ['--userns', `keep-id:uid=${user},gid=${group}`, '--user', `${user}:${group}`];
  return ['--user', `${caller.user}:${caller.group}`];
}

/** Of `--mount`, whose fields are CSV: a field with a comma or a quote is quoted. */
function mountText({ source, target, isWritable }: Mount): string {
  const fields = ['type=bind', `source=${source}`, `target=${target}`, ...(isWritable ? [] : ['readonly'])];
  return fields.map((field) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}

/** Ends a container, without waiting for it, and removes it. */
export function removeArguments(engine: EngineName, name: string): readonly string[] {
  // Docker never waits here; podman, for ten seconds.
  return ['rm', '--force', ...(engine === 'podman' ? ['--time', '0'] : []), name];
}
