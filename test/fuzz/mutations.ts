import { splitItems, type Target } from './target.ts';
import { encodedMutations } from './mutate-encoded.ts';
import { jsonMutations } from './mutate-json.ts';
import { octetMutations } from './mutate-octets.ts';
import { spliceMutations } from './mutate-splice.ts';
import type { Mutant, Mutation } from './mutation.ts';
import type { Random } from './random.ts';

/** Two to three changes of the other kinds, one after another. */
const several: Mutation = (target, random, donors) => {
  let current: Target = target;
  const notes: string[] = [];
  let last: Mutant | undefined;
  for (let left = 2 + random.below(2); left > 0; left--) {
    const [name, mutation] = random.pick(single);
    const mutant = mutation(current, random, donors);
    if (mutant === undefined) continue;
    notes.push(`${name} (${mutant.note})`);
    last = mutant;
    const { layout, items } = splitItems(mutant.bytes.toString('utf8'));
    if (items.some((item) => item === null || typeof item !== 'object')) break;
    current = { ...target, bytes: mutant.bytes, layout, items };
  }
  return last && { bytes: last.bytes, note: notes.join(', then ') };
};

const single: readonly (readonly [string, Mutation])[] = Object.entries({
  ...octetMutations,
  ...jsonMutations,
  ...encodedMutations,
  ...spliceMutations,
});

/** Every kind by name, in a fixed order. */
export const mutations: readonly (readonly [string, Mutation])[] = [...single, ['several', several]];

/** @returns the kind's name and the mutant; kinds that do not fit the target are passed over */
export function mutate(
  target: Target,
  random: Random,
  donors: readonly Target[],
): { kind: string; mutant: Mutant } {
  for (;;) {
    const [kind, mutation] = random.pick(mutations);
    const mutant = mutation(target, random, donors);
    if (mutant !== undefined) return { kind, mutant };
  }
}
