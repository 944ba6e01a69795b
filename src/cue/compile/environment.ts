/** What the compiler has to know of the packages and functions that the evaluator offers. */

import type { FunctionValue } from '../value/value.ts';

export type Environment = {
  /** `len`, `close`, `and`, ...; undefined for one that CUE has and the evaluator has not. */
  readonly predeclared: (name: string) => FunctionValue | undefined;
  /** `known`: CUE has the package, the evaluator has not. */
  readonly hasPackage: (path: string) => 'supported' | 'known' | 'unknown';
  /** `absent`: not even CUE has it; the reference fails when it is evaluated. */
  readonly member: (path: string, name: string) => 'supported' | 'unsupported' | 'absent';
};
