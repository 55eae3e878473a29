import { expect, it } from 'vitest';
import { sourcesOf } from './sources.ts';

/** The folders whose comments are held to the limit. */
const FOLDERS = [
  'bench',
  'checkers',
  'cli',
  'databases',
  'docs',
  'harness',
  'isolation',
  'libraries',
  'playground',
  'report',
  'systems',
  'test',
  'workloads',
];
const COLUMNS = 120;

/** A line that is a comment, or that ends in one. */
const COMMENT = /^\s*(\/\/|\/?\*)|\s\/\/ [^'"`]*$/;

it.each(FOLDERS)('no comment line of %s is longer than 120 columns', (folder) => {
  const sources = sourcesOf(folder);
  expect(sources.length).toBeGreaterThan(0);
  const long = sources.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, at) => {
      return line.length > COLUMNS && COMMENT.test(line) ? [`${path}:${at + 1}: ${line.length} columns`] : [];
    }),
  );
  expect(long).toEqual([]);
});
