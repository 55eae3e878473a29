import { expect, it } from 'vitest';
import { COMMANDS, LISTED, LONG, SLOW, TESTS } from '../slow.ts';

it('slow tests that are listed are there, each once', () => {
  const listed = [...LISTED, ...COMMANDS];
  expect(listed.filter((file) => !TESTS.includes(file))).toEqual([]);
  expect(new Set(listed).size).toBe(listed.length);
});

it('a test is slow that starts a process, a server or a browser or reads the corpus, itself or by a helper', () => {
  const helped = ['test/cli/run.test.ts', 'test/cli/models.test.ts', 'test/checkers/corpus.test.ts'];
  expect(SLOW).toEqual(expect.arrayContaining([...helped, 'test/cli/serve.test.ts']));
});

it('others are not, and are not the smaller part', () => {
  const left = [...SLOW, ...LONG];
  expect(new Set(left).size).toBe(left.length);
  expect(left).not.toContain('test/architecture/names.test.ts');
  expect(left).not.toContain('test/systems/blocks/synod.test.ts');
  expect(left.length).toBeLessThan(TESTS.length * 0.55);
});
