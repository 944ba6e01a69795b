import { BuiltinError } from '../builtin/builtin.ts';
import type { Declaration, StructExpression } from '../compile/expression.ts';
import { stringLabel } from '../value/label.ts';
import type { Value } from '../value/value.ts';
import { unwrap } from './bottom.ts';
import type { Context } from './context.ts';
import { type Conjunct, Environment, ROOT_ORIGIN, Vertex } from './vertex.ts';

const X = stringLabel('x');
const Y = stringLabel('y');
const LESS = stringLabel('less');
/** What takes effect at once. */
const PLAIN: ReadonlySet<string> = new Set(['top', 'type', 'struct']);
const COMPARED: readonly string[] = [X, Y, LESS];

/**
 * `less` of a comparer of package list with its `x` and `y` filled in: undefined where it has an error, false where it
 * is no bool.
 *
 * @throws BuiltinError where CUE does not find the comparer's fields
 */
export function isLess(context: Context, comparer: Value, x: Value, y: Value): boolean | undefined {
  if (comparer.tag !== 'vertex') return undefined;
  const { parent, label, conjuncts } = comparer.deref();
  const isPlain = requireFields(conjuncts);
  if ([x, y].some(isConstrained)) {
    throw new BuiltinError('sorting items that are closed or disjunctions', 'unsupported');
  }
  const n = new Vertex(parent, label);
  const env = new Environment(undefined, undefined);
  n.conjuncts = [...conjuncts, { env, x: operands(x, y), origin: ROOT_ORIGIN }];
  context.machine.finalize(context, n);
  // whether CUE compares before it sees such an error depends on its schedule
  if (!isPlain && [X, Y].some((each) => n.arc(each)?.bottom() !== undefined)) {
    throw new BuiltinError('an item that the comparer does not take', 'unsupported');
  }
  const less = n.arc(LESS);
  if (less === undefined || less.bottom() !== undefined) return undefined;
  const v = unwrap(less);
  return v?.tag === 'bool' && v.value;
}

/**
 * CUE finds the fields of a comparer where they stand in its struct, and fails where they are embedded or unified in.
 *
 * @returns whether the operands are of types that stand there as such
 * @throws BuiltinError
 */
function requireFields(conjuncts: readonly Conjunct[]): boolean {
  const declarations = conjuncts.flatMap(declarationsOf);
  const declared = declarations.filter((each) => each.tag === 'field');
  for (const label of COMPARED) {
    if (!declared.some((field) => field.label === label)) {
      const mayCome = declarations.some(({ tag }) => tag === 'comprehension' || tag === 'dynamic-field');
      throw new BuiltinError('the comparer is no plain struct', mayCome ? 'unsupported' : 'evaluation');
    }
  }
  const types = declared.filter(({ label }) => label === X || label === Y).map(({ value }) => value);
  if (types.some(mentionsCompared)) {
    throw new BuiltinError('a comparer whose operands depend on each other', 'unsupported');
  }
  return types.every(({ tag }) => PLAIN.has(tag));
}

function declarationsOf({ x }: Conjunct): readonly Declaration[] {
  const struct = x.tag === 'field' ? x.value : x;
  return struct.tag === 'struct' ? struct.declarations : [];
}

/** Whether an item has within it what another evaluation may make something else of. */
function isConstrained(item: Value): boolean {
  if (item.tag !== 'vertex') return false;
  const v = item.deref();
  if (v.arcs.length === 0) return false;
  const isClosed = v.closedRecursive || v.closedOnce || item.closedRecursive || item.closedOnce;
  return isClosed || item.isFromDisjunction() || v.isFromDisjunction() || v.arcs.some(isConstrained);
}

/** Whether an expression refers to a field of the comparer's. */
function mentionsCompared(x: unknown): boolean {
  if (typeof x !== 'object' || x === null || x instanceof Vertex) return false;
  if (Array.isArray(x)) return x.some(mentionsCompared);
  const isReference = 'tag' in x && x.tag === 'field-reference' && 'label' in x;
  if (isReference && COMPARED.some((label) => label === x.label)) return true;
  return Object.entries(x).some(([key, part]) => key !== 'at' && mentionsCompared(part));
}

/** The fields that a comparer is filled in with. */
function operands(x: Value, y: Value): StructExpression {
  const field = (label: string, value: Value): Declaration => ({
    tag: 'field',
    label,
    presence: 'regular',
    value,
    at: undefined,
  });
  return {
    tag: 'struct',
    declarations: [field(X, x), field(Y, y)],
    file: false,
    comprehension: false,
    embeds: false,
    at: undefined,
  };
}
