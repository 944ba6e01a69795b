import type { File } from '#core/cue/syntax/ast';
import { CueError, type CueErrorCode } from '#core/cue/syntax/cue-error';
import { parseFile } from '#core/cue/syntax/parse-file';

export function read(text: string): File {
  return parseFile({ name: 'p.cue', text });
}

/** What becomes of a text: 'accepted', or why it is refused. */
export function outcome(text: string): CueErrorCode | 'accepted' {
  try {
    read(text);
  } catch (error) {
    if (error instanceof CueError) return error.code;
    throw error;
  }
  return 'accepted';
}
