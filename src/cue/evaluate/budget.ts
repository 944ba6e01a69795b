import { CueError } from '../syntax/cue-error.ts';
import type { CueLimits } from '../limits.ts';
import type { SourceFile } from '../syntax/ast.ts';

/** What one evaluation may still use. */
export class Budget {
  private steps: number;
  private nesting = 0;
  private readonly deepest: number;
  private readonly file: SourceFile;

  constructor(limits: CueLimits, file: SourceFile) {
    this.steps = limits.steps;
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

  private exceeded(message: string): CueError {
    return new CueError('CUE_LIMIT', message, this.file, 0);
  }
}
