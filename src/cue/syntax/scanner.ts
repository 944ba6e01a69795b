/** Tokens of a CUE text; a comma is implied where a line ends after an operand (specification, "Commas"). */

import type { SourceFile } from './ast.ts';
import { CueError } from './cue-error.ts';
import { isDigit, isIdentifierPart, isLetter, isWord } from './characters.ts';
import { scanNumber } from './scan-number.ts';
import { type Quote, openQuote, scanStringBody } from './scan-string.ts';
import { type TokenKind, keyword } from './token.ts';

const BYTE_ORDER_MARK = 0xfeff;

export class Scanner {
  readonly source: SourceFile;
  readonly text: string;
  /** The end of the current token, where the next is sought. */
  offset = 0;
  /** The current token: its first offset, and what it is. */
  start = 0;
  kind: TokenKind = 'illegal token';
  /** The current token is a comma that is not in the text. */
  implied = false;
  /** A comment stands between the current token and the one before it. */
  afterComment = false;
  private commaAtLineEnd = false;
  private readonly quotes: Quote[] = [];

  /** @throws CUE_SYNTAX if the text holds what no token may: NUL, or a byte order mark after its start. */
  constructor(source: SourceFile) {
    this.source = source;
    this.text = source.text;
    const nul = this.text.indexOf('\0');
    if (nul !== -1) this.refuse('illegal character NUL', nul);
    const mark = this.text.indexOf('\ufeff', 1);
    if (mark !== -1) this.refuse('illegal byte order mark', mark);
    if (this.code(0) === BYTE_ORDER_MARK) this.offset = 1;
  }

  /** The UTF-16 unit at `offset`, -1 at the end. */
  code(offset: number): number {
    return offset < this.text.length ? this.text.charCodeAt(offset) : -1;
  }

  /** @throws CUE_SYNTAX */
  refuse(message: string, offset: number): never {
    throw new CueError('CUE_SYNTAX', message, this.source, offset);
  }

  /** The text of the current token. */
  lexeme(): string {
    return this.text.slice(this.start, this.offset);
  }

  /** Reads the next token into `kind`, `start`, `offset` and `implied`. */
  scan(): void {
    this.implied = false;
    this.afterComment = false;
    for (;;) {
      this.skipSpace();
      if (this.code(this.offset) !== 0x2f || this.code(this.offset + 1) !== 0x2f) break;
      if (this.commaAtLineEnd) return this.imply(this.offset);
      const end = this.text.indexOf('\n', this.offset);
      this.offset = end === -1 ? this.text.length : end;
      this.afterComment = true;
    }
    this.start = this.offset;
    const code = this.code(this.offset);
    if (code === 0x0a) return this.lineEnd();
    if (code === -1 && this.commaAtLineEnd) return this.imply(this.offset);
    this.kind = this.token(code);
    this.commaAtLineEnd = endsOperand(this.kind);
  }

  /**
   * Goes on with a literal after the `)` of an expression in it, which is the current token: true if another
   * expression follows. The segment, with that `)` but without the next `(`, is the current lexeme.
   */
  resume(): boolean {
    const quote = this.quotes.pop();
    if (quote === undefined) throw new RangeError('no literal to resume');
    this.start = this.offset - 1;
    return this.stringBody(quote, this.start);
  }

  private skipSpace(): void {
    const { text, commaAtLineEnd } = this;
    let at = this.offset;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === 0x0a ? commaAtLineEnd : code !== 0x20 && code !== 0x09 && code !== 0x0d) break;
    }
    this.offset = at;
  }

  private imply(start: number): void {
    this.commaAtLineEnd = false;
    this.start = start;
    this.kind = ',';
    this.implied = true;
  }

  /** As in JSON a line may begin with the comma or the colon that belongs to the line before it. */
  private lineEnd(): void {
    const start = this.offset;
    this.commaAtLineEnd = false;
    this.skipSpace();
    const code = this.code(this.offset);
    if (code === 0x2c || code === 0x3a) return this.scan();
    this.imply(start);
  }

  private token(code: number): TokenKind {
    if (code >= 0x30 && code <= 0x39) return scanNumber(this, false);
    if (code === 0x5f) return this.underscore();
    if (code === 0x23) return this.hash();
    if (code < 0x80 ? isWord(code) : isLetter(this.text.codePointAt(this.offset) ?? code)) return this.name();
    if (code === 0x22 || code === 0x27) return this.string(0);
    if (code === 0x40) return this.attribute();
    return this.operator(code);
  }

  private name(): TokenKind {
    this.identifierParts();
    return keyword(this.lexeme()) ?? 'identifier';
  }

  private identifierParts(): void {
    const { text } = this;
    let at = this.offset;
    for (;;) {
      let code = text.charCodeAt(at);
      if (code < 0x80) {
        if (!isWord(code)) break;
        at += 1;
        continue;
      }
      code = text.codePointAt(at) ?? 0;
      if (!isIdentifierPart(code)) break;
      at += code > 0xffff ? 2 : 1;
    }
    this.offset = at;
  }

  /** The part of a definition's name after its `#`: a digit may not follow it. */
  private definitionName(): void {
    this.offset += 1;
    if (!isDigit(this.text.codePointAt(this.offset) ?? -1)) this.identifierParts();
  }

  private underscore(): TokenKind {
    this.offset += 1;
    if (this.code(this.offset) === 0x7c) {
      this.offset += 1;
      if (this.code(this.offset) !== 0x5f) this.refuse('illegal token "_|", "_|_" expected', this.start);
      this.offset += 1;
      return '_|_';
    }
    if (this.code(this.offset) === 0x5f) this.offset += 1;
    if (this.code(this.offset) === 0x23) this.definitionName();
    else this.identifierParts();
    return 'identifier';
  }

  /** `#` begins the name of a definition, is one itself, or opens a raw literal. */
  private hash(): TokenKind {
    let hashes = 1;
    while (this.code(this.start + hashes) === 0x23) hashes += 1;
    const next = this.code(this.start + hashes);
    if (next === 0x22 || next === 0x27) {
      this.offset += hashes;
      return this.string(hashes);
    }
    if (hashes > 1) {
      this.offset += hashes;
      return 'illegal token';
    }
    this.definitionName();
    return 'identifier';
  }

  private string(hashes: number): TokenKind {
    const quote = openQuote(this, hashes);
    if (quote === 'empty') return 'string';
    return this.stringBody(quote, this.start) ? 'interpolation' : 'string';
  }

  /** True if an expression follows: the segment ends with its `(`, which is the next token too. */
  private stringBody(quote: Quote, start: number): boolean {
    const interpolation = scanStringBody(this, quote, start);
    if (interpolation) this.quotes.push(quote);
    this.commaAtLineEnd = true;
    return interpolation;
  }

  /** `@name(tokens)`: any tokens whose brackets match. */
  private attribute(): TokenKind {
    const start = this.start;
    this.offset += 1;
    this.identifierParts();
    this.scan();
    if (this.kind !== '(' || this.afterComment) this.refuse('invalid attribute, "(" expected', this.start);
    const open: TokenKind[] = [')'];
    for (let close = open.at(-1); close !== undefined; close = open.at(-1)) {
      this.scan();
      if (this.kind === close) open.pop();
      else this.insideAttribute(open);
    }
    this.start = start;
    this.implied = false;
    return 'attribute';
  }

  private insideAttribute(open: TokenKind[]): void {
    const kind: string = this.kind;
    switch (kind) {
      case '(':
        open.push(')');
        return;
      case '[':
        open.push(']');
        return;
      case '{':
        open.push('}');
        return;
      case 'end of file':
      case 'interpolation':
      case ')':
      case ']':
      case '}':
        this.refuse(`${kind} not allowed in an attribute`, this.start);
    }
  }

  private followedBy(code: number): boolean {
    if (this.code(this.offset) !== code) return false;
    this.offset += 1;
    return true;
  }

  private operator(code: number): TokenKind {
    if (code === -1) return 'end of file';
    this.offset += 1;
    switch (code) {
      case 0x2e:
        return this.period();
      case 0x3c:
        if (this.followedBy(0x2d)) return '<-';
        return this.followedBy(0x3d) ? '<=' : '<';
      case 0x3e:
        return this.followedBy(0x3d) ? '>=' : '>';
      case 0x3d:
        if (this.followedBy(0x7e)) return '=~';
        return this.followedBy(0x3d) ? '==' : '=';
      case 0x21:
        if (this.followedBy(0x7e)) return '!~';
        return this.followedBy(0x3d) ? '!=' : '!';
      case 0x26:
        return this.followedBy(0x26) ? '&&' : '&';
      case 0x7c:
        return this.followedBy(0x7c) ? '||' : '|';
    }
    const kind = single.get(code);
    if (kind === undefined) this.refuse('illegal character', this.start);
    return kind;
  }

  private period(): TokenKind {
    const next = this.code(this.offset);
    if (next >= 0x30 && next <= 0x39) return scanNumber(this, true);
    if (next !== 0x2e) return '.';
    if (this.code(this.offset + 1) !== 0x2e) this.refuse('illegal token ".."', this.start);
    this.offset += 2;
    return '...';
  }
}

const single: ReadonlyMap<number, TokenKind> = new Map(
  ([',', ':', ';', '?', '~', '(', ')', '[', ']', '{', '}', '+', '-', '*', '/'] as const).map((kind) => [
    kind.charCodeAt(0),
    kind,
  ]),
);

/** Whether the end of the line after it implies a comma. */
function endsOperand(kind: string): boolean {
  switch (kind) {
    case 'identifier':
    case 'int':
    case 'float':
    case 'string':
    case 'interpolation':
    case 'attribute':
    case '_|_':
    case ')':
    case ']':
    case '}':
    case ';':
    case '?':
    case '...':
      return true;
    default:
      return keyword(kind) !== undefined;
  }
}
