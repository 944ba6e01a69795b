import { toText as decimalText } from '../number/text.ts';
import { kindName } from '../value/kind.ts';
import { isIndex, isRegular, labelText } from '../value/label.ts';
import type { Value } from '../value/value.ts';
import { unwrap } from './bottom.ts';
import type { ConjunctNode, Vertex } from './vertex.ts';
import { MEMBER } from './vertex.ts';

const LONGEST = 120;
const DEEPEST = 3;
const MOST_FIELDS = 12;

/** A value or expression as a message shows it: short, and never long. */
export function describe(x: ConjunctNode | undefined): string {
  return shortened(show(x, 0));
}

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** The same for a message that is formed later, when the vertex may have become the error that it tells of. */
export function describeLater(v: Value): () => string {
  const now = unwrap(v);
  if (v.tag !== 'vertex') return () => describe(v);
  if (now !== undefined && now.tag !== 'vertex' && now.tag !== 'bottom') return () => describe(now);
  const node = v.deref();
  const list = node.isList() || node.arcs.some(({ label }) => isIndex(label));
  return () => shortened(showArcs(node, list, 0));
}

function show(x: ConjunctNode | undefined, depth: number): string {
  if (x === undefined) return '_';
  switch (x.tag) {
    case 'null':
      return 'null';
    case 'bool':
      return String(x.value);
    case 'number':
      return decimalText(x.value);
    case 'string':
      return JSON.stringify(x.value.length > LONGEST ? `${x.value.slice(0, LONGEST)}…` : x.value);
    case 'bytes':
      return `'${Buffer.from(x.value.subarray(0, LONGEST)).toString('latin1')}'`;
    case 'top':
      return '_';
    case 'type':
      return kindName(x.kind);
    case 'bound':
      return `${x.op}${show(x.value, depth)}`;
    case 'conjunction':
      return x.values.map((v) => show(v, depth)).join(' & ');
    case 'disjunction':
      return x.values.map((v) => show(v, depth)).join(' | ');
    case 'function':
      return x.name;
    case 'validator':
      return `${x.function.name}(${x.args.map((v) => show(v, depth)).join(', ')})`;
    case 'bottom':
      return '_|_';
    case 'vertex':
      return showVertex(x, depth);
    case 'struct':
      return '{…}';
    case 'list':
      return '[…]';
    case 'field-reference':
    case 'value-reference':
    case 'let-reference':
      return labelText(x.label);
    case 'selector':
      return `${show(x.x, depth)}.${labelText(x.label)}`;
    case 'index':
      return `${show(x.x, depth)}[${show(x.index, depth)}]`;
    case 'import-reference':
      return x.path;
    case 'unary':
      return `${x.op}${show(x.x, depth)}`;
    case 'binary':
      return `${show(x.x, depth)} ${x.op} ${show(x.y, depth)}`;
    case 'bound-expression':
      return `${x.op}${show(x.x, depth)}`;
    case 'call':
      return `${show(x.fun, depth)}(${x.args.map((v) => show(v, depth)).join(', ')})`;
    case 'disjunction-expression':
      return x.disjuncts.map((d) => (d.default ? '*' : '') + show(d.value, depth)).join(' | ');
    case 'field':
    case 'let-field':
    case 'dynamic-field':
    case 'pattern-field':
      return show(x.value, depth);
    default:
      return '…';
  }
}

function showVertex(given: Vertex, depth: number): string {
  const v = given.deref();
  const value = v.value();
  return value === v ? showArcs(v, v.isList(), depth) : show(value, depth);
}

function showArcs({ arcs }: Vertex, list: boolean, depth: number): string {
  if (depth >= DEEPEST) return list ? '[…]' : '{…}';
  const shown = arcs.filter(({ label, arcType }) => isRegular(label) && arcType === MEMBER);
  const parts = shown.slice(0, MOST_FIELDS).map((a) => {
    const text = show(a, depth + 1);
    return list ? text : `${labelText(a.label)}: ${text}`;
  });
  if (shown.length > MOST_FIELDS) parts.push('…');
  return list ? `[${parts.join(', ')}]` : `{${parts.join(', ')}}`;
}
