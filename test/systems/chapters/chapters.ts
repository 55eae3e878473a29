/**
 * systems/README.md: a chapter for each design, `systems/<design>/chapter.md`,
 * with what was run put in where its marks stand:
 *
 *     <!-- counterexample NAME -->            the smallest run that breaks its claim, from the seed in hunts.ts
 *     <!-- counterexample NAME FAULT ... -->  the same, under these faults only
 *     <!-- costs NAME NAME ... -->            messages, times and responses of these systems
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { costsText } from './costs.ts';
import { counterexampleText, ROOT } from './counterexamples.ts';

const MARK = /^<!-- (counterexample|costs) (.+) -->$/gm;

const OPENING = `# The designs

A chapter for each design: what its slide says, what splitbrain shows, what a sound version does instead, and what that costs. The texts are
\`systems/<design>/chapter.md\`; drawings and numbers come from simulated runs, and \`npm test\` holds them to what runs show now.
\`UPDATE_README=1 npx vitest run test/systems/chapters\` writes this page.

In a drawing time goes downwards and every client and node has a lane: \`write > n2\` leaves for n2, \`write < n1\` comes from n1. In a table all times are
virtual; *others* are messages that no operation caused, such as heartbeats and anti-entropy; the last column is the share of calls, to whichever node,
that were answered while one of three was cut off; where some were answered with a conflict, an abort or a lock that is held, it says how many succeeded.`;

/** Folders of systems/ that hold no design of the slides. */
const NO_DESIGNS = ['blocks', 'single-copy', 'no-replication', 'dist'];

export function designFolders(): readonly string[] {
  const entries = readdirSync(join(ROOT, 'systems'), { withFileTypes: true });
  return entries.filter((one) => one.isDirectory() && !NO_DESIGNS.includes(one.name)).map(({ name }) => name);
}

export function chapterFile(folder: string): string {
  return join(ROOT, 'systems', folder, 'chapter.md');
}

/** The whole page. With `update`, counterexamples that are missing or no longer hold are sought. */
export async function chapters(update: boolean): Promise<string> {
  const folders = designFolders().filter((folder) => existsSync(chapterFile(folder)));
  const prose = folders.map((folder) => ({ folder, text: readFileSync(chapterFile(folder), 'utf8').trim() }));
  // In the order of the slides.
  prose.sort((a, b) => slideOf(a.text) - slideOf(b.text) || (a.folder < b.folder ? -1 : 1));
  const texts: string[] = [];
  for (const { folder, text } of prose) texts.push(await filledIn(text, folder, update));
  return `${[OPENING, ...texts].join('\n\n')}\n`;
}

/** The number that a chapter's title begins with; those of no slide come last. */
function slideOf(text: string): number {
  return Number(/^## (\d+)\. /.exec(text)?.[1] ?? Number.POSITIVE_INFINITY);
}

async function filledIn(text: string, folder: string, update: boolean): Promise<string> {
  let filled = text;
  for (const [mark, what, rest] of text.matchAll(MARK)) {
    const names = rest!.split(' ');
    const [name, ...faults] = names;
    const run = what === 'costs' ? await costsText(names) : await counterexampleText(name!, faults, folder, update);
    filled = filled.replace(mark, () => run);
  }
  return filled;
}
