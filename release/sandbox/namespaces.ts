import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { refuse } from '#core/errors/error';
import { runBounded, type ProcessEnd } from './bounded-process.ts';
import { ENTER } from './enter.ts';
import { hostListener, type HostListener } from './host-listener.ts';
import type { Attempt } from './evidence.ts';
import { ownProgram } from './own-program.ts';
import { INNER, prepareRoot } from './prepare-root.ts';
import { networkNamespace } from './probe.ts';
import type { Identity, SandboxDriver, SandboxOrder, SandboxRun } from './sandbox.ts';
import type { SupervisorOrder, SupervisorReport } from './supervisor.ts';
import { findTool, type CallerEnvironment } from './tools.ts';

const NAMESPACES = [
  '--user',
  '--map-root-user',
  '--mount',
  '--pid',
  '--fork',
  '--kill-child=SIGKILL',
  '--net',
  '--ipc',
  '--uts',
  '--cgroup',
];

/**
 * A sandbox of Linux namespaces (user, mount, process, network, IPC, host name, control groups), made by util-linux:
 * for root as for anybody where user namespaces are allowed.
 */
export function namespaceDriver(environment: CallerEnvironment): SandboxDriver {
  const mechanism = 'linux-namespaces';
  let known: Promise<string> | undefined;
  const version = (): Promise<string> => (known ??= versionOf(findTool('unshare', environment)));
  return {
    mechanism,
    version,
    run: async (order, folder, signal) => {
      signal.throwIfAborted();
      const listener = await hostListener();
      try {
        const end = await enter(order, folder, signal, listener, environment);
        signal.throwIfAborted();
        return runOf(end, listener.tried, await version());
      } finally {
        listener.close();
      }
    },
    close: async () => undefined,
  };
}

/** `util-linux 2.38.1`. */
async function versionOf(unshare: string): Promise<string> {
  const { stdout } = await promisify(execFile)(unshare, ['--version'], { env: { LC_ALL: 'C' } });
  return stdout.trim().replace(/^.* from /, '');
}

async function enter(
  order: SandboxOrder,
  folder: string,
  signal: AbortSignal,
  listener: HostListener,
  environment: CallerEnvironment,
): Promise<ProcessEnd> {
  const own = ownProgram();
  const root = path.join(folder, 'root');
  const table = path.join(folder, 'fstab');
  mkdirSync(root);
  writeFileSync(table, prepareRoot(root, order, own));
  const { identity, limits } = order;
  const tool = (name: string): string => findTool(name, environment);
  const argv = [
    identity.processors === undefined ? [] : [tool('taskset'), '-c', identity.processors.join(',')],
    [tool('unshare'), NAMESPACES, clockFlags(identity), '--'].flat(),
    [tool('sh'), '-c', ENTER, 'sh', root, table, identity.hostname],
    own.command,
  ].flat();
  const without = withoutRights(tool('setpriv'), tool('unshare'), identity);
  const told: SupervisorOrder = {
    command: [...without, `--root=${INNER}`, `--wd=${order.directory}`, '--', ...order.argv],
    control: [...without, '--', ...own.command, 'control', String(listener.port)],
    environment: order.environment,
    umask: identity.umask,
  };
  return runBounded({
    argv,
    environment: { PATH: environment['PATH'] },
    input: JSON.stringify(told),
    limits,
    signal,
    pipe: { file: path.join(folder, 'output'), mkfifo: tool('mkfifo') },
    isOneStream: false,
  });
}

/** Who is somebody else in a user namespace of its own has no capability after it runs a program, and gets none. */
function withoutRights(setpriv: string, unshare: string, { user, group }: Identity): readonly string[] {
  return [setpriv, '--no-new-privs', '--', unshare, '--user', `--map-user=${user}`, `--map-group=${group}`];
}

function clockFlags({ bootOffset }: Identity): readonly string[] {
  return bootOffset === undefined ? [] : ['--time', `--boottime=${bootOffset}`, `--monotonic=${bootOffset}`];
}

function runOf(
  { code, limit, log, complaint, report }: ProcessEnd,
  tried: Attempt,
  version: string,
): SandboxRun {
  if (limit !== undefined) return { kind: 'limit', limit, log };
  if (report === '') {
    return refuse('SANDBOX_UNAVAILABLE', 'no sandbox can be made here', {
      expected: 'user, mount, process, network, IPC and host name namespaces',
      found: JSON.stringify(complaint.trim().slice(0, 500) || `the sandbox ended with ${code}`),
      hint: 'allow user namespaces (sysctl kernel.apparmor_restrict_unprivileged_userns, user.max_user_namespaces), or build with --sandbox container',
    });
  }
  const seen: SupervisorReport = JSON.parse(report);
  return {
    kind: 'ended',
    code: seen.code,
    signal: seen.signal,
    log,
    evidence: {
      schemaVersion: 1,
      mechanism: 'linux-namespaces',
      version,
      namespaces: { outside: networkNamespace(), inside: seen.namespace },
      before: seen.before,
      control: { outside: tried, ...seen.control },
      after: seen.after,
      attempts: seen.attempts,
    },
  };
}
