/** Labels of fields: parsed as expressions, since only the colon after one tells it from an embedded value. */

import type { Alias, Expression, Label, ListLit, NumberLit } from './ast.ts';
import type { Parser } from './parser.ts';

const KINDS = ['ident', 'string', 'bytes', 'bool', 'null', 'interpolation', 'list', 'paren'] as const;
const kinds: ReadonlySet<Expression['kind']> = new Set(KINDS);

type PlainLabel = Extract<Expression, { readonly kind: (typeof KINDS)[number] }>;
type AliasedLabel = Alias & { readonly x: PlainLabel | NumberLit };

/** What was read is a label if a colon follows. */
export type Labelling = PlainLabel | AliasedLabel;

export function canBeLabel(x: Expression | Alias): x is Labelling {
  return x.kind === 'alias' ? x.x.kind === 'number' || kinds.has(x.x.kind) : kinds.has(x.kind);
}

/** @throws CUE_SYNTAX CUE_UNSUPPORTED */
export function toLabel(parser: Parser, x: Labelling): Label {
  if (x.kind !== 'alias') return plainLabel(parser, x);
  return { ...plainLabel(parser, x.x), alias: x.ident };
}

function plainLabel(parser: Parser, x: AliasedLabel['x']): Label {
  const { offset } = x;
  switch (x.kind) {
    case 'ident':
      if (x.name === '_') parser.refuse('"_" is no label', offset);
      return { kind: 'ident', ident: x, offset };
    case 'bool':
      return { kind: 'ident', ident: { kind: 'ident', name: String(x.value), offset }, offset };
    case 'null':
      return { kind: 'ident', ident: { kind: 'ident', name: 'null', offset }, offset };
    case 'string':
      return { kind: 'string', value: x.value.normalize('NFC'), offset };
    case 'bytes':
      return { kind: 'string', value: textOf(parser, x.value, offset).normalize('NFC'), offset };
    case 'interpolation':
      return { kind: 'dynamic', x, offset };
    case 'paren':
      return { kind: 'dynamic', x: x.x, offset };
    case 'list':
      return pattern(parser, x);
    case 'number':
      return parser.unsupported('a number as a label', offset);
  }
}

function textOf(parser: Parser, octets: Uint8Array, offset: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return parser.unsupported('a label that is no UTF-8', offset);
  }
}

function pattern(parser: Parser, list: ListLit): Label {
  const { offset } = list;
  const [element, ...more] = list.elements;
  if (element === undefined || more.length > 0 || list.ellipsis !== undefined) {
    parser.refuse('a pattern has exactly one element', offset);
  }
  if (element.kind === 'comprehension') parser.refuse('a pattern is no comprehension', offset);
  const inner = parser.aliased.get(list);
  parser.aliased.delete(list);
  return { kind: 'pattern', x: element, ...(inner === undefined ? {} : { inner }), offset };
}
