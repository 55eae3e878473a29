/**
 * The blocks of code in README.md and docs. Each says what a test does with it: `run`, `run:1` where its last command
 * ends with 1, `run:databases` where real databases are needed (test/databases/real/docs.test.ts), `norun: reason`. One
 * whose first line is a comment with a file's name is that file of the reader's project; blocks of commands are run in
 * it, in order.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface Block {
  readonly language: string;
  readonly mark: string;
  readonly text: string;
  /** The file that it is, where it is one. */
  readonly file?: string;
}

/** README and all pages of docs, by their paths. */
export const PAGES: readonly string[] = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((path) => `docs/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.md') && !/^docs\/(node_modules|\.vitepress)\//.test(path))
    .sort(),
];

export function textOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** The blocks of a page, in order. */
export function blocksOf(page: string): readonly Block[] {
  return [...textOf(page).matchAll(/^```(\S*) ?(.*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', mark = '', text = '']) => {
      const [, file] = /^(?:\/\/|#) ([\w./-]+\.\w+)\n/.exec(text) ?? [];
      // JSON has no comments: what names the file is not of it.
      const own = language === 'json' ? text.replace(/^.*\n/, '') : text;
      return { language, mark, text: own, ...(file === undefined ? {} : { file }) };
    },
  );
}
