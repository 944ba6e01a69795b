/** How many cases of a feature of the corpus our engine refuses as unsupported; of all others none. */
export const unsupportedCases: Readonly<Record<string, number>> = {};
