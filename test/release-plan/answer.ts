import { EdgesealError } from '#core/errors/error';
import type { JsonValue } from '#core/json/value';
import { parseDescription } from '../../release/description/parse-description.ts';
import { makePlan } from '../../release/plan/make-plan.ts';
import type { Plan } from '../../release/plan/plan.ts';
import type { GivenSource } from '../../release/plan/source.ts';

const none: GivenSource = { ref: undefined, commit: undefined };
export async function planOf(text: string, given: GivenSource = none): Promise<Plan> {
  return makePlan(await parseDescription(Buffer.from(text), 'release.json'), 'release.json', given);
}

/** Code and place of what is refused; `sound` where nothing is. */
export async function answer(text: string, given: GivenSource = none): Promise<string> {
  try {
    await planOf(text, given);
    return 'sound';
  } catch (error) {
    if (!(error instanceof EdgesealError)) throw error;
    return `${error.code} ${error.reason.path ?? ''}`.trim();
  }
}

export type Change = readonly [
  what: string,
  path: readonly (string | number)[],
  value: JsonValue | undefined,
];
export const link = ['components', 0, 'steps', 0] as const;
export const render = ['components', 1, 'steps', 0] as const;
