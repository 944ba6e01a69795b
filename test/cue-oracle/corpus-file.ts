import type { CueCase } from './case.ts';

/*
 * A file of the corpus:
 *
 *     # for people
 *     documents NAME       documents, a line each, to an empty line
 *     == a: int            a policy of one line
 *     === name             a policy of the lines to the first verdict; `-- file` starts its next file
 *     NAME PFFP            verdicts on the documents of that name, in order
 *     P {"a":1}            a verdict on one document
 *
 * Verdicts are P (pass), F (fail), - (none: cosign crashes or does not end) and ? (not recorded yet). What is no plain line of text, a document or a whole
 * policy, is written as `@` and a JSON string.
 */

/** A recorded case, and where its verdict stands in its file. */
export interface RecordedCase extends CueCase {
  readonly recorded: string;
  readonly line: number;
  readonly column: number;
}

const unquote = (text: string): string => (text.startsWith('@"') ? String(JSON.parse(text.slice(1))) : text);

/** @throws where the file is none of this form */
export function readCorpus(text: string): RecordedCase[] {
  const lines = text.split('\n');
  const sets = new Map<string, string[]>();
  const cases: RecordedCase[] = [];
  let set: string[] | undefined;
  let name = '';
  let policy: string[] | undefined;
  const add = (line: number, column: number, document: string): void => {
    if (policy === undefined) throw new Error(`line ${line + 1}: a verdict without a policy`);
    const policies = policy
      .join('\n')
      .split(/^-- file\n?/m)
      .map(unquote);
    const recorded = lines[line]?.[column] ?? '';
    cases.push({ name: `${name} | ${shorten(document)}`, policies, document, recorded, line, column });
  };
  let open = false;
  for (const [index, line] of lines.entries()) {
    const [word, rest] = split(line);
    const documents = sets.get(word);
    if (set !== undefined) {
      if (line === '') set = undefined;
      else set.push(unquote(line));
    } else if (word === 'documents' && !open) {
      set = [];
      sets.set(rest, set);
    } else if (word === '==' || word === '===') {
      name = rest;
      open = word === '===';
      policy = open ? [] : [rest];
    } else if (/^[PF?-]$/.test(word)) {
      open = false;
      add(index, 0, unquote(rest));
    } else if (documents !== undefined && /^[PF?-]+$/.test(rest)) {
      open = false;
      if (rest.length !== documents.length) throw new Error(`line ${index + 1}: not a verdict a document`);
      documents.forEach((document, at) => add(index, word.length + 1 + at, document));
    } else if (open) {
      policy?.push(line);
    } else if (line !== '' && !line.startsWith('#')) {
      throw new Error(`line ${index + 1}: not understood: ${line}`);
    }
  }
  return cases;
}

/** Gives each document of a set its own `?` where one stands for all: the form to write a case in. */
export function expandCorpus(text: string): string {
  const sizes = new Map<string, number>();
  let set = '';
  return text
    .split('\n')
    .map((line) => {
      if (set !== '' && line !== '') sizes.set(set, (sizes.get(set) ?? 0) + 1);
      if (line === '') set = '';
      const [word, rest] = split(line);
      if (word === 'documents') set = rest;
      return rest === '?' && sizes.has(word) ? `${word} ${'?'.repeat(sizes.get(word) ?? 0)}` : line;
    })
    .join('\n');
}

/** The same file with other verdicts, one for each of its cases. */
export function writeVerdicts(
  text: string,
  cases: readonly RecordedCase[],
  verdicts: readonly string[],
): string {
  const lines = text.split('\n');
  for (const [index, { line, column }] of cases.entries()) {
    const old = lines[line] ?? '';
    lines[line] = `${old.slice(0, column)}${verdicts[index]}${old.slice(column + 1)}`;
  }
  return lines.join('\n');
}

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

function split(line: string): [string, string] {
  const space = line.indexOf(' ');
  return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)];
}
