import type { NodeState } from './node-state.ts';

/** Above so many replacements an answer is remembered. */
const WORTH_REMEMBERING = 15;

/** Whether what carries the id `child` is within what carries `id`. */
export function contains(n: NodeState, id: number, child: number): boolean {
  if (id === child) return true;
  prepare(n);
  const remember = n.flatReplacements.length > WORTH_REMEMBERING;
  if (!remember) return search(n, id, child, child);
  const key = id * 0x4000000 + child;
  const known = n.context.contains.get(key);
  if (known !== undefined) return known;
  const found = search(n, id, child, child);
  n.context.contains.set(key, found);
  return found;
}

/** The replacements of the vertex and all around it, those with the highest target first. */
function prepare(n: NodeState): void {
  if (n.replacementsKnown) return;
  for (let p: NodeState | undefined = n; p !== undefined; p = p.node.parent?.state) {
    n.flatReplacements.push(...p.replacements);
  }
  n.flatReplacements.sort((a, b) => b.to - a.to);
  n.replacementsKnown = true;
  n.lowestReplacement = n.flatReplacements.at(-1)?.to ?? 0;
}

function search(n: NodeState, id: number, child: number, start: number): boolean {
  const { containment, budget } = n.context;
  const list = n.flatReplacements;
  let cursor = 0;
  for (let p = child; p !== 0;) {
    if (p === id) return true;
    budget.step();
    if (p >= n.lowestReplacement) {
      while ((list[cursor]?.to ?? 0) > p) cursor++;
      for (let r = list[cursor]; r !== undefined && r.to === p; r = list[++cursor]) {
        if (r.from !== child && search(n, id, r.from, start)) return true;
      }
    }
    p = containment[p] ?? 0;
    if (p === start) return false;
  }
  return child === id;
}
