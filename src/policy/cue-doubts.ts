import type { CueFinding } from '#core/cue/lint/finding';
import { lintCue } from '#core/cue/lint/lint';
import type { Position } from '#core/errors/reason';
import { lineAndColumn } from '#core/json/parse';
import type { CueSource } from './document.ts';

/** What in a policy may mean something else than its author thinks. */
export interface CueDoubt extends Pick<CueFinding, 'rule' | 'level' | 'message' | 'hint'> {
  readonly at: Position;
}

/** @param files what has been compiled before */
export const cueDoubts = (files: readonly CueSource[]): readonly CueDoubt[] =>
  lintCue(files).map(({ at: { file, offset }, ...finding }) => ({
    ...finding,
    at: { file: file.name, ...lineAndColumn(file.text, offset) },
  }));
