/** What a policy's author has to know about a policy that cannot be evaluated. */

import type { SourceFile } from './ast.ts';

/**
 * - `CUE_SYNTAX`: CUE refuses the text itself;
 * - `CUE_COMPILE`: CUE refuses what the text says (an unknown reference, an unused import);
 * - `CUE_UNSUPPORTED`: CUE accepts it, this engine does not evaluate it;
 * - `CUE_LIMIT`: it is deeper or larger than this engine reads.
 */
export type CueErrorCode = 'CUE_SYNTAX' | 'CUE_COMPILE' | 'CUE_UNSUPPORTED' | 'CUE_LIMIT';

/** `offset` is in UTF-16 units of the file's text; `position` turns it into a line and a column. */
export class CueError extends Error {
  readonly code: CueErrorCode;
  readonly file: SourceFile;
  readonly offset: number;

  constructor(code: CueErrorCode, message: string, file: SourceFile, offset: number) {
    super(message);
    this.name = 'CueError';
    this.code = code;
    this.file = file;
    this.offset = offset;
  }
}
