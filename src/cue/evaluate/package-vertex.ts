import type { BuiltinFunction, BuiltinPackage } from '../builtin/builtin.ts';
import { builtinPackage } from '../builtin/packages.ts';
import { compileFiles } from '../compile/compile-files.ts';
import type { Environment as CompileEnvironment } from '../compile/environment.ts';
import { CUE_LIMITS } from '../limits.ts';
import { fromInteger } from '../number/decimal.ts';
import { parseFile } from '../syntax/parse-file.ts';
import { stringLabel } from '../value/label.ts';
import { INT_KIND } from '../value/kind.ts';
import type { FunctionValue, Value } from '../value/value.ts';
import { Budget } from './budget.ts';
import { Context } from './context.ts';
import { bareValidator } from './functions.ts';
import type { Machine } from './machine.ts';
import { Environment, FINALIZED, ROOT_ORIGIN, Vertex } from './vertex.ts';

const NOWHERE = new Environment(undefined, undefined);
/** Packages by their paths, with the members that some policy names. */
const packages = new Map<string, Vertex>();
/** Packages of which some policy names a member that is written in CUE, or that is not there. */
const asked = new Set<string>();
/** Packages that have what is written in CUE. */
const whole = new Set<string>();

/** To be told of each member that a policy names, before the policy is evaluated. */
export function askMember(p: BuiltinPackage, name: string): void {
  const v = packageOf(p.path);
  if (v.arc(stringLabel(name)) !== undefined) return;
  const f = p.functions.find((each) => each.name === name);
  const constant = Object.hasOwn(p.constants ?? {}, name) ? (p.constants ?? {})[name] : undefined;
  if (f !== undefined) v.arcs.push(member(v, name, functionValue(p, f)));
  else if (constant !== undefined && PLAIN.test(constant)) v.arcs.push(member(v, name, plainValue(constant)));
  else asked.add(p.path);
}

function packageOf(path: string): Vertex {
  let v = packages.get(path);
  if (v === undefined) {
    v = new Vertex(undefined, '');
    v.base = { tag: 'struct-marker' };
    v.status = FINALIZED;
    packages.set(path, v);
  }
  return v;
}

/** A standard package as a vertex, with the members that policies have named so far. */
export function packageVertex(
  path: string,
  machine: Machine,
  environment: CompileEnvironment,
): Vertex | undefined {
  const p = builtinPackage(path);
  if (p === undefined) return undefined;
  const v = packageOf(path);
  if (asked.has(path) && !whole.has(path)) {
    whole.add(path);
    for (const arc of written(p, machine, environment)) {
      arc.parent = v;
      v.arcs.push(arc);
    }
  }
  return v;
}

/** Texts in quotes without escapes, and whole numbers. */
const PLAIN = /^(?:"[^"\\]*"|\d{1,20})$/;

const plainValue = (text: string): Value =>
  text.startsWith('"')
    ? { tag: 'string', value: text.slice(1, -1) }
    : { tag: 'number', kind: INT_KIND, value: fromInteger(BigInt(text)) };

function functionValue(p: BuiltinPackage, f: BuiltinFunction): FunctionValue {
  return {
    tag: 'function',
    name: `${p.path}.${f.name}`,
    parameters: f.parameters.map((kind, i) => {
      const constraint = f.constraints?.get(i);
      return constraint === undefined ? { kind } : { kind, constraint };
    }),
    result: f.result,
    nonConcrete: f.nonConcrete ?? false,
    body: { kind: 'package', function: f },
  };
}

/** A member as it is once evaluated: all policies share it, and one that ends early leaves nothing behind. */
function member(v: Vertex, name: string, value: Value): Vertex {
  const arc = new Vertex(v, stringLabel(name));
  arc.conjuncts = [{ env: NOWHERE, x: value, origin: ROOT_ORIGIN }];
  arc.base = value.tag === 'function' ? (bareValidator(value) ?? value) : value;
  arc.status = FINALIZED;
  return arc;
}

/** The members that are written in CUE. */
function written(p: BuiltinPackage, machine: Machine, environment: CompileEnvironment): readonly Vertex[] {
  const constants = Object.entries(p.constants ?? {}).filter(([, text]) => !PLAIN.test(text));
  const text = [p.cue ?? '', ...constants.map(([name, value]) => `${name}: ${value}`)].join('\n');
  const file = { name: `package ${p.path}`, text };
  const v = new Vertex(undefined, '');
  for (const x of compileFiles([parseFile(file)], environment).files)
    v.conjuncts.push({ env: NOWHERE, x, origin: ROOT_ORIGIN });
  machine.finalize(new Context(machine, CUE_LIMITS, new Budget(CUE_LIMITS, file)), v);
  return v.arcs;
}
