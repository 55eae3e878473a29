import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systems } from '../../../systems/registry.ts';
import { chapterFile, chapters, designFolders } from './chapters.ts';
import { ROOT } from './counterexamples.ts';

const update = process.env.UPDATE_README !== undefined;
const page = join(ROOT, 'systems', 'README.md');

/** Folders with a chapter; one may cover several designs, such as those of one slide. */
const written = designFolders().filter((folder) => existsSync(chapterFile(folder)));
const designs = [...new Set(systems.map(({ name }) => name.split('/')[0]!))].filter(
  (design) => !['single-copy', 'no-replication'].includes(design),
);

describe('systems/README.md', () => {
  it('shows what runs show (UPDATE_README=1 writes it)', { timeout: 3_600_000 }, async () => {
    const text = await chapters(update);
    if (update) writeFileSync(page, text);
    expect(readFileSync(page, 'utf8')).toBe(text);
  });

  it.each(written)('has a counterexample and costs in the chapter for %s', (folder) => {
    const text = readFileSync(chapterFile(folder), 'utf8');
    expect(text).toMatch(/^## /);
    expect(text, 'a counterexample').toMatch(/^<!-- counterexample \S+/m);
    expect(text, 'what it costs').toMatch(/^<!-- costs \S+/m);
  });

  const text = written.map((folder) => readFileSync(chapterFile(folder), 'utf8')).join('\n');

  it.each(designs)('has a chapter that covers %s', (design) => {
    const names = systems.filter(({ name }) => name.startsWith(`${design}/`)).map(({ name }) => name);
    const covered = names.filter((name) => new RegExp(`^<!-- .*\\b${name}\\b.* -->$`, 'm').test(text));
    expect(covered, `a chapter.md with one of ${names.join(', ')} in its marks`).not.toEqual([]);
  });

  it('shows a counterexample of every slide', () => {
    const slides = systems.filter(({ name, flaw }) => flaw && /\/slide(-|$)/.test(name));
    for (const { name } of slides) expect(text).toContain(`<!-- counterexample ${name} `);
  });
});
