import type { BaseValue, Value } from '../value/value.ts';
import { isCyclePlaceholder } from './bottom.ts';
import type { Context } from './context.ts';
import { equal, STRUCTURAL } from './equal.ts';
import type { NodeState } from './node-state.ts';
import { IS_DEFAULT } from './node-state.ts';
import { releaseAll } from './release.ts';
import { validatorsOf } from './validate-node.ts';
import type { Vertex } from './vertex.ts';
import { FINALIZED } from './vertex.ts';

/** Appends a disjunct unless an equal one is there. */
export function appendDisjunct(context: Context, into: NodeState[], x: NodeState): void {
  const xv = x.node.deref();
  for (const known of into) {
    if (known === x) return;
    const kv = known.node.deref();
    const same =
      kv.status !== FINALIZED || xv.status !== FINALIZED
        ? samePartial(context, x, known)
        : equal(context, kv, xv, STRUCTURAL);
    if (!same) continue;
    if (x.defaultMode === IS_DEFAULT) known.defaultMode = IS_DEFAULT;
    mergeInfo(known, x);
    releaseAll(x.node);
    return;
  }
  into.push(x);
}

function samePartial(context: Context, x: NodeState, known: NodeState): boolean {
  if (!equalPartial(context, x.node, known.node)) return false;
  if (!sameTasks(known, x)) return false;
  const vx = valueOf(baseOf(x, x.node.deref().base));
  const vy = valueOf(baseOf(x, known.node.deref().base));
  return vx === undefined || vy === undefined || equal(context, vx, vy, STRUCTURAL);
}

const baseOf = (n: NodeState, base: BaseValue | undefined): BaseValue | undefined =>
  base === undefined || isCyclePlaceholder(base) ? validatorsOf(n) : base;

const valueOf = (base: BaseValue | undefined): Value | undefined =>
  base === undefined || base.tag === 'struct-marker' || base.tag === 'list-marker' ? undefined : base;

function sameTasks(a: NodeState, b: NodeState): boolean {
  if ((a.tasks.length !== a.next || b.tasks.length !== b.next) && a.tasks.length !== b.tasks.length)
    return false;
  return a.tasks.slice(a.next).every((t, i) => b.tasks[i]?.x === t.x);
}

function equalPartial(context: Context, x: Vertex, y: Vertex): boolean {
  const nx = x.state;
  const ny = y.state;
  if (nx === undefined && ny === undefined) return equal(context, x, y, STRUCTURAL);
  if (nx === undefined || ny === undefined || !sameValue(context, nx, ny)) return false;
  const px = x.patterns ?? [];
  const py = y.patterns ?? [];
  if (px.length !== py.length || (x.patterns === undefined) !== (y.patterns === undefined)) return false;
  for (const [i, p] of px.entries()) {
    const q = py[i]?.constraint;
    if (q === undefined) return false;
    context.machine.finalize(context, p.constraint);
    context.machine.finalize(context, q);
    if (!equal(context, p.constraint, q, STRUCTURAL)) return false;
  }
  if (x.arcs.length !== y.arcs.length) return false;
  return x.arcs.every((a) => {
    const b = y.arc(a.label);
    return b !== undefined && equalPartial(context, a, b);
  });
}

function sameValue(context: Context, x: NodeState, y: NodeState): boolean {
  const same = (a: Value | undefined, b: Value | undefined) =>
    a === b || (a !== undefined && b !== undefined && equal(context, a, b, STRUCTURAL));
  if (x.kind !== y.kind || x.hasTop !== y.hasTop || !same(x.scalar, y.scalar)) return false;
  if (x.checks.length !== y.checks.length || !sameTasks(x, y)) return false;
  if (!same(x.lower, y.lower) || !same(x.upper, y.upper)) return false;
  return x.checks.every((c, i) => same(valueOfCheck(c.x), valueOfCheck(y.checks[i]?.x)));
}

const valueOfCheck = (x: NodeState['checks'][number]['x'] | undefined): Value | undefined =>
  x?.tag === 'bound' || x?.tag === 'validator' ? x : undefined;

/** What an equal disjunct knew of closedness is known of the one that is kept. */
function mergeInfo(into: NodeState, from: NodeState): void {
  for (const info of from.infos) if (!into.infos.some((known) => known.id === info.id)) into.infos.push(info);
  for (const r of from.replacements) {
    if (!into.replacements.some((known) => known.from === r.from && known.to === r.to))
      into.replacements.push(r);
  }
  for (const arc of from.node.arcs) {
    const state = into.node.arc(arc.label)?.state;
    if (state !== undefined && arc.state !== undefined) mergeInfo(state, arc.state);
  }
}
