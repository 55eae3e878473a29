import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { SLOW } from '../slow.ts';
import { sourcesOf } from './sources.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const STARTS = /'(node:child_process|execa|playwright-core|node:http)'/;
/** Where histories of other tools lie, beside the repository. */
const READS = /shared\/corpus\//;
/** It asks git for the names of files, which takes no time. */
const SPARED = 'test/architecture/sources.ts';

/** The file and all files of test/ that it imports. */
function reachedFrom(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file) || !existsSync(join(root, file))) return seen;
  seen.add(file);
  const imports = readFileSync(join(root, file), 'utf8').matchAll(/\bfrom '(\.[^']+)'/g);
  for (const [, path] of imports) {
    const next = normalize(join(dirname(file), path!));
    if (next.startsWith('test/')) reachedFrom(next, seen);
  }
  return seen;
}

function isSlow(file: string): boolean {
  const text = readFileSync(join(root, file), 'utf8');
  return READS.test(text) || (file !== SPARED && STARTS.test(text));
}

it('lists slow tests that are there, each once', () => {
  expect(SLOW.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  expect(new Set(SLOW).size).toBe(SLOW.length);
});

it('lists every test that starts a process, a server or a browser, or reads the corpus', () => {
  const tests = sourcesOf('test').filter(({ path }) => path.endsWith('.test.ts'));
  const slow = tests.filter(({ path }) => [...reachedFrom(path)].some(isSlow)).map(({ path }) => path);
  expect(slow.length).toBeGreaterThan(10);
  expect(slow.filter((path) => !SLOW.includes(path))).toEqual([]);
});
