/**
 * What cosign passes over in silence: fields that the policy constrains and the document lacks, and constraints that
 * could not be decided for want of a value. CUE itself fills an absent field in from the policy, so that every
 * constraint on it holds.
 */

import type { Context } from './context.ts';
import { conjunctPositions } from './conjunct.ts';
import { isIncomplete } from './bottom.ts';
import { isDefined } from './defined.ts';
import type { Vertex } from './vertex.ts';
import { MEMBER, REQUIRED } from './vertex.ts';
import { distinct, pathOf } from '../failure.ts';
import { isDefinition, isHidden, isRegular, labelText, type Label } from '../value/label.ts';
import type { Position } from '../value/position.ts';
import type { DisjunctionValue } from '../value/value.ts';

/** `field`: the document lacks it. `undecided`: the document has it, but what the policy asks of it stayed open. */
export type CueMissing = {
  readonly kind: 'field' | 'undecided';
  /** Fields and indexes from the root, as CUE writes them. */
  readonly path: readonly string[];
  readonly positions: readonly Position[];
  readonly message: string;
  /**
   * A field at the root whose value the policy gives in full, and to which the policy itself refers: it may be a
   * variable of the policy and no constraint.
   */
  readonly variable: boolean;
};

/** More are not told. */
const MOST = 64;

/**
 * Compares what came of policy and document with the document alone.
 *
 * @param variables the labels at the root that may be variables of the policy
 * @param referred the labels at the root to which the policy refers
 */
export function missingFields(
  context: Context,
  unified: Vertex,
  document: Vertex,
  variables: ReadonlySet<Label>,
  referred: ReadonlySet<Label>,
): CueMissing[] {
  const walk = new Walk(context, variables, referred);
  walk.visit(unified, document, []);
  return walk.found;
}

export const absentField = (arc: Vertex, path: readonly string[], variable: boolean): CueMissing => ({
  kind: 'field',
  path: [...path, labelText(arc.label)],
  positions: distinct(conjunctPositions(arc)),
  message: 'the policy constrains it and the document lacks it',
  variable,
});

/** Records that a validator holds only for want of a field. */
export function recordGap(context: Context, { path, positions, ...rest }: CueMissing): void {
  const at = context.at === undefined ? positions : [...positions, context.at];
  const whole = [...pathOf(context.vertex), ...path];
  if (context.gaps.some((known) => known.path.join('\0') === whole.join('\0'))) return;
  context.gaps.push({ ...rest, path: whole, positions: distinct(at) });
}

/**
 * A hidden field to which nothing refers is no template and no step, but a check of the policy's own.
 *
 * @param depth how far below the root it stands
 * @param referred the labels at the root to which the policy refers
 */
export const isOwnCheck = (label: Label, depth: number, referred: ReadonlySet<Label>): boolean =>
  isHidden(label) && !isDefinition(label) && !(depth === 0 && referred.has(label));

class Walk {
  readonly found: CueMissing[] = [];
  private readonly context: Context;
  private readonly variables: ReadonlySet<Label>;
  private readonly referred: ReadonlySet<Label>;

  constructor(context: Context, variables: ReadonlySet<Label>, referred: ReadonlySet<Label>) {
    this.context = context;
    this.variables = variables;
    this.referred = referred;
  }

  visit(unified: Vertex, document: Vertex, path: readonly string[]): void {
    const v = unified.deref();
    this.context.budget.step();
    this.context.budget.enter();
    const base = v.base;
    if (base?.tag === 'bottom' && isIncomplete(base)) this.undecided(v, path);
    if (base?.tag === 'disjunction') this.nearest(base, document, path);
    else this.fields(v, document, path);
    this.context.budget.leave();
  }

  private fields(v: Vertex, document: Vertex, path: readonly string[]): void {
    const data = document.deref();
    for (const arc of v.arcs) {
      if (this.found.length >= MOST) return;
      if (!isRegular(arc.label)) {
        if (isOwnCheck(arc.label, path.length, this.referred))
          this.hidden(arc, [...path, labelText(arc.label)]);
        continue;
      }
      const given = data.arc(arc.label);
      if (given !== undefined) this.visit(arc, given, [...path, labelText(arc.label)]);
      else if (isAsked(this.context, arc)) this.absent(arc, path);
    }
  }

  /** What a check could not decide; the document has no part in it by itself. */
  private hidden(arc: Vertex, path: readonly string[]): void {
    const v = arc.deref();
    this.context.budget.step();
    this.context.budget.enter();
    if (v.base?.tag === 'bottom' && isIncomplete(v.base)) this.undecided(v, path);
    for (const each of v.arcs)
      if (!isDefinition(each.label)) this.hidden(each, [...path, labelText(each.label)]);
    this.context.budget.leave();
  }

  /** Of several alternatives that remain, one without a gap is enough; else the one with the fewest is told. */
  private nearest({ values }: DisjunctionValue, document: Vertex, path: readonly string[]): void {
    let fewest: readonly CueMissing[] | undefined;
    for (const value of values) {
      if (value.tag !== 'vertex') return;
      const branch = new Walk(this.context, this.variables, this.referred);
      branch.visit(value, document, path);
      if (fewest === undefined || branch.found.length < fewest.length) fewest = branch.found;
      if (fewest.length === 0) return;
    }
    this.found.push(...(fewest ?? []));
  }

  private absent(arc: Vertex, path: readonly string[]): void {
    const variable = path.length === 0 && this.variables.has(arc.label);
    this.found.push(absentField(arc, path, variable));
  }

  private undecided(v: Vertex, path: readonly string[]): void {
    const [issue] = v.bottom()?.issues ?? [];
    const message = issue?.message() ?? 'incomplete';
    const positions = distinct(issue?.at ?? []);
    this.found.push({ kind: 'undecided', path, positions, message, variable: false });
  }
}

/** Marked `!` it is an error as well, but not within one of several alternatives: those CUE passes over. */
const isAsked = (context: Context, arc: Vertex): boolean =>
  arc.arcType === MEMBER || arc.arcType === REQUIRED || isDefined(context, arc);
