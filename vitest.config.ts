import { defineConfig } from 'vitest/config';

const config: ReturnType<typeof defineConfig> = defineConfig({
  test: {
    include: ['{src,release,verifier,components,policies,test,bench,examples,scripts}/**/*.test.ts'],
    testTimeout: 30_000,
    // Tests run in the machine's zone and locale of the caller; nothing may depend on either.
    passWithNoTests: false,
    coverage: {
      include: ['src/cue/**'],
      exclude: ['**/*.test.ts'],
      reporter: ['text-summary', 'json'],
      thresholds: { branches: 95 },
    },
  },
});
// vitest reads the default export; nothing else in the repo has one.
export default config;
