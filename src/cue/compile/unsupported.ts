/** What CUE v0.16.1 accepts and this engine does not evaluate, by name. */

/** Identifiers that CUE declares for its own tests and experiments. */
export const UNSUPPORTED_IDENTIFIERS: ReadonlySet<string> = new Set([
  '__closeAll',
  '__reclose',
  '__no_sharing',
  '__test_experiment',
]);

/** Attributes that put something else in a field's place. Other attributes only annotate. */
export const UNSUPPORTED_ATTRIBUTES: ReadonlySet<string> = new Set(['embed', 'extern', 'if']);

/** Endings of the names of files that CUE leaves out of an instance. */
export const UNSUPPORTED_FILES: readonly string[] = ['_tool.cue', '_test.cue'];
