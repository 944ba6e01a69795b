import { refuse } from '#core/errors/error';
import type { LockedSource } from '../lock/lock.ts';
import type { WorkflowIdentity } from '../signing/identity.ts';

/** The certificate will say what the token says: it must be what is released. @throws IDENTITY_MISMATCH */
export function checkIdentity(identity: WorkflowIdentity, source: LockedSource): void {
  for (const field of ['repository', 'ref', 'commit'] as const) {
    if (identity[field] === source[field]) continue;
    refuse('IDENTITY_MISMATCH', `who signs does not release this: another ${field}`, {
      path: field,
      expected: JSON.stringify(source[field].slice(0, 300)),
      found: JSON.stringify(identity[field].slice(0, 300)),
      hint: 'the workflow must run for the tag that is released, in its repository',
    });
  }
}
