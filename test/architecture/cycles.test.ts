import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The source files of a folder, by their paths from the root. */
function sourcesIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !/(^|\/)(dist|node_modules)\//.test(path))
    .map((path) => join(folder, path));
}

/** What a file imports by a relative path: values and types alike, also where it imports on demand. */
function importsOf(file: string): readonly string[] {
  const imports = readFileSync(join(root, file), 'utf8').matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...imports].map(([, path]) => relative(root, join(root, dirname(file), path!)));
}

/** The cycles that a search in depth meets, each as the files on its way. */
function cyclesAmong(files: readonly string[], importsOf: (file: string) => readonly string[]): readonly string[] {
  const known = new Set(files);
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) cycles.push([...way.slice(way.indexOf(file)), file].join(' -> '));
    if (way.includes(file) || done.has(file)) return;
    for (const next of importsOf(file)) if (known.has(next)) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return cycles;
}

it.each(['checkers', 'systems', 'workloads', 'harness', 'report', 'cli', 'bench'])(
  'no imports in %s form a cycle, those of types included',
  (folder) => {
    const files = sourcesIn(folder);
    expect(files.flatMap(importsOf).filter((path) => files.includes(path))).not.toEqual([]);
    expect(cyclesAmong(files, importsOf)).toEqual([]);
  },
);

it('a cycle is found where there is one', () => {
  const imports: Record<string, readonly string[]> = { a: ['b', 'd'], b: ['c'], c: ['a'], d: ['c'], e: ['a'] };
  expect(cyclesAmong(Object.keys(imports), (file) => imports[file]!)).toEqual(['a -> b -> c -> a']);
});
