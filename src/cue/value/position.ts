import type { SourceFile } from '../syntax/ast.ts';

/** Where something stands in a policy file; `offset` in UTF-16 units. */
export type Position = { readonly file: SourceFile; readonly offset: number };
