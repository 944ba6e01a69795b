import { isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';

/** The word that makes an executable of ours the supervisor of a sandbox. */
export const SUPERVISOR = 'sandbox-supervisor';

/** How a process of ours becomes the supervisor, seen from inside of a sandbox. */
export interface OwnProgram {
  /** Files and folders of the host, and where they must be. */
  readonly files: readonly (readonly [host: string, inside: string])[];
  readonly command: readonly string[];
}

const INSIDE = '/edgeseal';

/** This program as the supervisor: the executable itself, or Node.js and the modules beside this one. */
export function ownProgram(): OwnProgram {
  const program = `${INSIDE}/program`;
  if (isSea()) return { files: [[process.execPath, program]], command: [program, SUPERVISOR] };
  const modules = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
  const ending = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
  return {
    files: [
      [process.execPath, program],
      [`${modules}/../package.json`, `${INSIDE}/package.json`],
      [modules, `${INSIDE}/release`],
    ],
    command: [program, `${INSIDE}/release/bin/${SUPERVISOR}${ending}`],
  };
}
