/** Structs and their declarations: fields, embeddings, let clauses, ellipses, attributes. */

import type { Alias, Declaration, Expression, Field, Label, StructLit } from './ast.ts';
import { letClause, parseComprehension } from './comprehension.ts';
import { parseAlias, parseExpression } from './expression.ts';
import { canBeLabel, toLabel, type Labelling } from './label.ts';
import type { Parser } from './parser.ts';

/** `{ declarations }` */
export function parseStruct(parser: Parser): StructLit {
  const { offset } = parser;
  parser.expect('{');
  parser.enter();
  const declarations = parseDeclarations(parser);
  parser.leave();
  parser.expect('}');
  return { kind: 'struct', declarations, offset };
}

/** The declarations up to a closing brace or the end. */
export function parseDeclarations(parser: Parser): Declaration[] {
  const declarations: Declaration[] = [];
  while (parser.kind !== '}' && parser.kind !== 'end of file') declarations.push(declaration(parser));
  return declarations;
}

function declaration(parser: Parser): Declaration {
  const read = undelimited(parser);
  parser.separator('}', 'end of file');
  return read;
}

function undelimited(parser: Parser): Declaration {
  const { offset } = parser;
  const kind: string = parser.kind;
  switch (kind) {
    case 'attribute':
      return parser.attribute();
    case '...':
      parser.advance();
      return { kind: 'ellipsis', offset };
    case 'for':
    case 'if':
    case 'try': {
      const read = parseComprehension(parser);
      return read.kind === 'comprehension' ? read : fieldOrEmbedding(parser, parseAlias(parser, read));
    }
    case 'let':
      if (parser.peek().kind === 'identifier') return letClause(parser);
      return fieldOrEmbedding(parser, parseAlias(parser, parser.word()));
    default:
      return fieldOrEmbedding(parser, expressionOrAlias(parser));
  }
}

/** `X=` may stand before a label and before a field's value. */
function expressionOrAlias(parser: Parser): Expression | Alias {
  const x = parseExpression(parser);
  return x.kind === 'ident' ? parseAlias(parser, x) : x;
}

type Presence = Field['presence'];

function presence(parser: Parser): Presence {
  if (parser.kind !== '?' && parser.kind !== '!') return 'regular';
  const read = parser.kind === '?' ? 'optional' : 'required';
  parser.advance();
  return read;
}

function fieldOrEmbedding(parser: Parser, x: Expression | Alias): Declaration {
  const labelled = canBeLabel(x);
  const mark = labelled ? presence(parser) : 'regular';
  if (labelled && parser.kind === ':') return field(parser, x, mark);
  if (x.kind === 'alias') parser.refuse('an alias is declared by "let"', x.offset);
  if (labelled && parser.kind !== ',' && parser.kind !== '}' && parser.kind !== 'end of file') {
    parser.expected('label or ":"');
  }
  if (x.kind === 'ident' && x.name === 'func') parser.refuse('"func" is no value', x.offset);
  return { kind: 'embedding', x, offset: x.offset };
}

type Head = { readonly label: Label; readonly presence: Presence };

function head(parser: Parser, x: Labelling, mark: Presence): Head {
  const label = toLabel(parser, x);
  // a pattern is always optional
  return { label, presence: label.kind === 'pattern' ? 'regular' : mark };
}

function field(parser: Parser, x: Labelling, mark: Presence): Field {
  if (x.kind === 'ident') parser.declares(x);
  const outermost = head(parser, x, mark);
  const heads: Head[] = [];
  parser.expect(':');
  let value: Expression | Alias;
  for (;;) {
    parser.enter();
    value = fieldValue(parser);
    const { kind } = parser;
    if (!canBeLabel(value) || (kind !== ':' && kind !== '?' && kind !== '!')) break;
    heads.push(head(parser, value, presence(parser)));
    parser.expect(':');
  }
  parser.leave(1 + heads.length);
  while (parser.kind === 'attribute') parser.attribute();
  return nested(outermost, heads, value);
}

function fieldValue(parser: Parser): Expression | Alias {
  if (parser.kind !== 'let') return expressionOrAlias(parser);
  const { offset } = parser;
  if (parser.peek().kind === 'identifier') parser.unsupported('"let" as a field\'s value', offset);
  return parseAlias(parser, parser.word());
}

/** `a: b: c` is `a: {b: c}`. */
function nested(outermost: Head, heads: readonly Head[], value: Expression | Alias): Field {
  let inner = value;
  for (const each of heads.toReversed()) {
    const declarations = [fieldOf(each, inner)];
    inner = { kind: 'struct', declarations, offset: each.label.offset };
  }
  return fieldOf(outermost, inner);
}

function fieldOf({ label, presence: mark }: Head, value: Expression | Alias): Field {
  return { kind: 'field', label, presence: mark, value, offset: label.offset };
}
