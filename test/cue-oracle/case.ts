/** What is asked of either evaluator: the files of one policy, and the text of a document. */
export interface CueCase {
  readonly name: string;
  readonly policies: readonly string[];
  readonly document: string;
}

/** The lines of a stream of UTF-8: ended by line feeds alone, as JSON lines are. */
export async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of input) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** Reads one JSON line, or answers undefined where it is no case. */
export function readCase(line: string): CueCase | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, policies, document } = value as Record<string, unknown>;
  if (!isText(name) || !isText(document)) return undefined;
  return Array.isArray(policies) && policies.every(isText) ? { name, policies, document } : undefined;
}
