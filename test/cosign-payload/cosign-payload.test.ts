import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isObject, member, type JsonValue } from '#core/json/value';
import { digestOf, ours, type Question } from './answer.ts';
import { generated } from './generate.ts';
import { ask, oracleProgram } from './oracle.ts';
import { recordedDigests, recordedQuestions } from './recorded.ts';
import { types } from './written-cases.ts';

const show = ({ type, statement }: Question): string => `${type} ${statement.toString()}`;

/** Questions that are answered otherwise than they should be. */
function wrong(questions: readonly Question[], right: readonly string[], form = ours): readonly string[] {
  expect(right).toHaveLength(questions.length);
  return questions
    .filter((question, index) => form(question) !== right[index])
    .slice(0, 5)
    .map((question) => `${show(question)}\n  ours: ${ours(question)}`);
}

describe('what cosign gives its policies to look at', () => {
  test('is what cosign was recorded to give', () => {
    expect(wrong(recordedQuestions, recordedDigests(), (question) => digestOf(ours(question)))).toEqual([]);
  });

  test('documents, other types and refusals are all among the answers', () => {
    const kinds = new Map<string, number>();
    for (const question of recordedQuestions) {
      const [kind = ''] = ours(question).split(' ');
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    expect([...kinds.keys()].sort()).toEqual(['document', 'other-type', 'refused']);
    for (const count of kinds.values()) expect(count).toBeGreaterThan(100);
  });
});

const vectors = join(import.meta.dirname, '../../../shared/vectors');

/** Statements of envelopes and bundles that others have made. */
function realStatements(): readonly Buffer[] {
  const files = globSync('**/*.{jsonl,json,sigstore,statement.json}', { cwd: vectors });
  const found = new Map<string, Buffer>();
  for (const file of files) {
    for (const line of readFileSync(join(vectors, file), 'utf8').split('\n')) {
      const payload = payloadOf(line);
      if (payload !== undefined) found.set(payload.toString('latin1'), payload);
    }
  }
  return [...found.values()];
}

function payloadOf(line: string): Buffer | undefined {
  let value: JsonValue;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const envelope = member(value, 'dsseEnvelope') ?? value;
  const payload = isObject(envelope) ? member(envelope, 'payload') : undefined;
  return typeof payload === 'string' ? Buffer.from(payload, 'base64') : undefined;
}

describe.skipIf(oracleProgram === '')('cosign itself (skipped where it is not built, see .ci/run)', () => {
  test('answers as it did', () => {
    expect(wrong(recordedQuestions, ask(recordedQuestions))).toEqual([]);
  });

  test('answers as we do on what is newly generated', () => {
    const questions = Array.from({ length: 3000 }, (_, index) => generated(1_000_000 + index));
    expect(wrong(questions, ask(questions))).toEqual([]);
  });

  test.skipIf(!existsSync(vectors))(
    'answers as we do on statements that others have made (skipped where ../shared is absent)',
    () => {
      const questions = realStatements().flatMap((statement) =>
        types.map((type): Question => ({ type, statement })),
      );
      expect(questions.length).toBeGreaterThan(200);
      expect(wrong(questions, ask(questions))).toEqual([]);
    },
  );
});
