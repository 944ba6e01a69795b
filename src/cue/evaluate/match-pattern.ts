import { compileRegexp } from '../builtin/regexp-engine.ts';
import { BuiltinError } from '../builtin/builtin.ts';
import { compare, fromInteger, isIntegral } from '../number/decimal.ts';
import { INT_KIND, NUMBER_KIND, STRING_KIND } from '../value/kind.ts';
import type { Label } from '../value/label.ts';
import { isRegular, isString, labelIndex, labelName, NO_LABEL } from '../value/label.ts';
import type { BoundValue, Value } from '../value/value.ts';
import { unwrap } from './bottom.ts';
import { kindOf } from './concreteness.ts';
import { FINALIZE, SCALAR_KNOWN } from './condition.ts';
import type { Context } from './context.ts';
import { holds, refuse } from './operate.ts';
import { Environment, MEMBER, Vertex } from './vertex.ts';

/**
 * Whether a pattern constraint is about a label. As in CUE, an error on record may be lost here: a pattern that is a
 * vertex of its own, as a conjunction is, takes it, and is about no label from then on.
 */
export function matchesPattern(context: Context, pattern: Value, label: Label): boolean {
  return isRegular(label) && matches(context, pattern, label);
}

function matches(context: Context, given: Value, label: Label): boolean {
  context.budget.step();
  if (given.tag === 'vertex') context.machine.unify(context, given, SCALAR_KNOWN, FINALIZE, false);
  const pattern = unwrap(given);
  if (pattern === undefined) return false;
  const text = isString(label);
  const kind = text ? STRING_KIND : INT_KIND;
  // Of no kind, so about no label, is an error too; nor is it recorded here.
  if ((kindOf(pattern) & kind) === 0) return false;
  switch (pattern.tag) {
    case 'top':
      return true;
    case 'type':
      return true;
    case 'string':
      return text && pattern.value === labelName(label);
    case 'number':
      return !text && compare(pattern.value, fromInteger(labelIndex(label))) === 0;
    case 'bound':
      if (kindOf(pattern) === STRING_KIND && !text) return false;
      if (kindOf(pattern) === STRING_KIND || kindOf(pattern) === NUMBER_KIND)
        return withinBound(context, pattern, label);
      break;
    case 'conjunction':
      return pattern.values.every((p) => matches(context, p, label));
    case 'disjunction':
      return pattern.values.some((p) => matches(context, p, label));
    default:
      break;
  }
  return unifies(context, pattern, label);
}

const valueOf = (label: Label): Value =>
  isString(label)
    ? { tag: 'string', value: labelName(label) }
    : { tag: 'number', kind: INT_KIND, value: fromInteger(labelIndex(label)) };

function withinBound(context: Context, bound: BoundValue, label: Label): boolean {
  const { value } = bound;
  if ((bound.op === '=~' || bound.op === '!~') && value.tag === 'string' && isString(label)) {
    try {
      return compileRegexp(value.value).test(labelName(label)) === (bound.op === '=~');
    } catch (thrown) {
      if (!(thrown instanceof BuiltinError)) throw thrown;
      context.add(refuse(context, thrown, 'invalid regexp'));
      // In the place of a regexp that is none CUE goes on with one that matches the empty text only.
      return (labelName(label) === '') === (bound.op === '=~');
    }
  }
  // An error on record is the result of a comparison of values, but not of what CUE compares as Go's own.
  const errors = isPlain(value) ? context.takeErrors() : undefined;
  const isWithin = holds(context, bound.op, valueOf(label), value);
  context.add(errors);
  return isWithin;
}

const INT64 = { least: fromInteger(-(2n ** 63n)), most: fromInteger(2n ** 63n - 1n) };

/** A text, or a whole number of 64 bits. */
const isPlain = (value: Value): boolean =>
  value.tag === 'string' ||
  (value.tag === 'number' &&
    isIntegral(value.value) &&
    compare(value.value, INT64.least) >= 0 &&
    compare(value.value, INT64.most) <= 0);

/** An error on record is taken: in CUE it comes to be the label's value. */
function unifies(context: Context, pattern: Value, label: Label): boolean {
  const n = new Vertex(undefined, NO_LABEL);
  n.isDynamic = true;
  n.arcType = MEMBER;
  const env = context.env ?? new Environment(undefined, undefined);
  n.conjuncts = [
    { env, x: pattern, origin: context.origin },
    { env, x: context.takeErrors() ?? valueOf(label), origin: context.origin },
  ];
  context.machine.finalize(context, n);
  return n.bottom() === undefined;
}
