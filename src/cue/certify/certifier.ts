/**
 * A short way to a pass. Where no part of a policy depends on another part of the document, a document passes if each
 * of its parts passes the constraints at its own place. What this does not certify, the evaluator judges; it never
 * says that a document fails.
 */

import type {
  CompiledInstance,
  Expression,
  ListExpression,
  StructExpression,
} from '../compile/expression.ts';
import { isIncomplete } from '../evaluate/bottom.ts';
import { elementOf } from '../evaluate/conjunct.ts';
import { FINALIZE, SCALAR_KNOWN } from '../evaluate/condition.ts';
import type { Context } from '../evaluate/context.ts';
import { isResolver } from '../evaluate/is-resolver.ts';
import type { Conjunct, Environment } from '../evaluate/vertex.ts';
import { isOwnCheck } from '../evaluate/presence.ts';
import { MEMBER, OPTIONAL, REQUIRED, Vertex } from '../evaluate/vertex.ts';
import { indexLabel, isDefinition, isRegular, type Label } from '../value/label.ts';
import { all, checkOf, listCheck, scalarOnly, structCheck, type Check, type FieldCheck } from './check.ts';
import { constantCheck } from './constant.ts';
import { isStable, mayRefer } from './stable.ts';

const DEEPEST = 64;
const WHOLE = { condition: SCALAR_KNOWN, mode: FINALIZE } as const;

/** Constraints at one place, as they are written. */
type Sources = {
  readonly structs: StructExpression[];
  readonly lists: ListExpression[];
  readonly checks: Check[];
  closed: boolean;
};

/**
 * The check of a policy's root; undefined where it cannot be built.
 *
 * @param variables fields at the root that are no constraints
 */
export function certifier(
  context: Context,
  root: Vertex,
  { referred, inward }: CompiledInstance,
  variables: ReadonlySet<Label>,
): Check | undefined {
  const dependent = inward || [...referred].some((label) => isRegular(label) && !variables.has(label));
  return dependent ? undefined : new Builder(context, variables, referred).build(root, false, 0);
}

class Builder {
  private readonly context: Context;
  private readonly variables: ReadonlySet<Label>;
  private readonly referred: ReadonlySet<Label>;

  constructor(context: Context, variables: ReadonlySet<Label>, referred: ReadonlySet<Label>) {
    this.context = context;
    this.variables = variables;
    this.referred = referred;
  }

  build(given: Vertex, closed: boolean, depth: number): Check | undefined {
    this.context.machine.finalize(this.context, given);
    const v = given.deref();
    // A validator of an open list is undecided until there is a document.
    if (depth > DEEPEST || (v.base?.tag === 'bottom' && !isIncomplete(v.base))) return undefined;
    const sources: Sources = { structs: [], lists: [], checks: [], closed };
    if (!given.conjuncts.every((c) => this.collect(c, sources, 0))) return undefined;
    const { structs, lists, checks } = sources;
    if (lists.length > 0 && structs.length > 0) return undefined;
    if (structs.length > 0) return this.joined(checks, this.struct(v, sources, depth));
    if (lists.length > 0) return this.joined(checks, this.list(v, sources, depth));
    return all(checks);
  }

  private joined(checks: readonly Check[], own: Check | undefined): Check | undefined {
    if (own === undefined) return undefined;
    return checks.length === 0 ? own : Object.assign(all([own, ...checks]), { at: own.at });
  }

  /** Sorts a conjunct by what it is; false where it is nothing that is certified. */
  private collect({ env, x }: Pick<Conjunct, 'env' | 'x'>, sources: Sources, depth: number): boolean {
    const element = elementOf(x);
    if (element.tag === 'comprehension' || element.tag === 'comprehended' || depth > DEEPEST) return false;
    if (element.tag === 'struct') {
      sources.structs.push(element);
      return true;
    }
    if (element.tag === 'list') {
      sources.lists.push(element);
      return true;
    }
    if (element.tag === 'binary' && element.op === '&') {
      return [element.x, element.y].every((side) => this.collect({ env, x: side }, sources, depth + 1));
    }
    if (element.tag === 'field-reference' || element.tag === 'let-reference')
      return this.follow(env, element, sources, depth);
    const check = isStable(element) ? this.leaf(env, element) : undefined;
    if (check !== undefined) sources.checks.push(check);
    return check !== undefined;
  }

  private follow(
    env: Environment,
    x: Extract<Expression, { tag: 'field-reference' | 'let-reference' }>,
    sources: Sources,
    depth: number,
  ): boolean {
    const { context } = this;
    const frame = context.pushState(env, x.at);
    const target = context.machine.resolve(context, x, WHOLE)?.derefDisjunct();
    if (context.popState(frame) !== undefined || target === undefined) return false;
    if (isDefinition(x.label)) sources.closed = true;
    return target.conjuncts.every((c) => this.collect(c, sources, depth + 1));
  }

  private leaf(env: Environment, x: Expression): Check | undefined {
    const { context } = this;
    const frame = context.pushState(env, undefined);
    const value = isResolver(x)
      ? context.machine.value(context, x, WHOLE)
      : context.machine.evaluateState(context, x, WHOLE);
    if (context.popState(frame) !== undefined || value === undefined) return undefined;
    const check = checkOf(value.tag === 'vertex' ? value.deref() : value);
    // What an alternative refers to may close structs, whatever its value shows.
    return check === undefined || !mayRefer(x) ? check : scalarOnly(check);
  }

  private struct(v: Vertex, { structs, closed }: Sources, depth: number): Check | undefined {
    const isClosed = closed || v.closedOnce || v.closedRecursive;
    if (v.patterns !== undefined && v.patterns.length > 0) return undefined;
    if (isClosed && structs.length > 1) return undefined;
    const plain = structs.every((s) =>
      s.declarations.every((d) => d.tag === 'field' || d.tag === 'let-field' || isOpening(d)),
    );
    if (!plain) return undefined;

    const fields = new Map<Label, FieldCheck>();
    for (const arc of v.arcs) {
      if (isOwnCheck(arc.label, depth, this.referred)) return undefined;
      if (!isRegular(arc.label) || arc.arcType > OPTIONAL) continue;
      const variable = depth === 0 && this.variables.has(arc.label);
      const check = variable ? constantCheck(arc) : this.build(arc, isClosed, depth + 1);
      if (check === undefined && arc.arcType !== OPTIONAL) return undefined;
      const needed = (arc.arcType === MEMBER || arc.arcType === REQUIRED) && !variable;
      fields.set(arc.label, { check: check ?? never, needed });
    }
    return structCheck(fields, !isClosed || v.hasEllipsis);
  }

  private list(v: Vertex, { lists, closed }: Sources, depth: number): Check | undefined {
    const [list, another] = lists;
    if (list === undefined || another !== undefined) return undefined;
    const items: Check[] = [];
    let more: Check | undefined;
    for (const element of list.elements) {
      const isEllipsis = element.tag === 'ellipsis';
      const arc = isEllipsis ? this.further(v) : v.arc(indexLabel(items.length));
      if (element.tag === 'comprehension' || arc === undefined) return undefined;
      const check = this.build(arc, closed || v.closedRecursive, depth + 1);
      if (check === undefined) return undefined;
      if (isEllipsis) more = check;
      else items.push(check);
    }
    return listCheck(items, more);
  }

  /** A vertex for what may follow in a list. */
  private further(list: Vertex): Vertex | undefined {
    const [ellipsis, another] = list.patterns ?? [];
    if (ellipsis === undefined || another !== undefined) return undefined;
    const v = new Vertex(list, indexLabel(list.arcs.length));
    v.conjuncts = [...ellipsis.constraint.conjuncts];
    return v;
  }
}

const never: Check = () => false;

/** `...` without a value. */
const isOpening = (d: StructExpression['declarations'][number]): boolean =>
  d.tag === 'ellipsis' && d.value === undefined;
