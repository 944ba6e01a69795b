import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Question } from './answer.ts';
import { generated } from './generate.ts';
import { byteCases, writtenCases } from './written-cases.ts';

/** Digests of cosign's answers, a line a question. */
export const recordedFile = join(import.meta.dirname, 'recorded.txt');

const GENERATED = 2000;

export const recordedQuestions: readonly Question[] = [
  ...writtenCases,
  ...byteCases,
  ...Array.from({ length: GENERATED }, (_, seed) => generated(seed)),
];

export function recordedDigests(): readonly string[] {
  return readFileSync(recordedFile, 'utf8').trim().split('\n');
}
