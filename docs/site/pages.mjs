// The site's pages: those of docs, and those of the repository that a reader wants beside them. Run by itself it
// gathers them in .vitepress/pages, as they are: what is different on the site is made of them when they are rendered
// (site/markdown.mjs).
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The pages that are files elsewhere in the repository, by what they are called on the site. */
const ELSEWHERE = {
  'systems/README.md': 'designs.md',
  'checkers/README.md': 'elle-ts.md',
  'bench/README.md': 'measurements.md',
  'ARCHITECTURE.md': 'architecture.md',
  'CONTRIBUTING.md': 'contributing.md',
  'CHANGELOG.md': 'changelog.md',
  'README.md': 'index.md',
};
const own = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).filter(
  (path) => /\.(md|png)$/.test(path) && !/(^|\/)(node_modules|\.vitepress)\//.test(path),
);

/** Pages and pictures of the site, by their files in the repository. */
export const PAGES = { ...Object.fromEntries(own.map((path) => [`docs/${path}`, path])), ...ELSEWHERE };

/** What the front page begins with: a page of its own, which the site's router must not look for. */
const TO_PLAYGROUND = `
[**Break a design in your browser**](/playground/index.html){target="_self"}: pick a slide, place a partition, run.
`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const to = join(ROOT, 'docs/.vitepress/pages');
  for (const [file, page] of Object.entries(PAGES)) {
    mkdirSync(dirname(join(to, page)), { recursive: true });
    cpSync(join(ROOT, file), join(to, page));
  }
  const front = readFileSync(join(to, 'index.md'), 'utf8');
  writeFileSync(
    join(to, 'index.md'),
    front.replace(/^# .*\n/, (title) => title + TO_PLAYGROUND),
  );
}
