import type { Expression, ListExpression, StructExpression } from '../compile/expression.ts';
import { indexLabel } from '../value/label.ts';
import { COST } from '../limits.ts';
import type { Context } from './context.ts';
import { releaseAll } from './release.ts';
import { Environment, FINALIZED, ROOT_ORIGIN, Vertex } from './vertex.ts';
import type { ConjunctNode, Origin } from './vertex.ts';

/**
 * The vertex of a document none of whose objects has two members of one name: what evaluation would make of it, made
 * in one go. Nothing in a document refers to anything.
 *
 * @param file the document as a file, in which `value` is embedded
 */
export function documentVertex(context: Context, file: StructExpression, value: StructExpression): Vertex {
  const root = new Vertex(undefined, '');
  const env = new Environment(undefined, undefined);
  root.conjuncts.push({ env, x: file, origin: ROOT_ORIGIN });
  root.structs.push({ struct: file });
  const id = context.newId();
  const maker = new Maker(context, { ...ROOT_ORIGIN, generation: context.generation, id, embed: id });
  maker.settle(root, value, new Environment(env, root));
  for (const v of maker.calculated) {
    context.machine.finalize(context, v);
    releaseAll(v);
  }
  return root;
}

class Maker {
  /** Negative numbers, which are calculated when all around them is settled. */
  readonly calculated: Vertex[] = [];
  private readonly context: Context;
  private readonly origin: Origin;

  constructor(context: Context, origin: Origin) {
    this.context = context;
    this.origin = origin;
  }

  settle(v: Vertex, x: Expression, env: Environment): void {
    switch (x.tag) {
      case 'struct':
        this.struct(v, x, new Environment(env, v));
        break;
      case 'list':
        this.list(v, x, new Environment(env, v));
        break;
      case 'null':
      case 'bool':
      case 'number':
      case 'string':
        v.base = x;
        break;
      default:
        this.calculated.push(v);
        return;
    }
    v.status = FINALIZED;
  }

  private struct(v: Vertex, x: StructExpression, env: Environment): void {
    v.base = { tag: 'struct-marker' };
    v.structs.push({ struct: x });
    for (const d of x.declarations)
      if (d.tag === 'field') this.settle(this.arc(v, d.label, d, env), d.value, env);
  }

  private list(v: Vertex, x: ListExpression, env: Environment): void {
    v.base = { tag: 'list-marker', open: false };
    for (const [index, element] of x.elements.entries()) {
      if (element.tag === 'comprehension' || element.tag === 'ellipsis') continue;
      this.settle(this.arc(v, indexLabel(index), element, env), element, env);
    }
  }

  private arc(parent: Vertex, label: string, x: ConjunctNode, env: Environment): Vertex {
    this.context.budget.step(COST.conjunct);
    const v = new Vertex(parent, label);
    v.conjuncts.push({ env, x, origin: this.origin });
    parent.arcs.push(v);
    return v;
  }
}
