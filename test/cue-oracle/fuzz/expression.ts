import { anyKind, kindOfLabel, sampleOf, type Json, type Kind } from './alphabet.ts';
import { writeCall, writeValidator } from './calls.ts';
import { writeLiteral } from './literals.ts';
import { Writing, type Written } from './scope.ts';

const literal = ({ random }: Writing, sample: Json): Written => ({
  text: writeLiteral(random, sample),
  sample,
});

/** An expression that is mostly of the kind. */
export function writeExpression(writing: Writing, kind: Kind, depth: number): Written {
  const { random } = writing;
  if (random.chance(50)) return writeExpression(writing, anyKind(random), depth);
  if (depth <= 0) return writeLeaf(writing, kind);
  switch (random.below(12)) {
    case 0:
    case 1:
      return disjunction(writing, kind, depth);
    case 2:
      return conjunction(writing, kind, depth);
    case 3:
      return reference(writing, kind, depth);
    case 4:
      return random.chance(2) ? call(writing, kind, depth) : computed(writing, kind, depth);
    default:
      break;
  }
  if (kind === 'struct') return structOrDefinition(writing, depth);
  return kind === 'list' ? list(writing, depth) : writeLeaf(writing, kind);
}

/** What has no parts. */
export function writeLeaf(writing: Writing, kind: Kind): Written {
  const { random } = writing;
  const sample = sampleOf(random, kind, 1);
  if (random.chance(15)) return { text: random.pick(['_', '_', '_', '!=null', 'null', '_|_']), sample };
  if (random.chance(5)) {
    const text = writing.reference(kind);
    if (text !== undefined) return { text, sample };
  }
  switch (kind) {
    case 'int':
      return random.chance(2) ? literal(writing, sample) : { text: intType(writing), sample };
    case 'text':
      return random.chance(2)
        ? literal(writing, sample)
        : { text: random.pick(['string', 'string', '!="y"', '=~"^x"', '!~"y"', '>="x"']), sample };
    case 'bool':
      return { text: random.pick(['bool', 'true', 'false', sample === true ? 'true' : 'false']), sample };
    case 'list':
      return { text: random.pick(['[...]', '[]', '[_, ...]', '[...int]']), sample };
    case 'struct':
      break;
  }
  return {
    text: random.pick(['{...}', '{}', '{a: int}', '{a!: int}', '{a?: 1}', '{b: 2, ...}']),
    sample,
  };
}

const intType = ({ random }: Writing): string =>
  random.pick([
    'int',
    'int',
    'number',
    '>1',
    '<3',
    '>=1',
    '<=2',
    '!=2',
    'int & >1',
    '>0 & <3',
    'uint8',
    'float',
  ]);

function disjunction(writing: Writing, kind: Kind, depth: number): Written {
  const { random } = writing;
  const count = 2 + random.below(2);
  const branches = Array.from({ length: count }, () =>
    writeExpression(writing, random.chance(5) ? anyKind(random) : kind, depth - 1),
  );
  const marked = random.pick([-1, -1, 0, 0, 1]);
  const text = branches
    .map((branch, index) => `${index === marked || random.chance(12) ? '*' : ''}${operand(branch.text)}`)
    .join(' | ');
  return { text: `(${text})`, sample: random.pick(branches).sample };
}

function conjunction(writing: Writing, kind: Kind, depth: number): Written {
  const left = writeExpression(writing, kind, depth - 1);
  const right = writeExpression(writing, kind, depth - 1);
  return {
    text: `(${operand(left.text)} & ${operand(right.text)})`,
    sample: mergeSamples(left.sample, right.sample),
  };
}

/** A value for both, where both are of structs; else the first one's. */
export function mergeSamples(left: Json, right: Json): Json {
  const areStructs = [left, right].every(
    (item) => typeof item === 'object' && item !== null && !Array.isArray(item),
  );
  return areStructs ? Object.assign({}, right, left) : left;
}

const operand = (text: string): string => (/[&|]/.test(text) && !text.startsWith('(') ? `(${text})` : text);

function reference(writing: Writing, kind: Kind, depth: number): Written {
  const text = writing.reference(kind);
  return text === undefined
    ? writeExpression(writing, kind, depth - 1)
    : { text, sample: sampleOf(writing.random, kind) };
}

function call(writing: Writing, kind: Kind, depth: number): Written {
  const { random } = writing;
  // Where a validator's own field stands in its arguments, cosign seldom ends: mostly no name is in sight there.
  const alone = new Writing(random, writing.writeStruct, writing.packages);
  const part = (): Written => writeExpression(random.chance(10) ? writing : alone, kind, depth - 1);
  const [first, second] = [part(), part()];
  const count = random.pick(['0', '1', '1', '2', '>0', '>=1', '<2', '!=1']);
  switch (random.below(8)) {
    case 0:
      return {
        text: `and([${first.text}, ${second.text}])`,
        sample: mergeSamples(first.sample, second.sample),
      };
    case 1:
      return { text: `or([${first.text}, ${second.text}])`, sample: first.sample };
    case 2:
      return { text: `matchN(${count}, [${first.text}, ${second.text}])`, sample: first.sample };
    case 3:
      return { text: `matchIf(${first.text}, ${second.text}, ${part().text})`, sample: second.sample };
    case 4:
      return kind === 'struct' ? { text: `close(${first.text})`, sample: first.sample } : first;
    default:
      return ofPackage(writing, kind, first);
  }
}

/** A function of a standard package, or a constraint that it makes; where none is found, what is there. */
function ofPackage(writing: Writing, kind: Kind, part: Written): Written {
  for (let left = 20; left > 0; left--) {
    const made = writing.random.chance(2) ? writeCall(writing, kind) : writeValidator(writing, kind);
    if (made !== undefined) return made;
  }
  return part;
}

/** What is computed from other fields. */
function computed(writing: Writing, kind: Kind, depth: number): Written {
  const { random } = writing;
  const sample = sampleOf(random, kind);
  const number = (): string => writing.reference('int') ?? '1';
  switch (kind) {
    case 'int':
      return {
        text: random.pick([
          `(${number()} ${random.pick(['+', '-', '*'])} 1)`,
          `(${number()} + ${number()})`,
          `len(${writing.fittingName(random.pick(['list', 'text', 'struct'])) || '[1]'})`,
          `${random.pick(['>', '<', '>=', '<=', '!='])}${number()}`,
        ]),
        sample,
      };
    case 'text':
      return {
        text: `"${random.pick(['', 'x'])}\\(${writing.reference(random.pick(['text', 'int'])) ?? '1'})"`,
        sample,
      };
    case 'bool':
      return { text: `(${writeCondition(writing)})`, sample };
    case 'list':
      return list(writing, depth);
    case 'struct':
      break;
  }
  return structOrDefinition(writing, depth);
}

/** Something that is true or false of other fields. */
export function writeCondition(writing: Writing): string {
  const { random } = writing;
  const kind = random.pick<Kind>(['int', 'int', 'text', 'bool', 'struct']);
  const about = writing.reference(kind) ?? '1';
  if (random.chance(8))
    return `${writeCondition(writing)} ${random.pick(['&&', '||'])} ${writeCondition(writing)}`;
  if (random.chance(4)) return `${about} ${random.pick(['!=', '=='])} _|_`;
  const held = kindOfLabel(about.replace(/^.*\./, ''));
  const compared: Readonly<Record<Kind, readonly string[]>> = {
    int: ['== 1', '== 1', '== 2', '!= 1', '> 1', '< 2'].map((test) => `${about} ${test}`),
    text: ['== "x"', '!= "x"', '=~ "x"'].map((test) => `${about} ${test}`),
    bool: [about, `!${about}`],
    struct: [`len(${about}) > 0`, `${about} != null`],
    list: [`len(${about}) > 0`, `${about} != null`],
  };
  return random.pick(compared[held]);
}

function structOrDefinition(writing: Writing, depth: number): Written {
  const definition = writing.definition();
  if (definition === '' || !writing.random.chance(3)) return writing.writeStruct(writing, depth - 1);
  return { text: definition, sample: sampleOf(writing.random, 'struct') };
}

function list(writing: Writing, depth: number): Written {
  const { random } = writing;
  const kind = random.pick<Kind>(['int', 'int', 'text', 'struct']);
  const item = (): Written => writeExpression(writing, kind, depth - 1);
  if (random.chance(4)) {
    const source = writing.reference(random.pick(['list', 'struct'])) ?? '[1, 2]';
    const filter = random.chance(2) ? ` if x ${random.pick(['==', '!=', '>'])} 1` : '';
    const made = writing.within(['x'], item);
    const body = random.chance(2) ? '{x}' : `{${made.text}}`;
    return { text: `[for x in ${source}${filter} ${body}]`, sample: sampleOf(random, 'list') };
  }
  const items = Array.from({ length: random.below(3) }, item);
  const rest = random.pick(['', '', ', ...', `, ...${writeLeaf(writing, kind).text}`]);
  const text = [...items.map(({ text }) => text).join(', ')].join('');
  const whole = text === '' ? rest.replace(/^, /, '') : `${text}${rest}`;
  const more = rest === '' ? [] : Array.from({ length: random.below(2) }, () => sampleOf(random, kind));
  return { text: `[${whole}]`, sample: [...items.map(({ sample }) => sample), ...more] };
}
