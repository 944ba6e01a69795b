import { builtinPackage, isKnownPackage } from './builtin/packages.ts';
import { loadRegexp } from './builtin/regexp-engine.ts';
import { certifier } from './certify/certifier.ts';
import type { Check } from './certify/check.ts';
import { keepsConstants } from './certify/constant.ts';
import { DocumentParts } from './certify/document-parts.ts';
import { compileFiles } from './compile/compile-files.ts';
import type { Environment as CompileEnvironment } from './compile/environment.ts';
import type { StructExpression } from './compile/expression.ts';
import { DocumentRefused, readDocument, type CueDocument } from './document.ts';
import { Budget } from './evaluate/budget.ts';
import { Context } from './evaluate/context.ts';
import { documentVertex } from './evaluate/document-vertex.ts';
import { inEveryOrder } from './every-order.ts';
import type { Chance } from './evaluate/chance.ts';
import { evaluatorOf } from './evaluate/evaluator.ts';
import type { Machine } from './evaluate/machine.ts';
import { askMember, packageVertex } from './evaluate/package-vertex.ts';
import { PREDECLARED } from './evaluate/predeclared.ts';
import { unifyValues } from './evaluate/unify-values.ts';
import { validateFinal } from './evaluate/validate-final.ts';
import { Environment, ROOT_ORIGIN, Vertex } from './evaluate/vertex.ts';
import { failuresOf, refusedDocument, type CueFailure } from './failure.ts';
import type { CueLimits } from './limits.ts';
import { CUE_LIMITS, STEPS_PER_CHARACTER } from './limits.ts';
import { absentField, missingFields, type CueMissing } from './evaluate/presence.ts';
import type { SourceFile } from './syntax/ast.ts';
import { CueError } from './syntax/cue-error.ts';
import { parseFile } from './syntax/parse-file.ts';
import type { Label } from './value/label.ts';
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

/**
 * A policy, compiled once. Both functions say the same of a document and throw CueError `CUE_LIMIT` and
 * `CUE_UNSUPPORTED` only; `evaluateFully` takes no short way to a pass.
 */
export type CompiledCue = {
  readonly evaluate: (document: string) => CueVerdict;
  readonly evaluateFully: (document: string) => CueVerdict;
  /** Why every document fails, if so. */
  readonly own: readonly CueFailure[];
};

const environment: CompileEnvironment = {
  predeclared: (name) => PREDECLARED.get(name),
  hasPackage(path) {
    if (builtinPackage(path) !== undefined) return 'supported';
    return isKnownPackage(path) ? 'known' : 'unknown';
  },
  member(path, name) {
    const p = builtinPackage(path);
    if (p !== undefined) askMember(p, name);
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
    const { root, context } = inEveryOrder(
      { file, limits, more: 0 },
      (budget, chance) => built(compiled.files, new Context(machine, limits, budget, chance)),
      (result) => result.root.bottom() === undefined,
    );
    const own = root.bottom();
    if (own !== undefined) {
      const evaluateOwn = () => failed(own);
      return { own: failuresOf(own), evaluate: evaluateOwn, evaluateFully: evaluateOwn };
    }
    const variables = variablesOf(root, compiled.referred);
    const policy = { root, variables, referred: compiled.referred, limits, file };
    let certify: Check | undefined;
    let asked = false;
    const judge = (text: string, fully: boolean): CueVerdict =>
      guarded(file, () => {
        const document = documentOf(text);
        if (!('value' in document)) return document;
        if (fully) return evaluate(policy, document, undefined);
        if (!asked) certify = unlessRefused(() => certifier(context, root, compiled, variables));
        asked = true;
        const pass = certified(policy, certify, document);
        return pass ?? evaluate(policy, document, { check: unlessMoved(policy, certify, document) });
      });
    return {
      own: [],
      evaluate: (text: string) => judge(text, false),
      evaluateFully: (text: string) => judge(text, true),
    };
  });
}

function built(files: readonly StructExpression[], context: Context): { root: Vertex; context: Context } {
  const root = rootOf(files);
  machine.finalize(context, root);
  return { root, context };
}

const FINAL = { concrete: false, final: true, incomplete: false, all: true } as const;

type Policy = {
  readonly root: Vertex;
  readonly variables: ReadonlySet<Label>;
  readonly referred: ReadonlySet<Label>;
  readonly limits: CueLimits;
  readonly file: SourceFile;
};

function documentOf(text: string): CueDocument | CueVerdict {
  try {
    return readDocument(text);
  } catch (thrown) {
    if (!(thrown instanceof DocumentRefused)) throw thrown;
    return { verdict: 'fail', errors: [refusedDocument(thrown.message)], missing: [] };
  }
}

/** The short way: a document that passes without any doubt. */
function certified(
  { root, variables, limits, file }: Policy,
  certify: Check | undefined,
  { value, repeats }: CueDocument,
): CueVerdict | undefined {
  if (certify === undefined || repeats || value.tag !== 'struct') return undefined;
  const context = new Context(machine, limits, new Budget(limits, file));

  if (unlessRefused(() => certify(context, value)) !== true) return undefined;
  const { declarations } = value;
  const absent = root.arcs.filter(
    ({ label }) => variables.has(label) && !declarations.some((d) => d.tag === 'field' && d.label === label),
  );
  return { verdict: 'pass', errors: [], missing: absent.map((arc) => absentField(arc, [], true)) };
}

/** The check, unless the document changes a field that it rests on. */
function unlessMoved(
  { variables, limits, file }: Policy,
  check: Check | undefined,
  { value }: CueDocument,
): Check | undefined {
  if (check === undefined || value.tag !== 'struct') return undefined;
  const context = new Context(machine, limits, new Budget(limits, file));
  return unlessRefused(() => keepsConstants(context, check, variables, value)) === true ? check : undefined;
}

/** What evaluation need not go through; nothing of a document in which an object has two members of one name. */
function partsOf({ limits, file }: Policy, { value, repeats }: CueDocument): DocumentParts | undefined {
  if (repeats || value.tag !== 'struct') return undefined;
  const context = new Context(machine, limits, new Budget(limits, file));
  return new DocumentParts((check, x) => unlessRefused(() => check(context, x)) === true);
}

/** What the short way cannot tell, the long way tells, or refuses itself. */
function unlessRefused<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof CueError) return undefined;
    throw thrown;
  }
}

/** How evaluation may be shortened: the check of the policy's root, where there is one. */
type Short = { readonly check: Check | undefined };

function evaluate(policy: Policy, document: CueDocument, short: Short | undefined): CueVerdict {
  return inEveryOrder(
    { file: policy.file, limits: policy.limits, more: document.length * STEPS_PER_CHARACTER },
    (budget, chance) => evaluateOnce(policy, document, short, budget, chance),
    ({ verdict }) => verdict === 'pass',
  );
}

function evaluateOnce(
  policy: Policy,
  document: CueDocument,
  short: Short | undefined,
  budget: Budget,
  chance: Chance,
): CueVerdict {
  const { root, variables, referred, limits } = policy;
  const data = dataOf(document, new Context(machine, limits, budget));
  const invalid = data.bottom();
  if (invalid !== undefined) return failed(invalid);

  const context = new Context(machine, limits, budget, chance);
  context.vertex = root;
  const parts = short && partsOf(policy, document);
  context.settle = parts && ((n, arc) => parts.settle(n, arc));
  const unified = unifyValues(context, root, data, (v) => parts?.begin(v, data, short?.check));
  const own = unified.bottom();
  // The error of the root is the first that was met; the walk finds all.
  const error = validateFinal(context, unified, FINAL) ?? own;
  const missing = [...missingFields(context, unified, data, variables, referred), ...context.gaps];
  return error === undefined ? { verdict: 'pass', errors: [], missing } : failed(error, missing);
}

function dataOf({ file, value, repeats }: CueDocument, context: Context): Vertex {
  if (value.tag === 'struct' && !repeats) return documentVertex(context, file, value);
  const data = rootOf([file]);
  machine.finalize(context, data);
  return data;
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
