import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const isThere = (path: string): boolean => existsSync(join(root, path));
const text = read('CONTRIBUTING.md');
/** Lines that belong to one paragraph are one. */
const prose = text.replace(/\n *(?=[^\s|#-])/g, ' ');
const matches = (of: string, pattern: RegExp): string[] => [
  ...new Set([...of.matchAll(pattern)].map(([, one]) => one!)),
];

it('names only files and folders that are there', () => {
  const named = matches(prose, /`([\w@][\w./@-]*\/[\w./-]*)`/g).filter((path) => !path.includes('..'));
  const linked = matches(prose, /\]\(([\w./-]+)\)/g);
  expect(named.length).toBeGreaterThan(40);
  expect([...named, ...linked].filter((path) => !isThere(path) && path !== 'quorum/abd')).toEqual([]);
});

it('names only scripts, benches and tests that can be run', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const run = matches(text, /npm run ([\w:]+)/g);
  expect(run.length).toBeGreaterThan(4);
  expect(run.filter((script) => !(script in scripts))).toEqual([]);
  const benches = matches(text, /node dist\/bench\/(\w+)\.js/g);
  expect(benches.length).toBeGreaterThan(3);
  expect(benches.filter((bench) => !isThere(`bench/${bench}.ts`))).toEqual([]);
  const tests = matches(text, /vitest run (test\/[\w./-]+)/g);
  expect(tests.length).toBeGreaterThan(3);
  expect(tests.filter((path) => !isThere(path))).toEqual([]);
});

it('names only variables that the tests beside them read', () => {
  const told = [...text.matchAll(/^(\w+)=1 npx vitest run (\S+)/gm)];
  expect(told.length).toBeGreaterThan(1);
  for (const [command, variable, path] of told) {
    const file = statSync(join(root, path!)).isDirectory() ? `${path}/chapters.test.ts` : path!;
    expect(read(file), command).toContain(`process.env.${variable}`);
  }
});

it('quotes the tests that fail first by their titles', () => {
  const quoted: (readonly [file: string, title: string])[] = [];
  for (const [, file, titles] of prose.matchAll(/`(test\/[\w./-]+\.test\.ts)`((?:,? (?:and )?> \*[^*]+\*)+)/g))
    for (const title of matches(titles!, /\*([^*]+)\*/g)) quoted.push([file!, title]);
  expect(quoted.length).toBeGreaterThan(10);
  expect(quoted.filter(([file, title]) => !read(file).includes(title))).toEqual([]);
});

it('has each word of the glossary once, in alphabetical order', () => {
  const words = matches(read('docs/glossary.md'), /^\| ([\w -]+) \| (?!meaning)/gm);
  expect(words.length).toBeGreaterThan(50);
  expect(words).toEqual([...words].sort());
});

it('is wrapped, as the changelog is', () => {
  for (const file of ['CONTRIBUTING.md', 'CHANGELOG.md', 'docs/glossary.md'])
    expect(
      read(file)
        .split('\n')
        .filter((line) => line.length > 120),
    ).toEqual([]);
});
