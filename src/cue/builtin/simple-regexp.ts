/**
 * The expressions that most policies write, as expressions of JavaScript: characters, classes, groups and anchors with
 * one repetition at most and few choices, so that matching a short text by backtracking cannot take long. Whatever is
 * not surely the same in both is left to RE2.
 */

/** A longer text is left to RE2, and one with characters beyond the basic plane. */
const LONGEST = 1024;
const SURROGATE = /[\uD800-\uDFFF]/;

/** Whether a text may be matched with a simple expression. */
export const isSimpleText = (text: string): boolean => text.length <= LONGEST && !SURROGATE.test(text);

const MOST_REPEATED = 1000;
/** Ways through the alternatives and optional parts together. */
const MOST_WAYS = 16;
const LITERAL = /[\w \-/:@%&~#=<>!"',;`]/;
const ESCAPED = /[.\-/+*?()[\]{}|^$\\:@%&~#=<>!"',;]/;
const CLASSES: ReadonlyMap<string, string> = new Map([
  ['d', '0-9'],
  ['w', '0-9A-Za-z_'],
]);

class NotSimple extends Error {}

class Translator {
  private readonly text: string;
  private offset = 0;
  private repetitions = 0;
  private ways = 1;

  constructor(text: string) {
    this.text = text;
  }

  translate(): string {
    const source = this.alternatives();
    if (this.offset < this.text.length || this.repetitions > 1 || this.ways > MOST_WAYS)
      throw new NotSimple();
    return source;
  }

  private alternatives(): string {
    const first = this.sequence();
    const others: string[] = [];
    while (this.take('|')) others.push(this.sequence());
    this.ways *= 1 + others.length;
    return others.length === 0 ? first : `(?:${[first, ...others].join('|')})`;
  }

  private sequence(): string {
    let source = '';
    for (let c = this.peek(); c !== undefined && c !== '|' && c !== ')'; c = this.peek())
      source += this.piece(c);
    if (source === '') throw new NotSimple();
    return source;
  }

  private piece(c: string): string {
    if (c === '^' || c === '$') {
      this.offset++;
      return c;
    }
    if (c !== '(') return this.atom(c) + this.repetition(true);
    this.offset++;
    const inner = this.alternatives();
    if (!this.take(')')) throw new NotSimple();
    return `(?:${inner})${this.repetition(false)}`;
  }

  private atom(c: string): string {
    this.offset++;
    if (c === '.') return String.raw`[^\n]`;
    if (c === '[') return this.characterClass();
    if (c !== '\\') return literal(c, LITERAL);
    const next = this.next();
    const known = CLASSES.get(next);
    return known === undefined ? literal(next, ESCAPED) : `[${known}]`;
  }

  private characterClass(): string {
    let source = this.take('^') ? '[^' : '[';
    const start = source.length;
    while (!this.take(']')) {
      const low = this.member();
      source += low;
      if (this.peek() !== '-' || this.text[this.offset + 1] === ']') continue;
      this.offset++;
      const high = this.member();
      if (!(codeOf(low) <= codeOf(high))) throw new NotSimple();
      source += `-${high}`;
    }
    if (source.length === start) throw new NotSimple();
    return `${source}]`;
  }

  private member(): string {
    const c = this.next();
    if (c !== '\\') return literal(c, c === '-' || c === '.' || c === '+' || c === '_' ? /./ : LITERAL);
    const next = this.next();
    return CLASSES.get(next) ?? literal(next, ESCAPED);
  }

  /** How often what stands before may come; a group only once or not at all. */
  private repetition(single: boolean): string {
    const found = /^(?:[?*+]|\{(\d{1,4})(?:(,)(\d{1,4})?)?\})/.exec(this.text.slice(this.offset));
    if (found === null) return '';
    const [whole, low = '0', comma, high] = found;
    this.offset += whole.length;
    const most = Number(high ?? low);
    if (most > MOST_REPEATED || Number(low) > most || (!single && whole !== '?')) throw new NotSimple();
    if (whole === '?') this.ways *= 2;
    else if (comma !== undefined || !whole.startsWith('{')) this.repetitions++;
    if (/[?*+{]/.test(this.peek() ?? '')) throw new NotSimple();
    return whole;
  }

  private peek(): string | undefined {
    return this.text[this.offset];
  }

  private next(): string {
    const c = this.text[this.offset++];
    if (c === undefined) throw new NotSimple();
    return c;
  }

  private take(c: string): boolean {
    if (this.peek() !== c) return false;
    this.offset++;
    return true;
  }
}

function literal(c: string, allowed: RegExp): string {
  if (!allowed.test(c)) throw new NotSimple();
  return /\w/.test(c) ? c : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** Of a class within a class NaN: it begins and ends no range. */
const codeOf = (source: string): number => {
  if (source.length === 1) return source.charCodeAt(0);
  return source.startsWith('\\x') ? Number.parseInt(source.slice(2), 16) : Number.NaN;
};

/** The expression in JavaScript, for simple texts; undefined where it is not simple. */
export function simpleRegexp(expression: string): RegExp | undefined {
  try {
    return new RegExp(new Translator(expression).translate());
  } catch (thrown) {
    if (thrown instanceof NotSimple) return undefined;
    throw thrown;
  }
}
