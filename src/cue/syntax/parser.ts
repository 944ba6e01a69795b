/** The tokens of one file as the productions consume them, and what all productions share. */

import type { Attribute, Comprehension, Ident, ListLit, SourceFile, StructLit } from './ast.ts';
import { CueError } from './cue-error.ts';
import { Scanner } from './scanner.ts';
import type { TokenKind } from './token.ts';

/** Expressions, structs and fields within each other, and the links of a chain of operators or selectors. */
export const MAX_DEPTH = 1000;

type Token = {
  readonly kind: TokenKind;
  readonly offset: number;
  readonly end: number;
  /** A comma that the end of a line implies. */
  readonly implied: boolean;
  readonly afterComment: boolean;
};

/** The productions that stand above expressions, for the expressions they stand in. */
export type Productions = {
  readonly struct: (parser: Parser) => StructLit;
  /** A comprehension, or the word `for` or `if` as a name. */
  readonly comprehension: (parser: Parser) => Comprehension | Ident;
};

export class Parser {
  readonly source: SourceFile;
  readonly scanner: Scanner;
  readonly productions: Productions;
  /** Every attribute of the file. */
  readonly attributes: Attribute[] = [];
  /** The X of lists with an element `X=value`, which only a pattern may have. */
  readonly aliased = new Map<ListLit, Ident>();
  /** The current token: what it is, and where it begins. */
  kind: TokenKind = 'illegal token';
  offset = 0;
  /** Whether the end of a line implies it. */
  implied = false;
  private end = 0;
  private lookahead: Token | undefined;
  private depth = 0;

  constructor(source: SourceFile, productions: Productions) {
    this.source = source;
    this.productions = productions;
    this.scanner = new Scanner(source);
    this.advance();
  }

  at(kind: TokenKind): boolean {
    return this.kind === kind;
  }

  lexeme(): string {
    return this.source.text.slice(this.offset, this.end);
  }

  advance(): void {
    const { kind, offset, end, implied } = this.lookahead ?? this.scan();
    this.lookahead = undefined;
    this.kind = kind;
    this.offset = offset;
    this.end = end;
    this.implied = implied;
  }

  /** The token after the current one. */
  peek(): Token {
    this.lookahead ??= this.scan();
    return this.lookahead;
  }

  private scan(): Token {
    const { scanner } = this;
    scanner.scan();
    const { kind, start, offset, implied, afterComment } = scanner;
    return { kind, offset: start, end: offset, implied, afterComment };
  }

  /** @throws CUE_SYNTAX */
  refuse(message: string, offset = this.offset): never {
    throw new CueError('CUE_SYNTAX', message, this.source, offset);
  }

  /** @throws CUE_SYNTAX */
  expected(what: string): never {
    this.refuse(`${what} expected, found ${this.implied ? 'newline' : JSON.stringify(this.kind)}`);
  }

  /** @throws CUE_UNSUPPORTED */
  unsupported(what: string, offset: number): never {
    throw new CueError('CUE_UNSUPPORTED', `${what} is not supported`, this.source, offset);
  }

  expect(kind: TokenKind): void {
    if (this.kind !== kind) this.expected(JSON.stringify(kind));
    this.advance();
  }

  /** @throws CUE_LIMIT */
  limit(message: string): never {
    throw new CueError('CUE_LIMIT', message, this.source, this.offset);
  }

  /** The comma after an element or a declaration; none is needed before `close`. */
  separator(close: TokenKind, orEnd: TokenKind = close): void {
    if (this.kind === ',') this.advance();
    else if (this.kind !== close && this.kind !== orEnd) this.expected('","');
  }

  identifier(): Ident {
    if (this.kind !== 'identifier') this.expected('identifier');
    return this.word();
  }

  /** The current token as a name, a keyword too. */
  word(): Ident {
    const ident: Ident = { kind: 'ident', name: this.lexeme(), offset: this.offset };
    this.advance();
    return ident;
  }

  /** An identifier which is declared here. */
  declared(): Ident {
    return this.declares(this.identifier());
  }

  declares(ident: Ident): Ident {
    if (ident.name.startsWith('__'))
      this.refuse('identifiers that begin with "__" are reserved', ident.offset);
    return ident;
  }

  attribute(): Attribute {
    const text = this.lexeme();
    const open = text.indexOf('(');
    const attribute: Attribute = {
      kind: 'attribute',
      name: text.slice(1, open),
      body: text.slice(open + 1, -1),
      offset: this.offset,
    };
    this.attributes.push(attribute);
    this.advance();
    return attribute;
  }

  /** Goes `levels` deeper. @throws CUE_LIMIT */
  enter(levels = 1): void {
    this.depth += levels;
    if (this.depth > MAX_DEPTH) this.limit(`nested deeper than ${MAX_DEPTH}`);
  }

  leave(levels = 1): void {
    this.depth -= levels;
  }
}
