import { refuse } from '#core/errors/error';
import type { Plan } from '../plan/plan.ts';
import { readPlan } from '../plan/plan-file.ts';
import { openStore, type Store } from '../store/store.ts';
import { readLock } from './lock-file.ts';
import type { Lock, LockedDependency } from './lock.ts';

/** What `fetch` left for the phases after it. */
export interface FetchedWork {
  readonly plan: Plan;
  readonly lock: Lock;
  /** Of `lock.json`, lower-case hexadecimal. */
  readonly lockSha256: string;
  readonly store: Store;
}

/**
 * Opens a work folder that `fetch` has filled: the plan and the lock must be of one description and one commit, and
 * each input locked by the digest that the plan says. The store's bytes are checked when they are read.
 * @throws FILE_NOT_FOUND, RELEASE_WORK_INVALID, ...
 */
export async function openWork(workFolder: string): Promise<FetchedWork> {
  const { value: plan } = await readPlan(workFolder);
  const { value: lock, sha256 } = await readLock(workFolder);
  checkBelongs(plan, lock);
  return { plan, lock, lockSha256: sha256, store: openStore(workFolder) };
}

function checkBelongs(plan: Plan, lock: Lock): void {
  same('the description', plan.description.sha256, lock.description);
  same('the repository', plan.source.repository, lock.source.repository);
  same('the ref', plan.source.ref, lock.source.ref);
  same('the commit', plan.source.commit, lock.source.commit);
  const locked = lock.dependencies.filter(({ path }) => path === undefined);
  same('the inputs', plan.inputs.map(({ name }) => name).join(), locked.map(({ input }) => input).join());
  for (const [index, { name, kind, digest }] of plan.inputs.entries()) {
    const dependency = locked[index];
    same(`the kind of ${name}`, kind, dependency?.kind ?? '');
    same(`the digest of ${name}`, digest, digestLike(digest, dependency));
  }
}

/** Of the algorithm that the plan names. */
function digestLike(planned: string, dependency: LockedDependency | undefined): string {
  const algorithm = planned.slice(0, planned.indexOf(':'));
  const digests = new Map(Object.entries(dependency?.digest ?? {}));
  return `${algorithm}:${digests.get(algorithm) ?? ''}`;
}

function same(what: string, planned: string, locked: string): void {
  if (planned === locked) return;
  refuse('RELEASE_WORK_INVALID', `plan.json and lock.json do not belong together: ${what}`, {
    expected: JSON.stringify(planned.slice(0, 200)),
    found: JSON.stringify(locked.slice(0, 200)),
    hint: 'run edgeseal-release fetch again, which writes both',
  });
}
