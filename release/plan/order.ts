import type { NamedStep } from './names.ts';

/** What a step must wait for, with the index in its `reads`. */
export type Before = ReadonlyMap<NamedStep, readonly { readonly step: NamedStep; readonly read: number }[]>;

/**
 * Steps so that each comes after those it waits for; as they are written where that leaves a choice.
 * @throws RELEASE_STEP_CYCLE
 */
export function orderSteps(steps: readonly NamedStep[], before: Before): readonly NamedStep[] {
  const ordered = new Set<NamedStep>();
  for (const first of steps) {
    if (ordered.has(first)) continue;
    // A walk without recursion, for descriptions may be deep: each step of `open` waits for the next one.
    const open = new Set<NamedStep>([first]);
    const stack: { readonly step: NamedStep; next: number }[] = [{ step: first, next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const waits = before.get(top.step)?.[top.next++];
      if (waits === undefined) {
        ordered.add(top.step);
        open.delete(top.step);
        stack.pop();
      } else if (open.has(waits.step)) refuseCycle(top.step, waits.read, waits.step, [...open]);
      else if (!ordered.has(waits.step)) {
        open.add(waits.step);
        stack.push({ step: waits.step, next: 0 });
      }
    }
  }
  return [...ordered];
}

function refuseCycle(reader: NamedStep, read: number, writer: NamedStep, open: readonly NamedStep[]): never {
  const round = [...open.slice(open.indexOf(writer)), writer].map(nameOf);
  const shownRound = round.length > 10 ? [...round.slice(0, 9), '...', nameOf(writer)] : round;
  return reader.site.child('reads', read).refuse('RELEASE_STEP_CYCLE', 'waits for itself', {
    expected: 'steps that one can run after the other',
    found: shownRound.join(' reads from '),
    hint: 'a step reads only what steps before it have written',
  });
}

/** `COMPONENT/STEP`. */
function nameOf({ component, step }: NamedStep): string {
  return `${component.name}/${step.name}`;
}
