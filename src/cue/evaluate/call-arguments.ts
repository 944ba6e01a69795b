import { COST } from '../limits.ts';
import type {
  BuiltinCall,
  Concrete,
  ListArgument,
  NumberResult,
  Opaque,
  StructArgument,
} from '../builtin/builtin.ts';
import { BuiltinError } from '../builtin/builtin.ts';
import type { Decimal } from '../number/decimal.ts';
import { fromInteger, isIntegral } from '../number/decimal.ts';
import { toInteger } from '../number/integer.ts';
import { toText } from '../number/text.ts';
import { INT_KIND, kindName, LIST_KIND, NUMBER_KIND, STRING_KIND, STRUCT_KIND } from '../value/kind.ts';
import { isIndex, isRegular, isString, labelName, stringLabel } from '../value/label.ts';
import type { Bottom, FunctionValue, Value } from '../value/value.ts';
import { INCOMPLETE, STRUCTURAL_CYCLE } from '../value/value.ts';
import { isIncomplete, unwrap } from './bottom.ts';
import { isLess } from './comparer.ts';
import { concreteness, CONCRETE, isConcrete, kindOf } from './concreteness.ts';
import type { Context } from './context.ts';
import { toData } from './data.ts';
import { defaultOf, toVertex } from './default.ts';
import { describe } from './describe.ts';
import { equal, REGULAR_ONLY } from './equal.ts';
import { fromConcrete } from './from-concrete.ts';
import { bareValidator } from './functions.ts';
import { missingFields, recordGap } from './presence.ts';
import { unifyValues } from './unify-values.ts';
import { validateFinal } from './validate-final.ts';
import { Environment, MEMBER, OPTIONAL, REQUIRED, ROOT_ORIGIN, UNPROCESSED, Vertex } from './vertex.ts';

/** Thrown by an argument that is not what the function takes. */
export class CallEnded extends Error {
  readonly bottom: Bottom;
  constructor(bottom: Bottom) {
    super('a call has ended');
    this.bottom = bottom;
  }
}

/** The arguments of one call, converted as CUE converts them for Go. */
export class Arguments implements BuiltinCall {
  readonly count: number;
  readonly validator: boolean;
  private readonly context: Context;
  private readonly f: FunctionValue;
  private readonly args: readonly Value[];

  constructor(context: Context, f: FunctionValue, args: readonly Value[], validator: boolean) {
    this.context = context;
    this.f = f;
    this.args = args;
    this.count = args.length;
    this.validator = validator;
  }

  private argument(index: number): Value {
    const v = this.args[index];
    if (v === undefined) throw new Error(`no argument ${index}`);
    return v;
  }

  /** An argument as CUE's programming interface has it: what a validator is given is finished now, errors and all. */
  private finished(index: number): Value {
    const v = this.argument(index);
    if (v.tag === 'vertex') this.context.machine.finalize(this.context, v);
    return v;
  }

  /** The scalar of an argument. */
  private scalar(index: number, type: string): Value {
    const v = unwrap(defaultOf(this.finished(index)));
    if (v !== undefined && v.tag !== 'vertex' && isConcrete(v)) return v;
    return this.invalid(index, v, type);
  }

  private invalid(index: number, v: Value | undefined, type: string): never {
    if (v?.tag === 'bottom') throw new CallEnded(v);
    const b = this.context.fail(
      () => `cannot use ${describe(v)} as ${type} in argument ${index} to ${this.f.name}`,
    );
    if (v !== undefined && concreteness(v) > CONCRETE) b.code = INCOMPLETE;
    throw new CallEnded(b);
  }

  string(index: number): string {
    const v = this.scalar(index, 'string');
    return v.tag === 'string' ? this.spent(v.value) : this.invalid(index, v, 'string');
  }

  private spent(text: string): string {
    this.context.budget.step(1 + (text.length >> 5));
    return text;
  }

  octets(index: number): Uint8Array {
    const v = this.scalar(index, 'bytes');
    if (v.tag === 'string') return Buffer.from(this.spent(v.value));
    return v.tag === 'bytes' ? v.value : this.invalid(index, v, 'bytes');
  }

  bigInt(index: number): bigint {
    const v = this.scalar(index, 'int');
    if (v.tag !== 'number' || (v.kind & INT_KIND) === 0 || !isIntegral(v.value))
      return this.invalid(index, v, 'int');
    return toInteger(v.value);
  }

  decimal(index: number): Decimal {
    const v = this.scalar(index, 'number');
    return v.tag === 'number' ? v.value : this.invalid(index, v, 'number');
  }

  float64(index: number): number {
    return Number(toText(this.decimal(index)));
  }

  bool(index: number): boolean {
    const v = this.scalar(index, 'bool');
    return v.tag === 'bool' ? v.value : this.invalid(index, v, 'bool');
  }

  private listVertex(index: number): Vertex {
    const given = this.f.nonConcrete ? defaultOf(this.argument(index)) : this.argument(index);
    const v = given.tag === 'vertex' ? given.deref() : given;
    if (v.tag === 'vertex' && v.isList()) {
      this.context.machine.finalize(this.context, v);
      const b = v.bottom();
      if (b !== undefined) throw new CallEnded(b);
      return v;
    }
    if ((kindOf(v) & LIST_KIND) === 0) return this.invalid(index, unwrap(v), 'list');
    const b = this.context.fail(() => `non-concrete list for argument ${index}`);
    b.code = INCOMPLETE;
    throw new CallEnded(b);
  }

  private elements(index: number): Vertex[] {
    return this.listVertex(index).arcs.filter((a) => isIndex(a.label));
  }

  list(index: number): readonly Opaque[] {
    this.finished(index);
    return this.elements(index);
  }

  cueList(index: number): ListArgument {
    const v = this.listVertex(index);
    const open = v.base?.tag === 'list-marker' && v.base.open;
    return { items: v.arcs.filter((a) => isIndex(a.label)), open };
  }

  stringList(index: number): readonly string[] {
    return this.elements(index).map((w, i) => {
      const v = this.element(w);
      return v?.tag === 'string' ? v.value : this.invalidElement(index, i, w, v, STRING_KIND);
    });
  }

  decimalList(index: number): readonly NumberResult[] {
    return this.elements(index).map((w, i) => {
      const v = this.element(w);
      if (v?.tag !== 'number') return this.invalidElement(index, i, w, v, NUMBER_KIND);
      return { int: v.kind === INT_KIND, value: v.value };
    });
  }

  private element(w: Vertex): Value | undefined {
    this.context.machine.finalize(this.context, w);
    return unwrap(defaultOf(w));
  }

  private invalidElement(index: number, i: number, w: Vertex, v: Value | undefined, kind: number): never {
    if (v?.tag === 'bottom' && isIncomplete(v)) throw new CallEnded(v);
    const b = this.context.fail(
      () => `invalid list element ${i} in argument ${index}: cannot use ${describe(w)} as ${kindName(kind)}`,
    );
    if ((kindOf(w) & kind) !== 0) b.code = INCOMPLETE;
    throw new CallEnded(b);
  }

  struct(index: number): StructArgument {
    const given = this.f.nonConcrete ? defaultOf(this.argument(index)) : this.argument(index);
    const v = given.tag === 'vertex' ? given.deref() : given;
    if (v.tag !== 'vertex' || v.isList() || v.base?.tag !== 'struct-marker') {
      if (v.tag !== 'vertex' || (kindOf(v) & STRUCT_KIND) === 0) {
        if ((kindOf(v) & STRUCT_KIND) === 0) return this.invalid(index, unwrap(v), 'struct');
        const b = this.context.fail(() => `non-concrete struct for argument ${index}`);
        b.code = INCOMPLETE;
        throw new CallEnded(b);
      }
    }
    const vertex = v;
    this.context.machine.finalize(this.context, vertex);
    return {
      length: vertex.arcs.filter((a) => isString(a.label) && a.arcType !== 1 && a.arcType !== 2).length,
      constraintFields: vertex.arcs.filter((a) => a.arcType !== MEMBER && isRegular(a.label)).length,
      open: vertex.isOpenStruct() || (vertex.patterns?.length ?? 0) > 0,
    };
  }

  concrete(index: number): Concrete {
    return this.toConcrete(this.argument(index));
  }

  private toConcrete(given: Value): Concrete {
    if (given.tag === 'vertex') this.context.machine.finalize(this.context, given);
    const v = unwrap(defaultOf(given));
    if (v === undefined || !isConcrete(v) || v.tag === 'bottom' || v.tag === 'function')
      return this.notConcrete(v);
    this.context.budget.step(COST.vertex);
    switch (v.tag) {
      case 'null':
        return { kind: 'null' };
      case 'bool':
        return { kind: 'bool', value: v.value };
      case 'number':
        return { kind: 'number', int: v.kind === INT_KIND, value: v.value };
      case 'string':
        return { kind: 'string', value: v.value };
      case 'bytes':
        return { kind: 'bytes', value: v.value };
      case 'vertex': {
        if (v.isList()) {
          return {
            kind: 'list',
            items: v.arcs.filter((a) => isIndex(a.label)).map((a) => this.toConcrete(a)),
          };
        }
        const fields = new Map<string, Concrete>();
        const arcs = v.arcs.filter((a) => isString(a.label) && a.arcType !== OPTIONAL);
        const begun = arcs.filter(hasBegun);
        for (const a of begun) {
          if (begun.length < arcs.length && !this.isWhole(a)) throw this.context.budget.unordered();
          if (a.arcType === REQUIRED) this.notConcrete(undefined);
          fields.set(labelName(a.label), this.toConcrete(a));
        }
        if (begun.length < arcs.length) throw new BuiltinError('not properly initialized');
        return { kind: 'struct', fields };
      }
      default:
        return this.notConcrete(v);
    }
  }

  private isWhole(a: Vertex): boolean {
    if (a.arcType === REQUIRED) return false;
    try {
      this.toConcrete(a);
      return true;
    } catch (thrown) {
      if (thrown instanceof CallEnded || thrown instanceof BuiltinError) return false;
      throw thrown;
    }
  }

  private notConcrete(v: Value | undefined): never {
    if (v?.tag === 'bottom') throw new CallEnded(v);
    const b = this.context.fail(() => `non-concrete argument ${describe(v)}`);
    b.code = INCOMPLETE;
    throw new CallEnded(b);
  }

  opaque(index: number): Opaque {
    return this.argument(index);
  }

  concreteOpaque(index: number): Opaque {
    const v = this.finished(index);
    const own = this.f.nonConcrete && v.tag === 'vertex' ? toData(this.context, v) : v;
    const inner = unwrap(defaultOf(own));
    // an error that will not vanish is concrete to CUE
    const isError = inner?.tag === 'bottom' && !isIncomplete(inner);
    const isValidator = inner?.tag === 'function' && bareValidator(inner) !== undefined;
    if (isValidator || (!isError && !isConcrete(inner))) this.notConcrete(inner);
    return toVertex(own);
  }

  items(value: Opaque): readonly Opaque[] | undefined {
    const v = value;
    const list = v.tag === 'vertex' ? v.deref() : undefined;
    if (list === undefined || !list.isList()) return undefined;
    this.context.machine.finalize(this.context, list);
    return list.arcs.filter((a) => isIndex(a.label));
  }

  defaultOf(value: Opaque): Opaque {
    return defaultOf(value);
  }

  kind(value: Opaque): number {
    const v = value;
    return isConcrete(v) ? kindOf(v) : 0;
  }

  possibleKind(value: Opaque): number {
    return kindOf(value);
  }

  isFinal(value: Opaque): boolean {
    return isFinalValue(value, false);
  }

  equal(x: Opaque, y: Opaque, fields: 'all' | 'regular'): boolean {
    return equal(this.context, x, y, fields === 'regular' ? REGULAR_ONLY : 0);
  }

  accepts(schema: Opaque, count: bigint): boolean {
    const v = this.unified(schema, { tag: 'number', kind: INT_KIND, value: fromInteger(count) });
    return v.bottom() === undefined;
  }

  private unified(a: Value, b: Value): Vertex {
    const n = new Vertex(undefined, '');
    const env = new Environment(undefined, undefined);
    n.conjuncts = [
      { env, x: a, origin: ROOT_ORIGIN },
      { env, x: b, origin: ROOT_ORIGIN },
    ];
    this.context.machine.finalize(this.context, n);
    return n;
  }

  has(value: Opaque, field: string): boolean {
    const v = value;
    const a = v.tag === 'vertex' ? v.deref().arc(stringLabel(field)) : undefined;
    return a !== undefined && a.arcType === MEMBER;
  }

  less(comparer: Opaque, x: Opaque, y: Opaque): boolean | undefined {
    return isLess(this.context, comparer, x, y);
  }

  refusal(schema: Opaque, data: Concrete): 'evaluation' | 'incomplete' | undefined {
    const v = fromConcrete(data);
    const n = unifyValues(this.context, v, schema);
    const final = { concrete: false, final: true, incomplete: false, all: true };
    const b = n.bottom() ?? validateFinal(this.context, n, final);
    if (b !== undefined) return isIncomplete(b) ? 'incomplete' : 'evaluation';
    this.recordAbsence(n, v);
    return undefined;
  }

  unifies(schema: Opaque, data: Opaque | Concrete, final: boolean): boolean {
    const v = 'tag' in data ? data : fromConcrete(data);
    const n = unifyValues(this.context, schema, v);
    const options = { concrete: false, final, incomplete: false, all: true };
    if (validateFinal(this.context, n, options) !== undefined) return false;
    this.recordAbsence(n, v);
    return true;
  }

  /** What fits a schema may do so only for want of a field. */
  private recordAbsence(unified: Vertex, data: Value): void {
    if (data.tag !== 'vertex') return;
    const [gap] = missingFields(this.context, unified, data, new Set(), new Set());
    if (gap !== undefined) recordGap(this.context, gap);
  }
}

/** Of a field whose evaluation has not begun CUE makes no value: it panics, which is an error of the call. */
const hasBegun = (a: Vertex): boolean =>
  a.arcType === REQUIRED || (a.deref().status !== UNPROCESSED && a.base !== undefined);

function isFinalValue(v: Value, closed: boolean): boolean {
  if (v.tag === 'bottom') return v.code <= STRUCTURAL_CYCLE;
  if (v.tag !== 'vertex') return concreteness(v) <= CONCRETE;
  const own = closed || v.closedOnce || v.closedRecursive;
  const base = v.base;
  if (base !== undefined && base.tag !== 'struct-marker' && base.tag !== 'list-marker')
    return isFinalValue(base, own);
  if (!own) return false;
  return v.arcs.every(
    (a) =>
      !isRegular(a.label) || ((a.arcType === MEMBER || a.bottom() !== undefined) && isFinalValue(a, false)),
  );
}
