import { defineConfig } from 'vitest/config';
import { SLOW } from './test/slow.ts';

const ALL = ['test/**/*.test.ts'];

export default defineConfig({
  resolve: { alias: { 'elle-ts': new URL('./checkers/index.ts', import.meta.url).pathname } },
  test: {
    // Only against tests that hang: nothing here may fail by the clock of a busy machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // Real processes and browsers share two cores with the rest: one file more than cores would only make them wait.
    maxWorkers: 2,
    // `npm test` runs both, `npm run test:fast` the first.
    projects: [
      { extends: true, test: { name: 'fast', include: ALL, exclude: [...SLOW] } },
      { extends: true, test: { name: 'slow', include: [...SLOW] } },
    ],
  },
});
