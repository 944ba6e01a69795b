const TOKEN =
  /\s+|\/\/.*|#*"""[\s\S]*?"""#*|#*"(?:\\.|[^"\\\n])*"#*|'(?:\\.|[^'\\\n])*'|_\|_|[#_$\p{L}][\w#$\p{L}]*|[\d.]*\d[\w.]*|\.\.\.|=~|!~|[=!<>]=|&&|\|\||[\s\S]/gu;

/** The tokens of a policy, roughly: white space and comments are tokens too. Joined they are the text again. */
export const tokensOf = (text: string): string[] => text.match(TOKEN) ?? [];

const closing: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };

/** Where the bracket that opens at a token is closed; -1 where none opens or nothing closes it. */
export function endOfGroup(tokens: readonly string[], start: number): number {
  const open = tokens[start] ?? '';
  const close = closing[open];
  if (close === undefined) return -1;
  let depth = 0;
  for (let at = start; at < tokens.length; at++) {
    if (tokens[at] === open) depth++;
    if (tokens[at] === close && --depth === 0) return at;
  }
  return -1;
}
