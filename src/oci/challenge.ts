/** One challenge of a `WWW-Authenticate` header. */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const LONGEST = 8192;
const TOKEN = /[!#$%&'*+.^_`|~\w-]+/y;
const SPACE = /[ \t]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;

/**
 * The challenges of a `WWW-Authenticate` header, several of which may stand in one. Reads as far as the header
 * keeps to the grammar.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-11.3
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  if (header.length > LONGEST) return challenges;
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(header);
    if (match === null) return undefined;
    at = pattern.lastIndex;
    return match[1] ?? match[0];
  };
  while (at < header.length) {
    take(SPACE);
    while (header[at] === ',') {
      at++;
      take(SPACE);
    }
    const word = take(TOKEN);
    if (word === undefined) break;
    take(SPACE);
    if (header[at] !== '=') {
      challenges.push({ scheme: word.toLowerCase(), parameters: new Map() });
      continue;
    }
    at++;
    take(SPACE);
    const isQuoted = header[at] === '"';
    const value = take(isQuoted ? QUOTED : TOKEN);
    const current = challenges.at(-1);
    if (value === undefined || current === undefined || current.parameters.has(word.toLowerCase())) break;
    current.parameters.set(word.toLowerCase(), isQuoted ? value.replaceAll(/\\(.)/g, '$1') : value);
  }
  return challenges;
}
