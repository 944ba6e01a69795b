import type { Kind } from '../value/kind.ts';
import type { NodeState, Replacement } from './node-state.ts';
import { EMBEDDING, REFERENCE, STRUCT } from './node-state.ts';
import type { ComprehensionDeclaration, Expression, StructExpression } from '../compile/expression.ts';
import type { Origin, Vertex } from './vertex.ts';

/**
 * Closedness by evidence: every reference, embedding and struct that is unified into a vertex gets an id, which goes
 * with the conjuncts that come of it. A field is allowed if for each definition that must be closed some conjunct of
 * the field carries an id that the definition contains. `containment` and `replacements` say which contains which.
 */
export function addReplacement(n: NodeState, x: Replacement): void {
  if (x.from === 0 || x.from === x.to) return;
  const containment = n.context.containment;
  if (x.from < x.to && containment[x.to] === 0) {
    containment[x.to] = x.from;
    return;
  }
  n.requirementsKnown = false;
  n.requiredSets = [];
  n.replacements.push(x);
}

/** Records what the conjuncts of an origin say of the vertex. */
export function updateInfo(n: NodeState, kind: Kind, origin: Origin, flags: number): void {
  if (origin.id !== 0 && origin.generation !== n.context.generation) return;
  for (const info of n.infos) {
    if (info.id !== origin.id) continue;
    info.kind &= kind;
    info.flags |= flags;
    return;
  }
  n.infos.push({ id: origin.id, embed: origin.embed, kind, flags });
}

/** A reference to `v` is unified into the vertex; `ignore`: it requires nothing itself, it only gives evidence. */
export function addReference(n: NodeState, v: Vertex, origin: Origin, ignored: boolean): Origin {
  const context = n.context;
  if (origin.generation !== 0 && origin.generation !== context.generation) return origin;

  if (origin.fromDefinition && origin.fromEmbed && !ignored) activateOuter(n, v, origin.outer);
  const ignore = ignored || ignores(v, origin);

  let id = 0;
  for (const r of n.requirements) {
    if (r.vertex !== v) continue;
    id = r.id;
    if (r.ignore && !ignore) {
      r.ignore = false;
      r.parent = origin.outer;
      r.embed = origin.embed;
    }
    break;
  }
  if (id === 0 || origin.embed !== 0) {
    const next = context.newId();
    if (id !== 0) addReplacement(n, { from: next, to: id });
    id = next;
    n.requirements.push({
      vertex: v,
      id,
      parent: origin.outer,
      embed: origin.embed,
      ignore,
      kind: REFERENCE,
      recursive: v.closedRecursive,
    });
  }
  addReplacement(n, { from: origin.id, to: id });
  return { ...origin, generation: context.generation, id };
}

function ignores(v: Vertex, origin: Origin): boolean {
  if (origin.embed !== 0 || origin.outer === 0) {
    return !(origin.fromDefinition || v.closedOnce || v.closedRecursive);
  }
  return origin.fromEmbed;
}

/** An embedded definition closes the structs around it. */
function activateOuter(n: NodeState, v: Vertex, outer: number): void {
  let id = outer;
  for (let i = n.requirements.length - 1; i >= 0; i--) {
    const r = n.requirements[i];
    if (r === undefined || r.id !== id || id === 0) continue;
    r.ignore = false;
    if (v.closedRecursive) r.recursive = true;
    id = r.parent;
  }
}

function addRequirement(n: NodeState, origin: Origin, kind: typeof EMBEDDING | typeof STRUCT): Origin {
  const context = n.context;
  if (origin.id !== 0 && origin.generation !== context.generation) {
    return { ...origin, generation: 0, id: 0, embed: 0, outer: 0 };
  }
  const id = context.newId();
  addReplacement(n, { from: origin.id, to: id });
  const embed = kind === EMBEDDING ? id : origin.embed;
  const outer = kind === STRUCT ? id : origin.outer;
  n.requirements.push({
    vertex: undefined,
    id,
    parent: origin.id,
    embed,
    ignore: true,
    kind,
    recursive: origin.fromDefinition,
  });
  return { ...origin, generation: context.generation, id, embed, outer };
}

/** The origin of what an embedding brings. */
export function embeddedOrigin(
  n: NodeState,
  x: Expression | ComprehensionDeclaration,
  origin: Origin,
): Origin {
  const embedded = { ...origin, fromEmbed: true };
  if (x.tag === 'binary' && x.op !== '&') return embedded;
  return addRequirement(n, embedded, EMBEDDING);
}

/** The origin of the fields of a struct with embeddings: closedness that these bring holds for it as a whole. */
export function structOrigin(n: NodeState, s: StructExpression, origin: Origin): Origin {
  if (origin.outer !== 0 || origin.fromEmbed || s.file) return origin;
  return addRequirement(n, origin, STRUCT);
}

export const scopeOrigin = (n: NodeState, origin: Origin): Origin => addRequirement(n, origin, STRUCT);

/** The origin of a field within a struct of an origin. */
export const fieldOrigin = (origin: Origin): Origin =>
  origin.fromEmbed ? { ...origin, fromEmbed: false } : origin;
