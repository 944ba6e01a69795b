import { builtinPackage, isKnownPackage } from './builtin/packages.ts';
import { loadRegexp } from './builtin/regexp-engine.ts';
import { compileFiles } from './compile/compile-files.ts';
import type { Environment as CompileEnvironment } from './compile/environment.ts';
import type { StructExpression } from './compile/expression.ts';
import { documentFile, DocumentRefused } from './document.ts';
import { Budget } from './evaluate/budget.ts';
import { Context } from './evaluate/context.ts';
import { evaluatorOf } from './evaluate/evaluator.ts';
import type { Machine } from './evaluate/machine.ts';
import { packageVertex } from './evaluate/package-vertex.ts';
import { PREDECLARED } from './evaluate/predeclared.ts';
import { unifyValues } from './evaluate/unify-values.ts';
import { validateFinal } from './evaluate/validate-final.ts';
import { Environment, ROOT_ORIGIN, Vertex } from './evaluate/vertex.ts';
import { failuresOf, refusedDocument, type CueFailure } from './failure.ts';
import type { CueLimits } from './limits.ts';
import { CUE_LIMITS } from './limits.ts';
import { missingFields, type CueMissing } from './evaluate/presence.ts';
import type { SourceFile } from './syntax/ast.ts';
import { CueError } from './syntax/cue-error.ts';
import { parseFile } from './syntax/parse-file.ts';
import { labelName, type Label } from './value/label.ts';
import type { Bottom } from './value/value.ts';
import { variablesOf } from './variables.ts';

/**
 * What cosign says of a document, with the reasons if it fails; and, whatever cosign says, what it passes over: fields
 * that the policy constrains and the document lacks.
 */
export type CueVerdict = {
  readonly verdict: 'pass' | 'fail';
  readonly errors: readonly CueFailure[];
  readonly missing: readonly CueMissing[];
};

/** A policy, compiled once. `evaluate` throws CueError `CUE_LIMIT` and `CUE_UNSUPPORTED` only. */
export type CompiledCue = {
  readonly evaluate: (document: string) => CueVerdict;
  /** Why every document fails the policy; none where one may pass. */
  readonly faults: readonly CueFailure[];
  /** Fields at the root that may be variables of the policy. */
  readonly variables: ReadonlySet<string>;
};

const environment: CompileEnvironment = {
  predeclared: (name) => PREDECLARED.get(name),
  hasPackage(path) {
    if (builtinPackage(path) !== undefined) return 'supported';
    return isKnownPackage(path) ? 'known' : 'unknown';
  },
  member(path, name) {
    const p = builtinPackage(path);
    const f = p?.functions.find((each) => each.name === name);
    if (f !== undefined) return f.unsupported === true ? 'unsupported' : 'supported';
    return Object.hasOwn(p?.constants ?? {}, name) ? 'supported' : 'absent';
  },
};

const machine: Machine = evaluatorOf((path) => packageVertex(path, machine, environment));

/** To be awaited once before a policy is compiled: evaluation itself never waits. */
export async function prepareCue(): Promise<void> {
  await loadRegexp();
}

/**
 * Compiles a policy's files as one instance (CUE v0.16.1). A policy that is itself in error is no fault of the caller:
 * every document fails it.
 *
 * @throws CUE_SYNTAX CUE_COMPILE CUE_UNSUPPORTED CUE_LIMIT
 */
export function compileCue(files: readonly SourceFile[], limits: CueLimits = CUE_LIMITS): CompiledCue {
  const [first] = files;
  const file = first ?? { name: 'policy', text: '' };
  return guarded(file, () => {
    const compiled = compileFiles(files.map(parseFile), environment);
    const root = rootOf(compiled.files);
    const context = new Context(machine, limits, new Budget(limits, file));
    machine.finalize(context, root);
    const own = root.bottom();
    const variables = variablesOf(root, compiled.referred);
    return {
      faults: own === undefined ? [] : failuresOf(own),
      variables: new Set([...variables].map(labelName)),
      evaluate: (document) => {
        if (own !== undefined) return failed(own);
        return guarded(file, () => evaluate({ root, variables, limits, file }, document));
      },
    };
  });
}

const FINAL = { concrete: false, final: true, incomplete: false, all: true } as const;

type Policy = {
  readonly root: Vertex;
  readonly variables: ReadonlySet<Label>;
  readonly limits: CueLimits;
  readonly file: SourceFile;
};

function evaluate({ root, variables, limits, file }: Policy, document: string): CueVerdict {
  let data: Vertex;
  try {
    data = rootOf([documentFile(document)]);
  } catch (thrown) {
    if (!(thrown instanceof DocumentRefused)) throw thrown;
    return { verdict: 'fail', errors: [refusedDocument(thrown.message)], missing: [] };
  }
  const budget = new Budget(limits, file);
  machine.finalize(new Context(machine, limits, budget), data);
  const invalid = data.bottom();
  if (invalid !== undefined) return failed(invalid);

  const context = new Context(machine, limits, budget);
  context.vertex = root;
  const unified = unifyValues(context, root, data);
  const own = unified.bottom();
  // The error of the root is the first that was met; the walk finds all.
  const error = validateFinal(context, unified, FINAL) ?? own;
  const missing = [...missingFields(context, unified, data, variables), ...context.gaps];
  return error === undefined ? { verdict: 'pass', errors: [], missing } : failed(error, missing);
}

function rootOf(files: readonly StructExpression[]): Vertex {
  const root = new Vertex(undefined, '');
  const env = new Environment(undefined, undefined);
  root.conjuncts = files.map((x) => ({ env, x, origin: ROOT_ORIGIN }));
  return root;
}

const failed = (b: Bottom, missing: readonly CueMissing[] = []): CueVerdict => ({
  verdict: 'fail',
  errors: failuresOf(b),
  missing,
});

/** Recursion that the limits did not foresee ends as a limit, not as a fault. */
function guarded<T>(file: SourceFile, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof RangeError)
      throw new CueError('CUE_LIMIT', 'the evaluation nests too deep', file, 0);
    throw thrown;
  }
}
