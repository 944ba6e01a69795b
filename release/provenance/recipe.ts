import path from 'node:path';
import type { Lock } from '../lock/lock.ts';
import type { Plan } from '../plan/plan.ts';

/** The release description, as provenance names it. */
export interface Recipe {
  /** In the source; of one that is not part of the source its file name. */
  readonly path: string;
  readonly uri: string;
}

/** Where the description stands in the source: by its bytes, and where several files have them by its name. */
export function recipeOf({ description }: Plan, { source }: Lock): Recipe {
  const name = path.posix.normalize(description.file);
  const same = source.files.filter(({ sha256 }) => sha256 === description.sha256).map((file) => file.path);
  const found =
    same.find((one) => one === name) ??
    same.find((one) => name.endsWith(`/${one}`) || one.endsWith(`/${name}`)) ??
    same[0];
  if (found !== undefined) return { path: found, uri: `git+${source.repository}@${source.ref}#${found}` };
  const own = path.posix.basename(name);
  return { path: own, uri: `file:${encodeURIComponent(own)}` };
}
