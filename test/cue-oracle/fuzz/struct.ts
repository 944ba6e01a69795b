import { anyKind, kindOfLabel, labelOf, sampleOf, type Json, type Kind } from './alphabet.ts';
import { mergeSamples, writeCondition, writeExpression, writeLeaf } from './expression.ts';
import type { Writing, Written } from './scope.ts';

/** A struct in braces. */
export function writeStruct(writing: Writing, depth: number): Written {
  const { lines, sample } = writeDeclarations(writing, depth, 1 + writing.random.below(3));
  return { text: `{${lines.join(', ')}}`, sample };
}

/** Declarations of one struct; names are chosen first, so that all of them can refer to all. */
export function writeDeclarations(
  writing: Writing,
  depth: number,
  count: number,
): { readonly lines: string[]; readonly sample: Json } {
  const { random } = writing;
  const names = new Set(Array.from({ length: count }, () => fieldName(writing)));
  if (random.chance(10)) names.add(`"${labelOf(random, anyKind(random))}"`);
  const fields = random.chance(8) ? [...names, ...names] : [...names];
  const identifiers = fields.filter((name) => /^[\w#\p{L}]+$/u.test(name));
  return writing.within(identifiers, () => {
    let sample: Json = {};
    const lines = fields.flatMap((name) => {
      const made = random.chance(3) ? writeOther(writing, depth) : undefined;
      const field = writeField(writing, name, depth);
      sample = mergeSamples(sample, mergeSamples(field.sample, made?.sample ?? {}));
      return made === undefined ? [field.text] : random.shuffle([field.text, made.text]);
    });
    if (random.chance(12)) lines.push('...');
    return { lines, sample };
  });
}

function fieldName({ random }: Writing): string {
  const label = labelOf(random, anyKind(random));
  return random.chance(6) ? `#${label.toUpperCase()}` : random.chance(12) ? `_${label}` : label;
}

function writeField(writing: Writing, name: string, depth: number): Written {
  const { random } = writing;
  const bare = name.replaceAll('"', '');
  const kind = name.startsWith('#') && random.chance(2) ? 'struct' : kindOfLabel(bare);
  const { text, sample } = writeExpression(writing, kind, depth);
  const isData = /^\p{L}/u.test(bare);
  const mark = isData ? random.pick(['', '', '', '', '', '', '', '?', '!']) : '';
  const isShown = isData && !(mark === '?' ? random.chance(2) : random.chance(mark === '!' ? 15 : 5));
  return { text: `${name}${mark}: ${text}`, sample: isShown ? { [bare]: sample } : {} };
}

/** A declaration that is no plain field. */
function writeOther(writing: Writing, depth: number): Written {
  const { random } = writing;
  switch (random.below(10)) {
    case 0:
    case 1:
    case 2:
      return condition(writing, depth);
    case 9:
      return alias(writing, depth);
    case 3:
      return loop(writing, depth);
    case 4:
    case 5:
      return embedding(writing, depth);
    case 6:
      return pattern(writing, depth);
    case 7:
      return letClause(writing, depth);
    default:
      return dynamic(writing, depth);
  }
}

function body(writing: Writing, depth: number): Written {
  const { random } = writing;
  if (random.chance(20)) return { text: '{_|_}', sample: {} };
  if (depth > 0 && random.chance(4)) return writeStruct(writing, depth - 1);
  const name = labelOf(random, anyKind(random));
  const { text, sample } = writeLeaf(writing, kindOfLabel(name));
  const mark = random.pick(['', '', '', '', '?', '!']);
  return { text: `{${name}${mark}: ${text}}`, sample: random.chance(2) ? { [name]: sample } : {} };
}

function condition(writing: Writing, depth: number): Written {
  const { text, sample } = body(writing, depth);
  const more = writing.random.chance(6) ? ` if ${writeCondition(writing)}` : '';
  return { text: `if ${writeCondition(writing)}${more} ${text}`, sample };
}

function loop(writing: Writing, depth: number): Written {
  const { random } = writing;
  const source = writing.reference(random.pick(['struct', 'list'])) ?? '{a: 1, b: 2}';
  const filter = random.chance(3) ? ` if v ${random.pick(['==', '!='])} 1` : '';
  const inner = random.pick(['{(k): v}', '{"\\(k)": v}', '{"\\(k)": int}', body(writing, depth - 1).text]);
  return { text: `for k, v in ${source}${filter} ${inner}`, sample: {} };
}

function embedding(writing: Writing, depth: number): Written {
  const { random } = writing;
  const definition = writing.definition();
  if (definition !== '' && !random.chance(3)) return { text: definition, sample: {} };
  const made = writeExpression(writing, 'struct', depth - 1);
  const isNumber = /^[-+\d]/.test(made.text);
  return { text: isNumber ? `{${made.text}}` : made.text, sample: made.sample };
}

function pattern(writing: Writing, depth: number): Written {
  const { random } = writing;
  const names = random.pick([
    'string',
    'string',
    '=~"^[abc]$"',
    '=~"o|p"',
    '!="a"',
    '"a" | "s"',
    '>="b"',
    'K=string',
    '!~"^a"',
    '<"o" & !="b"',
    '_',
    '"é" | "l"',
  ]);
  const kind = random.pick<Kind>(['int', 'int', 'text', 'struct']);
  const alias = names.startsWith('K=') ? ['K'] : [];
  const { text } = writing.within(alias, () => writeExpression(writing, kind, depth - 1));
  return { text: `[${names}]: ${random.chance(2) ? text : `(${text} | _)`}`, sample: {} };
}

function letClause(writing: Writing, depth: number): Written {
  const { random } = writing;
  const kind = anyKind(random);
  const { text } = writeExpression(writing, kind, depth - 1);
  const name = labelOf(random, kind);
  // A let that nobody uses is an error: it is used at once, by a hidden field.
  return { text: `let v_${name} = ${text}, _v_${name}: v_${name}`, sample: {} };
}

/** Another name for a field or a value; one that nobody uses is an error. */
function alias(writing: Writing, depth: number): Written {
  const { random } = writing;
  const kind = anyKind(random);
  const name = labelOf(random, kind);
  const { text, sample } = writeExpression(writing, kind, depth - 1);
  const other = writing.reference(kind) ?? '1';
  return random.pick<Written>([
    { text: `A_${name}=${name}: ${text}, _a_${name}: A_${name}`, sample: { [name]: sample } },
    { text: `A_${name}="${name}": ${text}, _a_${name}: [A_${name}]`, sample: { [name]: sample } },
    { text: `o: V_o={a: int, b: V_o.a}`, sample: { o: { a: 1, b: 1 } } },
    { text: `p: V_p={a: ${other}, if V_p.a != _|_ {c: V_p.a}}`, sample: { p: { a: 1, c: 1 } } },
    { text: `${name}: ${text} @note(x)`, sample: { [name]: sample } },
    { text: `${name}: ${text} // note`, sample: { [name]: sample } },
  ]);
}

function dynamic(writing: Writing, depth: number): Written {
  const { random } = writing;
  const name = writing.reference('text') ?? '"a"';
  const { text } = writeExpression(writing, 'int', depth - 1);
  const mark = random.pick(['', '', '', '?', '!']);
  return { text: `${random.chance(2) ? `(${name})` : `"\\(${name})"`}${mark}: ${text}`, sample: {} };
}

/** A value that fits nothing in particular. */
export const anySample = ({ random }: Writing): Json => sampleOf(random, 'struct', 3);
