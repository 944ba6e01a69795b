/** How the compiler says no. */

import type { SourceFile } from '../syntax/ast.ts';
import { CueError } from '../syntax/cue-error.ts';

/** CUE refuses the policy: CUE_COMPILE. */
export const refuse = (file: SourceFile, offset: number, message: string): never => {
  throw new CueError('CUE_COMPILE', message, file, offset);
};

/** CUE accepts it, this engine does not evaluate it: CUE_UNSUPPORTED. */
export const unsupported = (file: SourceFile, offset: number, what: string): never => {
  throw new CueError('CUE_UNSUPPORTED', `${what} is unsupported`, file, offset);
};

/** A name from a policy, quoted and cut for a message. */
export const quoted = (name: string): string => {
  const text = JSON.stringify(name);
  return text.length > 80 ? `${text.slice(0, 76)}..."` : text;
};
