import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { 'elle-ts': new URL('./checkers/index.ts', import.meta.url).pathname } },
  test: {
    include: ['test/**/*.test.ts'],
    // Only against tests that hang: nothing here may fail by the clock of a busy machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // Real processes and browsers share two cores with the rest: one file more than cores would only make them wait.
    maxWorkers: 2,
  },
});
