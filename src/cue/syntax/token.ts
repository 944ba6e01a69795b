/** Tokens: an operator, a delimiter and a keyword are named by their own text. */

const keywords = [
  'if',
  'else',
  'for',
  'in',
  'let',
  'try',
  'fallback',
  'otherwise',
  'func',
  'true',
  'false',
  'null',
] as const;

export type Keyword = (typeof keywords)[number];

/** A comma stands in the text or is implied by the end of a line (`Scanner.implied`). */
export type TokenKind =
  | Keyword
  | 'end of file'
  | 'illegal token'
  | 'attribute'
  | 'identifier'
  | 'int'
  | 'float'
  | 'string'
  | 'interpolation'
  | '_|_'
  | '+'
  | '-'
  | '*'
  | '/'
  | '&'
  | '|'
  | '&&'
  | '||'
  | '='
  | '=='
  | '<'
  | '>'
  | '!'
  | '<-'
  | '!='
  | '<='
  | '>='
  | '=~'
  | '!~'
  | '('
  | '['
  | '{'
  | ','
  | '.'
  | '...'
  | ')'
  | ']'
  | '}'
  | ';'
  | ':'
  | '?'
  | '~';

const keywordByText: ReadonlyMap<string, Keyword> = new Map(keywords.map((word) => [word, word]));

/** The keyword an identifier's text is, if any. */
export function keyword(text: string): Keyword | undefined {
  return keywordByText.get(text);
}
