import { isLet, isRegular, labelText } from '../value/label.ts';
import type { Bottom } from '../value/value.ts';
import { CYCLE, INCOMPLETE } from '../value/value.ts';
import { bottomOf, combine } from './bottom.ts';
import { isConcrete } from './concreteness.ts';
import { conjunctPositions } from './conjunct.ts';
import type { Context } from './context.ts';
import { defaultOfVertex } from './default.ts';
import { describe } from './describe.ts';
import { isDefined } from './defined.ts';
import type { Vertex } from './vertex.ts';
import { walkOn } from './walk.ts';
import { REQUIRED } from './vertex.ts';

export type ValidateOptions = {
  readonly concrete: boolean;
  /** Required fields must be there, cycles are errors. */
  readonly final: boolean;
  /** What is incomplete is an error too. */
  readonly incomplete: boolean;
  /** Go on after the first error. */
  readonly all?: boolean;
};

/** The errors of an evaluated vertex and all under it that count for a verdict. */
export function validateFinal(context: Context, v: Vertex, options: ValidateOptions): Bottom | undefined {
  return new Walk(context, options).check(v);
}

class Walk {
  private readonly context: Context;
  private readonly options: ValidateOptions;
  private readonly visited = new Set<Vertex>();
  private error: Bottom | undefined = undefined;
  private definitions = 0;

  constructor(context: Context, options: ValidateOptions) {
    this.context = context;
    this.options = options;
  }

  check(v: Vertex): Bottom | undefined {
    this.visit(v);
    return this.error;
  }

  private add(b: Bottom): void {
    if (this.options.all !== true || !b.childError) this.error = combine(this.error, b);
  }

  private visit(given: Vertex): void {
    this.context.budget.step();
    this.context.budget.enter();
    try {
      this.visitValue(given);
    } finally {
      this.context.budget.leave();
    }
  }

  private visitValue(given: Vertex): void {
    let x = given.deref();
    if (x !== given) {
      // A shared vertex is judged once, where it is not within a definition.
      if (this.definitions > 0 || this.visited.has(x)) return;
      this.visited.add(x);
    }
    const concrete = this.options.concrete && this.definitions === 0;
    const final = (this.options.concrete || this.options.final) && this.definitions === 0;
    const b = x.bottom();
    if (b !== undefined) {
      if (b.code === CYCLE) {
        if (final) this.add(b);
      } else if (b.code === INCOMPLETE) {
        if (this.options.incomplete || concrete) this.add(b);
      } else this.add(b);
      if (!b.hasRecursive) return;
    } else if (concrete) {
      x = defaultOfVertex(x);
      if (!isConcrete(x)) {
        const value = x.value();
        this.add(
          bottomOf(INCOMPLETE, given, () => `incomplete value ${describe(value)}`, {
            at: conjunctPositions(given),
          }),
        );
      }
    }
    const { arcs } = x;
    // Not those that come on the way.
    for (let i = 0, count = arcs.length; i < count; i++) {
      walkOn(this.context, x, arcs);
      const a = arcs[i];
      if (a === undefined) continue;
      if (a.arcType === REQUIRED && this.options.final && this.definitions === 0) {
        this.add(required(a));
        continue;
      }
      if (isLet(a.label) || !isDefined(this.context, a)) continue;
      if (this.options.all !== true && this.error !== undefined) break;
      if (isRegular(a.label)) {
        this.visit(a);
        continue;
      }
      this.definitions++;
      this.visit(a);
      this.definitions--;
    }
  }
}

const required = (a: Vertex): Bottom =>
  bottomOf(INCOMPLETE, a, () => `field is required but not present: ${labelText(a.label)}`, {
    at: conjunctPositions(a),
  });
