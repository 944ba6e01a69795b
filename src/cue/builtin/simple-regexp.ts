/**
 * The expressions that most policies write, as expressions of JavaScript: characters, classes, groups and anchors with
 * few choices, so that matching a short text by backtracking cannot take long. A repetition is no choice if what must
 * follow it is nothing that it repeats (`[0-9]+\.`), or if nothing follows; of others there is one at most. Whatever is
 * not surely the same in both is left to RE2.
 */

import { areDisjoint, CharacterSet } from './character-set.ts';

/** A longer text is left to RE2, and one with characters beyond the basic plane. */
const LONGEST = 1024;
const SURROGATE = /[\uD800-\uDFFF]/;

/** Whether a text may be matched with a simple expression. */
export const isSimpleText = (text: string): boolean => text.length <= LONGEST && !SURROGATE.test(text);

const MOST_REPEATED = 1000;
/** Ways through the alternatives and optional parts together. */
const MOST_WAYS = 16;
/** Characters that stand for themselves, beside those of \w; and those that do behind a backslash. */
const LITERAL = ` -/:@%&~#=<>!"',;\``;
const ESCAPED = `.-/+*?()[]{}|^$\\:@%&~#=<>!"',;`;
const CLASSES: ReadonlyMap<string, string> = new Map([
  ['d', '0-9'],
  ['w', '0-9A-Za-z_'],
]);

/** A part of a sequence, and what it says of the parts beside it. */
type Piece = {
  readonly source: string;
  /** What it surely begins with. */
  readonly first?: number | CharacterSet | undefined;
  /** What it repeats, as often as it likes. */
  readonly repeated?: number | CharacterSet | undefined;
  readonly isEnd?: true;
};

/** One character, or one of a set. */
type Atom = { readonly source: string; readonly set: number | CharacterSet };

class NotSimple extends Error {}

class Translator {
  private readonly text: string;
  private offset = 0;
  /** Repetitions that may end at several places. */
  private choices = 0;
  /** Repetitions that end where what follows them begins. */
  private settled = 0;
  private ways = 1;
  private isAnchored = false;

  constructor(text: string) {
    this.text = text;
  }

  translate(): string {
    const source = this.alternatives(true);
    if (this.offset < this.text.length || this.ways > MOST_WAYS) throw new NotSimple();
    if (this.choices > 1 || (this.choices === 1 && this.settled > 0 && !this.isAnchored))
      throw new NotSimple();
    return source;
  }

  private alternatives(outermost: boolean): string {
    const first = this.sequence(outermost);
    const others: string[] = [];
    while (this.take('|')) others.push(this.sequence(outermost));
    this.ways *= 1 + others.length;
    if (outermost) this.isAnchored = others.length === 0 && this.text.startsWith('^');
    return others.length === 0 ? first : `(?:${[first, ...others].join('|')})`;
  }

  private sequence(outermost: boolean): string {
    let source = '';
    let repeated: number | CharacterSet | undefined;
    for (let c = this.peek(); c !== undefined && c !== '|' && c !== ')'; c = this.peek()) {
      const piece = this.piece(c);
      source += piece.source;
      if (repeated !== undefined)
        this.settle(
          piece.isEnd === true || (piece.first !== undefined && areDisjoint(piece.first, repeated)),
        );
      ({ repeated } = piece);
    }
    if (source === '') throw new NotSimple();
    // Where the whole expression ends there is a match.
    if (repeated !== undefined) this.settle(outermost);
    return source;
  }

  private settle(isSettled: boolean): void {
    if (isSettled) this.settled++;
    else this.choices++;
  }

  private piece(c: string): Piece {
    if (c === '^' || c === '$') {
      this.offset++;
      return c === '$' ? { source: c, isEnd: true } : { source: c };
    }
    if (c !== '(') return this.repetition(this.atom(c));
    this.offset++;
    const inner = this.alternatives(false);
    if (!this.take(')')) throw new NotSimple();
    return this.repetition({ source: `(?:${inner})`, set: undefined });
  }

  private atom(c: string): Atom {
    this.offset++;
    if (c === '.') return { source: String.raw`[^\n]`, set: new CharacterSet().add(0x0a).invert() };
    if (c === '[') return this.characterClass();
    if (c !== '\\') return { source: literal(c), set: c.charCodeAt(0) };
    const next = this.next();
    const known = CLASSES.get(next);
    if (known !== undefined) return { source: `[${known}]`, set: addClass(new CharacterSet(), next) };
    return { source: escaped(next), set: next.charCodeAt(0) };
  }

  private characterClass(): Atom {
    const isNegated = this.take('^');
    const set = new CharacterSet();
    let source = '';
    while (!this.take(']')) {
      const low = this.member(set);
      source += low;
      if (this.peek() !== '-' || this.text[this.offset + 1] === ']') continue;
      this.offset++;
      const high = this.member(set);
      if (!(codeOf(low) <= codeOf(high))) throw new NotSimple();
      set.add(codeOf(low), codeOf(high));
      source += `-${high}`;
    }
    if (source === '') throw new NotSimple();
    return isNegated ? { source: `[^${source}]`, set: set.invert() } : { source: `[${source}]`, set };
  }

  private member(set: CharacterSet): string {
    const c = this.next();
    if (c !== '\\') {
      const source = c === '.' || c === '+' ? inHex(c) : literal(c);
      set.add(c.charCodeAt(0));
      return source;
    }
    const next = this.next();
    const known = CLASSES.get(next);
    if (known !== undefined) {
      addClass(set, next);
      return known;
    }
    const source = escaped(next);
    set.add(next.charCodeAt(0));
    return source;
  }

  /** What stands before, as often as it may come; a group only once or not at all. */
  private repetition({
    source,
    set,
  }: Pick<Piece, 'source'> & { readonly set: Atom['set'] | undefined }): Piece {
    if (!'?*+{'.includes(this.peek() ?? ' ')) return { source, first: set };
    const found = /^(?:[?*+]|\{(\d{1,4})(?:(,)(\d{1,4})?)?\})/.exec(this.text.slice(this.offset));
    if (found === null) return { source, first: set };
    const [whole, low = whole === '+' ? '1' : '0', comma, high] = found;
    this.offset += whole.length;
    const most = Number(high ?? low);
    if (most > MOST_REPEATED || Number(low) > most || (set === undefined && whole !== '?'))
      throw new NotSimple();
    const varies = comma !== undefined || !whole.startsWith('{');
    if (whole === '?') this.ways *= 2;
    if ('?*+{'.includes(this.peek() ?? ' ')) throw new NotSimple();
    return {
      source: source + whole,
      first: Number(low) > 0 ? set : undefined,
      repeated: varies && whole !== '?' ? set : undefined,
    };
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

function literal(c: string): string {
  if (isWord(c)) return c;
  if (!LITERAL.includes(c)) throw new NotSimple();
  return inHex(c);
}

function escaped(c: string): string {
  if (!ESCAPED.includes(c)) throw new NotSimple();
  return inHex(c);
}

const inHex = (c: string): string => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** Of \w; compared, for an expression takes longer to be made ready than most policies need it. */
const isWord = (c: string): boolean =>
  (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c === '_';

/** `set` with the characters of \d or \w. */
function addClass(set: CharacterSet, name: string): CharacterSet {
  set.add(0x30, 0x39);
  return name === 'd' ? set : set.add(0x41, 0x5a).add(0x61, 0x7a).add(0x5f);
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
