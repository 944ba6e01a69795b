import { CueError } from '../syntax/cue-error.ts';
import type { CueLimits } from '../limits.ts';
import type { SourceFile } from '../syntax/ast.ts';

/** What one evaluation may still use. */
export class Budget {
  private steps: number;
  private nesting = 0;
  private readonly deepest: number;
  private readonly file: SourceFile;

  constructor(limits: CueLimits, file: SourceFile, more = 0) {
    this.steps = limits.steps + more;
    this.deepest = limits.depth;
    this.file = file;
  }

  /** @throws CUE_LIMIT */
  step(cost = 1): void {
    this.steps -= cost;
    if (this.steps < 0) throw this.exceeded('the evaluation takes too many steps');
  }

  /** @throws CUE_LIMIT */
  enter(): void {
    if (++this.nesting > this.deepest) throw this.exceeded('the evaluation nests too deep');
  }

  leave(): void {
    this.nesting--;
  }

  /** What CUE v0.16.1 itself does not survive: its evaluator faults, and cosign with it. */
  fault(): CueError {
    return new CueError('CUE_UNSUPPORTED', 'CUE v0.16.1 faults on this policy', this.file, 0);
  }

  /** What depends on which of a struct's fields CUE takes first while they are not all there yet. */
  unordered(): CueError {
    const message = 'the verdict depends on the order in which CUE takes fields that are not evaluated yet';
    return new CueError('CUE_UNSUPPORTED', message, this.file, 0);
  }

  /** CUE v0.16.1 changes the marker of a cycle that all evaluations of a process share: from then on any cycle fails. */
  marred(): CueError {
    const message = 'CUE v0.16.1 mistakes cycles for errors after an error like the one in this policy';
    return new CueError('CUE_UNSUPPORTED', message, this.file, 0);
  }

  private exceeded(message: string): CueError {
    return new CueError('CUE_LIMIT', message, this.file, 0);
  }
}
