import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { accessFault, codeOf } from './access-fault.ts';

/**
 * Removes what processes that are no more had begun to put into a store, as one that was killed does.
 * @throws FILE_UNWRITABLE
 */
export function removeLeftOver(workFolder: string): void {
  const folder = path.resolve(workFolder, 'store', 'tmp');
  for (const name of namesIn(folder)) {
    const pid = Number(/^(\d{1,10})-/.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    try {
      rmSync(path.join(folder, name), { force: true });
    } catch (cause) {
      accessFault('write', path.join(folder, name), cause);
    }
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    return codeOf(cause) === 'ENOENT' ? [] : accessFault('read', folder, cause);
  }
}

/** Whether there is a process of this id, whoever's it is. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    return codeOf(cause) !== 'ESRCH';
  }
}
