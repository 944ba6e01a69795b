/** How much one policy may use. */
export type CueLimits = {
  /** Units of work of one evaluation: tasks, conjuncts, comparisons, and what builtin functions handle. */
  readonly steps: number;
  /** Vertices within vertices under evaluation. */
  readonly depth: number;
};

/** Ample for policies over documents of some MiB; a hostile policy ends within seconds. */
export const CUE_LIMITS: CueLimits = { steps: 20_000_000, depth: 400 };
