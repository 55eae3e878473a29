import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systems } from '../../../systems/registry.ts';
import { chapterFile, chapters, designFolders } from './chapters.ts';
import { ROOT } from './counterexamples.ts';

const update = process.env.UPDATE_README !== undefined;
const page = join(ROOT, 'systems', 'README.md');

describe('systems/README.md', () => {
  it('shows what runs show (UPDATE_README=1 writes it)', { timeout: update ? 3_600_000 : 60_000 }, async () => {
    const text = await chapters(update);
    if (update) writeFileSync(page, text);
    expect(readFileSync(page, 'utf8')).toBe(text);
  });

  it.each(designFolders())('has a chapter for %s', (folder) => {
    expect(existsSync(chapterFile(folder)), `systems/${folder}/chapter.md`).toBe(true);
    const text = readFileSync(chapterFile(folder), 'utf8');
    expect(text).toMatch(/^## /);
    expect(text, 'a counterexample').toMatch(/^<!-- counterexample \S+/m);
    expect(text, 'what it costs').toMatch(/^<!-- costs \S+/m);
  });

  it('shows a counterexample of every slide', () => {
    const text = designFolders()
      .filter((folder) => existsSync(chapterFile(folder)))
      .map((folder) => readFileSync(chapterFile(folder), 'utf8'))
      .join('\n');
    const slides = systems.filter(({ name, flaw }) => flaw && /\/slide(-|$)/.test(name));
    for (const { name } of slides) expect(text).toContain(`<!-- counterexample ${name} `);
  });
});
