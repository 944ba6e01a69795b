import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { refuse } from '#core/errors/error';

/** Looked at after the PATH: where the tools of an administrator are. */
const ALSO = ['/usr/sbin', '/sbin'];

/** The caller's environment, of which only PATH matters to what makes sandboxes, and what container engines read. */
export type CallerEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * A program of the host that makes sandboxes.
 * @throws SANDBOX_UNAVAILABLE
 */
export function findTool(name: string, environment: CallerEnvironment): string {
  const folders = [...(environment['PATH'] ?? '').split(':'), ...ALSO].filter((folder) =>
    path.isAbsolute(folder),
  );
  const found = folders.map((folder) => path.join(folder, name)).find(isProgram);
  return (
    found ??
    refuse('SANDBOX_UNAVAILABLE', `there is no program ${name}`, {
      expected: `${name} in the PATH`,
      hint: 'unshare, setpriv, mount, umount, pivot_root and taskset are of util-linux, hostname is of its own package',
    })
  );
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
