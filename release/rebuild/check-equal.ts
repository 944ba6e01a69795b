import { refuse } from '#core/errors/error';
import type { Difference } from './rebuild-record.ts';

/**
 * Refuses a second build that made other bytes, by the first place where they differ.
 * @throws REBUILD_DIFFERS
 */
export function checkEqual(differences: readonly Difference[]): void {
  const [first, ...others] = differences;
  if (first === undefined) return;
  const { what, platform, step, where, offset, found } = first;
  refuse(
    'REBUILD_DIFFERS',
    `${step === undefined ? '' : `the step ${step} made other bytes: `}${what}${platform === undefined ? '' : ` for ${platform}`} is not the same in a second build`,
    {
      path: [...where, `offset ${offset}`].join(', '),
      expected: JSON.stringify(found[0]),
      found: JSON.stringify(found[1]),
      hint: `${others.length === 0 ? '' : `${others.length} more differ, listed in rebuild.json; `}look for a time, a path, a name, a locale, an order or chance in what the step does: SOURCE_DATE_EPOCH is the time to use`,
    },
  );
}
