import { defineConfig } from 'vitest/config';
import { ELSEWHERE, LONG, SLOW, SUITES } from './test/slow.ts';

const ALL = ['test/**/*.test.ts'];
/** One file after the other: what runs beside them would be taken for their own delay, or for what they left behind. */
const IN_REAL_TIME = ['programs', 'processes', 'scale'];

export default defineConfig({
  resolve: { alias: { 'elle-ts': new URL('./checkers/index.ts', import.meta.url).pathname } },
  test: {
    // Only against tests that hang: nothing here may fail by the clock of a busy machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // Real processes and browsers share two cores with the rest: one file more than cores would only make them wait.
    maxWorkers: 2,
    // `npm test` runs the first three, `npm run test:fast` the first; CONTRIBUTING.md has the commands of the others.
    projects: [
      // These share what they import: loading it anew for each file took longer than the tests.
      {
        extends: true,
        test: {
          name: 'fast',
          isolate: false,
          include: ALL,
          exclude: [...LONG, ...SLOW, ...ELSEWHERE],
        },
      },
      { extends: true, test: { name: 'long', isolate: false, include: [...LONG] } },
      { extends: true, test: { name: 'slow', include: [...SLOW] } },
      { extends: true, test: { name: 'libraries', include: ['libraries/test/**/*.test.ts'] } },
      ...Object.entries(SUITES).map(([name, files]) => ({
        extends: true as const,
        test: {
          name,
          include: [...files],
          ...(IN_REAL_TIME.includes(name) ? { maxWorkers: 1, fileParallelism: false } : {}),
        },
      })),
    ],
  },
});
