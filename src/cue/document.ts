import type { Expression, FieldDeclaration, StructExpression } from './compile/expression.ts';
import { DecimalError } from './number/decimal.ts';
import { readJsonNumber } from './number/literal.ts';
import { CueError } from './syntax/cue-error.ts';
import { FLOAT_KIND, INT_KIND } from './value/kind.ts';
import { stringLabel } from './value/label.ts';

/** Why a document cannot be evaluated at all: no policy accepts it. */
export class DocumentRefused extends Error {}

/** `value` is all that `file` holds; `repeats`: an object has two members of one name. */
export type CueDocument = {
  readonly file: StructExpression;
  readonly value: Expression;
  readonly repeats: boolean;
  /** Of the text, in UTF-16 units. */
  readonly length: number;
};

/**
 * A JSON document as the file that CUE makes of it: its members become fields, those of one name unify, numbers keep
 * their exact value (1 is an int, 1.0 a float).
 *
 * @throws DocumentRefused
 * @throws CUE_LIMIT
 */
export function readDocument(text: string): CueDocument {
  try {
    JSON.parse(text);
  } catch {
    throw new DocumentRefused('json: invalid JSON');
  }
  if (text.includes('\uFEFF')) throw new DocumentRefused('a byte order mark within the document');
  const reader = new Reader(text);
  const value = reader.read();
  const declarations = [value];
  const file = {
    tag: 'struct',
    declarations,
    file: true,
    comprehension: false,
    embeds: true,
    at: undefined,
  } as const;
  return { file, value, repeats: reader.repeats, length: text.length };
}

/** Reads what is known to be valid JSON. */
class Reader {
  repeats = false;
  private readonly text: string;
  private offset = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  read(): Expression {
    this.space();
    switch (this.text[this.offset]) {
      case '{':
        return this.nested(() => this.object());
      case '[':
        return this.nested(() => this.array());
      case '"':
        return { tag: 'string', value: this.string() };
      case 't':
        this.offset += 4;
        return { tag: 'bool', value: true };
      case 'f':
        this.offset += 5;
        return { tag: 'bool', value: false };
      case 'n':
        this.offset += 4;
        return { tag: 'null' };
      default:
        return this.number();
    }
  }

  private nested(read: () => Expression): Expression {
    if (++this.depth > 256) throw this.limit('the document nests too deep');
    const x = read();
    this.depth--;
    return x;
  }

  private limit(message: string): CueError {
    return new CueError('CUE_LIMIT', message, { name: 'document', text: this.text }, this.offset);
  }

  private space(): void {
    // Between the tokens of JSON no other characters are as low.
    while (this.text.charCodeAt(this.offset) <= 0x20) this.offset++;
  }

  private object(): Expression {
    const declarations: FieldDeclaration[] = [];
    for (this.enter(); this.text[this.offset] !== '}'; this.separator()) {
      const label = stringLabel(this.string().normalize('NFC'));
      this.space();
      this.offset++;
      declarations.push({ tag: 'field', label, presence: 'regular', value: this.read(), at: undefined });
    }
    this.offset++;
    if (repeatsLabel(declarations)) this.repeats = true;
    return { tag: 'struct', declarations, file: false, comprehension: false, embeds: false, at: undefined };
  }

  private array(): Expression {
    const elements: Expression[] = [];
    for (this.enter(); this.text[this.offset] !== ']'; this.separator()) elements.push(this.read());
    this.offset++;
    return { tag: 'list', elements, at: undefined };
  }

  private enter(): void {
    this.offset++;
    this.space();
  }

  private separator(): void {
    this.space();
    if (this.text[this.offset] === ',') this.enter();
  }

  private string(): string {
    const start = this.offset;
    let end = this.text.indexOf('"', start + 1);
    while (this.isEscaped(end)) end = this.text.indexOf('"', end + 1);
    this.offset = end + 1;
    const raw = this.text.slice(start + 1, end);
    const value: unknown = raw.includes('\\') ? JSON.parse(`"${raw}"`) : raw;
    if (typeof value !== 'string' || !value.isWellFormed()) throw new DocumentRefused('a lone surrogate');
    return value;
  }

  /** Whether an odd number of backslashes stands before. */
  private isEscaped(offset: number): boolean {
    let first = offset;
    while (this.text[first - 1] === '\\') first--;
    return (offset - first) % 2 === 1;
  }

  /** CUE reads a negative number as an operation: it is known later than a number. */
  private number(): Expression {
    if (this.text[this.offset] === '-') {
      this.offset++;
      return { tag: 'unary', op: '-', x: this.number(), at: undefined };
    }
    const start = this.offset;
    while ('+-.eE0123456789'.includes(this.text[this.offset] ?? 'x')) this.offset++;
    const read = this.decimal(this.text.slice(start, this.offset));
    if (read === undefined) throw this.limit('a number is too large');
    return { tag: 'number', kind: read.int ? INT_KIND : FLOAT_KIND, value: read.value };
  }

  private decimal(text: string): ReturnType<typeof readJsonNumber> {
    try {
      return readJsonNumber(text);
    } catch (thrown) {
      if (thrown instanceof DecimalError) throw this.limit(`a number is too large: ${thrown.message}`);
      throw thrown;
    }
  }
}

const FEW = 12;

function repeatsLabel(declarations: readonly FieldDeclaration[]): boolean {
  if (declarations.length > FEW)
    return new Set(declarations.map(({ label }) => label)).size < declarations.length;
  return declarations.some(({ label }, index) => {
    for (let i = 0; i < index; i++) if (declarations[i]?.label === label) return true;
    return false;
  });
}
