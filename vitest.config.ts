import { defineConfig } from 'vitest/config';
import { COMMANDS, DATABASES, NODES, PROGRAMS, SITE, SLOW, TORTURE } from './test/slow.ts';

const ALL = ['test/**/*.test.ts'];

export default defineConfig({
  resolve: { alias: { 'elle-ts': new URL('./checkers/index.ts', import.meta.url).pathname } },
  test: {
    // Only against tests that hang: nothing here may fail by the clock of a busy machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // Real processes and browsers share two cores with the rest: one file more than cores would only make them wait.
    maxWorkers: 2,
    // `npm test` runs the first two, `npm run test:fast` the first; the others are `npm run test:commands`,
    // `npm run test:programs`, `npm run test:databases`, `npm run test:torture`, `npm run libraries`,
    // `npm run docs` and `npm run test:nodes`.
    projects: [
      // These share what they import: loading it anew for each file took longer than the tests.
      {
        extends: true,
        test: {
          name: 'fast',
          isolate: false,
          include: ALL,
          exclude: [...SLOW, ...COMMANDS, ...TORTURE, ...PROGRAMS, ...DATABASES, ...SITE, ...NODES],
        },
      },
      { extends: true, test: { name: 'slow', include: [...SLOW] } },
      { extends: true, test: { name: 'commands', include: [...COMMANDS] } },
      { extends: true, test: { name: 'libraries', include: ['libraries/test/**/*.test.ts'] } },
      { extends: true, test: { name: 'docs', include: [...SITE] } },
      { extends: true, test: { name: 'nodes', include: [...NODES] } },
      { extends: true, test: { name: 'torture', include: [...TORTURE] } },
      // In real time: whatever ran beside them would be taken for their own delay.
      { extends: true, test: { name: 'programs', include: [...PROGRAMS], maxWorkers: 1, fileParallelism: false } },
      { extends: true, test: { name: 'databases', include: [...DATABASES], maxWorkers: 1, fileParallelism: false } },
    ],
  },
});
