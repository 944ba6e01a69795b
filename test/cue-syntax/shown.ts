/** A syntax tree written out: every binary operator in parentheses, the shorthand `a: b: c` with braces. */

import type {
  Alias,
  Comprehension,
  Declaration,
  Expression,
  Label,
  ListEllipsis,
} from '#core/cue/syntax/ast';
import { toText } from '#core/cue/number/text';

export function shown(declarations: readonly Declaration[]): string {
  return declarations.map(declaration).join(', ');
}

const marks = { regular: '', optional: '?', required: '!' } as const;

function declaration(x: Declaration): string {
  switch (x.kind) {
    case 'field':
      return `${label(x.label)}${marks[x.presence]}: ${expression(x.value)}`;
    case 'let':
      return `let ${x.ident.name} = ${expression(x.x)}`;
    case 'ellipsis':
      return '...';
    case 'embedding':
      return expression(x.x);
    case 'comprehension':
      return comprehension(x);
    case 'attribute':
      return `@${x.name}(${x.body})`;
    case 'import':
      break;
  }
  return x.specs.map((spec) => spec.path).join(' ');
}

function label(x: Label): string {
  const alias = x.alias === undefined ? '' : `${x.alias.name}=`;
  switch (x.kind) {
    case 'ident':
      return alias + x.ident.name;
    case 'string':
      return alias + JSON.stringify(x.value);
    case 'dynamic':
      return `${alias}(${expression(x.x)})`;
    case 'pattern':
      break;
  }
  return `${alias}[${x.inner === undefined ? '' : `${x.inner.name}=`}${expression(x.x)}]`;
}

function ellipsis(x: ListEllipsis): string {
  return `...${x.x === undefined ? '' : expression(x.x)}`;
}

function comprehension({ clauses, value }: Comprehension): string {
  const words = clauses.map((x) => {
    if (x.kind === 'if') return `if ${expression(x.condition)}`;
    if (x.kind === 'let') return `let ${x.ident.name} = ${expression(x.x)}`;
    const key = x.key === undefined ? '' : `${x.key.name}, `;
    return `for ${key}${x.value.name} in ${expression(x.source)}`;
  });
  return [...words, expression(value)].join(' ');
}

function optional(x: Expression | undefined): string {
  return x === undefined ? '' : expression(x);
}

function expression(x: Expression | Comprehension | Alias): string {
  switch (x.kind) {
    case 'ident':
      return x.name;
    case 'string':
      return JSON.stringify(x.value);
    case 'bytes':
      return `'${Buffer.from(x.value).toString('hex')}'`;
    case 'number':
      return toText(x.value);
    case 'bool':
      return String(x.value);
    case 'null':
      return 'null';
    case 'bottom':
      return '_|_';
    case 'interpolation':
      return `"${x.strings.map((part, i) => String(part) + (x.expressions[i] ? `\\(${expression(x.expressions[i])})` : '')).join('')}"`;
    case 'struct':
      return `{${shown(x.declarations)}}`;
    case 'list':
      return `[${[...x.elements.map(expression), ...(x.ellipsis ? [ellipsis(x.ellipsis)] : [])].join(', ')}]`;
    case 'selector':
      return `${expression(x.x)}.${expression(x.label)}`;
    case 'index':
      return `${expression(x.x)}[${expression(x.index)}]`;
    case 'slice':
      return `${expression(x.x)}[${optional(x.low)}:${optional(x.high)}]`;
    case 'call':
      return `${expression(x.fun)}(${x.args.map(expression).join(', ')})`;
    case 'unary':
      return x.op + expression(x.x);
    case 'binary':
      return `(${expression(x.x)} ${x.op} ${expression(x.y)})`;
    case 'paren':
      return expression(x.x);
    case 'alias':
      return `${x.ident.name}=${expression(x.x)}`;
    case 'comprehension':
      break;
  }
  return comprehension(x);
}
