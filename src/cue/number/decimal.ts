/** Exact decimal numbers, as CUE's evaluator computes with them. */

/** `coefficient` times ten to the power of `exponent`; a product may be the zero with a minus sign. */
export type Decimal = {
  readonly coefficient: bigint;
  readonly exponent: number;
  readonly negativeZero?: true;
};
