/** README and the guides as a reader follows them: files are written, commands are run, in an empty project. */
import { expect, it } from 'vitest';
import { type Block, blocksOf, PAGES } from '../docs-blocks.ts';
import type { Project } from './own-project.ts';
import { entered, reader, tested } from './reader.ts';

/** The page on programs has a test of its own, with the languages that it needs. */
const FOLLOWED = PAGES.filter(
  (page) => page !== 'docs/programs.md' && blocksOf(page).some((block) => isCommands(block) || isTest(block)),
);

/** Those that need databases are run by test/databases/real/docs.test.ts. */
function isCommands({ language, mark }: Block): boolean {
  return language === 'sh' && /^run(:\d+)?$/.test(mark);
}

function isTest({ file = '', mark }: Block): boolean {
  return file.includes('.test.') && mark === 'run';
}

it('some pages have commands', () => {
  expect(FOLLOWED.length).toBeGreaterThan(3);
});

it.each(FOLLOWED)('%s', (page) => {
  const own = reader();
  try {
    for (const block of blocksOf(page)) follow(block, own);
  } finally {
    own.remove();
  }
});

function follow(block: Block, own: Project): void {
  const { file, mark, text } = block;
  if (mark.startsWith('norun')) return;
  if (file !== undefined) own.write(file, text);
  if (file !== undefined && isTest(block)) tested(file, own);
  if (!isCommands(block)) return;
  const code = Number(mark.split(':')[1] ?? 0);
  for (const line of text.trim().split('\n')) expect({ line, ...entered(line, own) }).toMatchObject({ line, code });
}
