import { isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';

/** The word that makes an executable of ours the supervisor of a sandbox. */
export const SUPERVISOR = 'sandbox-supervisor';

/** How a process of ours becomes the supervisor, seen from inside of a sandbox. */
export interface OwnProgram {
  /** The executable, on the host. */
  readonly executable: string;
  /** What it reads: files and folders of the host, and where they must be. */
  readonly modules: readonly (readonly [host: string, inside: string])[];
  readonly command: readonly string[];
}

const INSIDE = '/edgeseal';
/** Where the executable is inside. */
export const PROGRAM = `${INSIDE}/program`;

/** This program as the supervisor: the executable itself, or Node.js and the modules beside this one. */
export function ownProgram(): OwnProgram {
  const executable = process.execPath;
  if (isSea()) return { executable, modules: [], command: [PROGRAM, SUPERVISOR] };
  const modules = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
  const ending = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
  return {
    executable,
    modules: [
      [`${modules}/../package.json`, `${INSIDE}/package.json`],
      [modules, `${INSIDE}/release`],
    ],
    command: [PROGRAM, `${INSIDE}/release/bin/${SUPERVISOR}${ending}`],
  };
}
