import type { BuiltinPackage } from '../builtin/builtin.ts';
import { builtinPackage } from '../builtin/packages.ts';
import { compileFiles } from '../compile/compile-files.ts';
import type { Environment as CompileEnvironment } from '../compile/environment.ts';
import type { Declaration, StructExpression } from '../compile/expression.ts';
import { CUE_LIMITS } from '../limits.ts';
import { parseFile } from '../syntax/parse-file.ts';
import { stringLabel } from '../value/label.ts';
import type { FunctionValue } from '../value/value.ts';
import { Budget } from './budget.ts';
import { Context } from './context.ts';
import type { Machine } from './machine.ts';
import { Environment, ROOT_ORIGIN, Vertex } from './vertex.ts';

const built = new Map<string, Vertex>();

/** A standard package as a vertex: made once, finalized, never changed. */
export function packageVertex(
  path: string,
  machine: Machine,
  environment: CompileEnvironment,
): Vertex | undefined {
  const known = built.get(path);
  if (known !== undefined) return known;
  const p = builtinPackage(path);
  if (p === undefined) return undefined;
  const v = new Vertex(undefined, '');
  const env = new Environment(undefined, undefined);
  for (const x of [functionsOf(p), ...sourceOf(p, environment)])
    v.conjuncts.push({ env, x, origin: ROOT_ORIGIN });
  const context = new Context(machine, CUE_LIMITS, new Budget(CUE_LIMITS, { name: path, text: '' }));
  machine.finalize(context, v);
  built.set(path, v);
  return v;
}

function functionsOf(p: BuiltinPackage): StructExpression {
  const declarations: Declaration[] = p.functions.map((f) => {
    const value: FunctionValue = {
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
    return { tag: 'field', label: stringLabel(f.name), presence: 'regular', value, at: undefined };
  });
  return { tag: 'struct', declarations, file: false, comprehension: false, embeds: false, at: undefined };
}

function sourceOf(p: BuiltinPackage, environment: CompileEnvironment): readonly StructExpression[] {
  const constants = Object.entries(p.constants ?? {}).map(([name, text]) => `${name}: ${text}`);
  const text = [p.cue ?? '', ...constants].join('\n');
  if (text.trim() === '') return [];
  return compileFiles([parseFile({ name: `package ${p.path}`, text })], environment).files;
}
