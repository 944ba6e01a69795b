/** How much one policy may use. */
export type CueLimits = {
  /** Units of work of one evaluation, about a tenth of a microsecond each; `COST` says what costs more than one. */
  readonly steps: number;
  /** Vertices within vertices under evaluation. */
  readonly depth: number;
};

/** A hostile policy ends within seconds. */
export const CUE_LIMITS: CueLimits = { steps: 4_000_000, depth: 400 };

/** A document may be large: each of its characters allows for so many steps more. */
export const STEPS_PER_CHARACTER = 20;

/** In steps, what takes time and memory. */
export const COST = {
  /** A vertex that is evaluated, or a value that a function is given. */
  vertex: 20,
  /** A vertex under evaluation, copied for a disjunct. */
  clone: 120,
  task: 5,
  conjunct: 4,
} as const;
