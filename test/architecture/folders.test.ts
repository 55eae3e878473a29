import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const SOURCES = ['bench', 'checkers', 'cli', 'databases', 'harness', 'isolation', 'report', 'systems', 'workloads'];

/** The folder and all below it, by their paths from the root, without what is made there. */
function foldersIn(folder: string): readonly string[] {
  const below = readdirSync(join(root, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const paths = below.flatMap(({ name }) => (name === 'dist' || name === 'node_modules' ? [] : [join(folder, name)]));
  return [folder, ...paths.flatMap(foldersIn)];
}

/** The folders that ARCHITECTURE.md lists, by their paths; `systems/*` stands for one of each design. */
function listed(): readonly string[] {
  const [, list] = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').split('```\n');
  return [...list!.matchAll(/^ *([\w./*-]+)/gm)].map(([, path]) => path!);
}

it('ARCHITECTURE.md lists every folder of the sources, and none that is not there', () => {
  const folders = SOURCES.flatMap(foldersIn).filter((path) => !/^systems\/(?!blocks)/.test(path));
  expect(folders.length).toBeGreaterThan(30);
  expect(listed()).toEqual(expect.arrayContaining(folders));
  for (const path of listed()) expect(statSync(join(root, path.replace('/*', ''))).isDirectory(), path).toBe(true);
});
