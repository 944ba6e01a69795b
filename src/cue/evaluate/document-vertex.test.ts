import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDocument } from '../document.ts';
import { CUE_LIMITS } from '../limits.ts';
import { Budget } from './budget.ts';
import { Context } from './context.ts';
import { documentVertex } from './document-vertex.ts';
import { evaluatorOf } from './evaluator.ts';
import { Environment, ROOT_ORIGIN, Vertex } from './vertex.ts';

const machine = evaluatorOf(() => undefined);

function newContext(): Context {
  const context = new Context(machine, CUE_LIMITS, new Budget(CUE_LIMITS, { name: '', text: '' }));
  return Object.assign(context, { generation: 1 });
}

/** Made in one go, and evaluated. */
function both(text: string): readonly [Vertex, Vertex] {
  const { file, value } = readDocument(text);
  if (value.tag !== 'struct') throw new Error('an object is expected');
  const evaluated = new Vertex(undefined, '');
  const env = new Environment(undefined, undefined);
  evaluated.conjuncts.push({ env, x: file, origin: ROOT_ORIGIN });
  machine.finalize(newContext(), evaluated);
  return [documentVertex(newContext(), file, value), evaluated];
}

const labelsTo = (v: Vertex | undefined): string =>
  v === undefined ? '' : `${labelsTo(v.parent)}/${v.label}`;

const scopes = (env: Environment | undefined): readonly string[] =>
  env === undefined ? [] : [labelsTo(env.vertex), ...scopes(env.up)];

/** All that a vertex holds, without circles. */
function shown({ parent, arcs, conjuncts, ...rest }: Vertex): unknown {
  return {
    ...rest,
    index: undefined,
    parent: labelsTo(parent),
    arcs: arcs.map(shown),
    conjuncts: conjuncts.map(({ env, ...conjunct }) => ({ ...conjunct, env: scopes(env) })),
  };
}

test.each([
  '{}',
  '{"a": 1, "b": "x", "c": null, "d": [true, {}, []], "e": {"f": 1.5e3}}',
  '{"a": -1, "b": [-0, -0.0, -1.50], "c": [[[{"d": [-1]}]]]}',
  '{"#a": 1, "_b": {"": 2}, "__proto__": [3]}',
  JSON.stringify(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}`, i]))),
])('%s: the vertex is the one that evaluation makes', (text) => {
  const [made, evaluated] = both(text);
  expect(shown(made)).toEqual(shown(evaluated));
});

test('of any object', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (object) => {
      const text = JSON.stringify(object);
      if (!text.isWellFormed() || readDocument(text).repeats) return;
      const [made, evaluated] = both(text);
      expect(shown(made)).toEqual(shown(evaluated));
    }),
    { numRuns: 200 },
  );
});
