/** The commands of the pages that need databases, as a reader enters them: each run ends with a verdict. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import type { Database } from '../../../databases/database.ts';
import { hadEffect } from '../../../harness/faults/meanings.ts';
import type { Result } from '../../../harness/judging/result.ts';
import type { Project } from '../../cli/own-project.ts';
import { entered, reader } from '../../cli/reader.ts';
import { type Block, blocksOf, PAGES } from '../../docs-blocks.ts';
import { databaseNamed, lacksProgramsOf } from './needs.ts';

const MARK = /^run:databases(?::(\d+))?$/;

/** Lines of blocks that are marked, each with its page, and the exit code where the page gives one. */
const LINES = PAGES.flatMap((page) =>
  blocksOf(page).flatMap(({ mark, text }) => {
    const marked = MARK.exec(mark);
    const code = marked?.[1] === undefined ? undefined : Number(marked[1]);
    return marked
      ? text
          .trim()
          .split('\n')
          .map((line) => ({ page, line, code }))
      : [];
  }),
);

it('some pages have commands that need databases', () => {
  expect(LINES.length).toBeGreaterThan(1);
});

it.each(LINES)('$page: $line', async ({ page, line, code }) => {
  const own = reader();
  try {
    for (const { file, text, mark } of blocksOf(page) as readonly Block[])
      if (file !== undefined && mark === 'run') own.write(file, text);
    if (await isLacking(line, own)) return;
    const ended = { line, ...entered(line, own) };
    if (code !== undefined) expect(ended).toMatchObject({ line, code });
    // Whether a run of real time refutes its claim may hang on luck; that it ends with a verdict does not.
    else expect(ended.code, ended.said).toBeLessThan(254);
    if (/splitbrain run /.test(line)) expectEffects(own);
  } finally {
    own.remove();
  }
});

/** Whether the database that the line names cannot be run here; says so, and fails in CI. */
async function isLacking(line: string, { folder }: Project): Promise<boolean> {
  const [, system] = /--system (\S+)/.exec(line) ?? [];
  if (system === undefined) return false;
  const chosen = Object.fromEntries([...line.matchAll(/--program (\S+)=(\S+)/g)].map(([, name, at]) => [name!, at!]));
  if (!system.startsWith('./')) return lacksProgramsOf(databaseNamed(system), chosen);
  const module = (await import(pathToFileURL(join(folder, system)).href)) as { readonly default: Database };
  return lacksProgramsOf(module.default, chosen);
}

/** Every fault of the last run was seen to do something. */
function expectEffects({ folder }: Project): void {
  const { faults } = JSON.parse(readFileSync(join(folder, 'results/latest/verdict.json'), 'utf8')) as Result;
  expect(faults.length).toBeGreaterThan(0);
  for (const injected of faults) expect(hadEffect(injected), JSON.stringify(injected)).toBe(true);
}
