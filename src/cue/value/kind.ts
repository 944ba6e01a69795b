/** Sets of CUE's basic types as bits (CUE language specification, "Types"). */

export type Kind = number;

export const BOTTOM_KIND = 0;
export const NULL_KIND = 1;
export const BOOL_KIND = 2;
export const INT_KIND = 4;
export const FLOAT_KIND = 8;
export const STRING_KIND = 16;
export const BYTES_KIND = 32;
export const FUNC_KIND = 64;
export const LIST_KIND = 128;
export const STRUCT_KIND = 256;

export const NUMBER_KIND = INT_KIND | FLOAT_KIND;
export const TOP_KIND = 511;

const NAMES: readonly (readonly [Kind, string])[] = [
  [NULL_KIND, 'null'],
  [BOOL_KIND, 'bool'],
  [INT_KIND, 'int'],
  [FLOAT_KIND, 'float'],
  [STRING_KIND, 'string'],
  [BYTES_KIND, 'bytes'],
  [FUNC_KIND, 'func'],
  [LIST_KIND, 'list'],
  [STRUCT_KIND, 'struct'],
];

/** `int`, `number`, `(string|bytes)`, `_`, `_|_`: as CUE writes a set of types. */
export const kindName = (kind: Kind): string => {
  if (kind === TOP_KIND) return '_';
  if (kind === BOTTOM_KIND) return '_|_';
  const names: string[] = [];
  if ((kind & NUMBER_KIND) === NUMBER_KIND) names.push('number');
  for (const [bit, name] of NAMES) {
    if ((kind & bit) === 0) continue;
    if ((bit & NUMBER_KIND) !== 0 && (kind & NUMBER_KIND) === NUMBER_KIND) continue;
    names.push(name);
  }
  return names.length === 1 ? (names[0] ?? '_|_') : `(${names.join('|')})`;
};
