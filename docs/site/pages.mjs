// Gathers the site's pages in .vitepress/pages: those of docs, and those of the repository that a reader wants beside
// them. Links between files become links between pages; one that leads to no page ends this with an error. Marks of
// code blocks, which say what a test does with them, and comments are left out.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const to = join(root, 'docs/.vitepress/pages');

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
const own = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.md') && !/(^|\/)(node_modules|\.vitepress)\//.test(path),
);
const pages = { ...Object.fromEntries(own.map((path) => [`docs/${path}`, path])), ...ELSEWHERE };

/** What the front page begins with: a page of its own, which the site's router must not look for. */
const TO_PLAYGROUND = `
[**Break a design in your browser**](/playground/index.html){target="_self"}: pick a slide, place a partition, run.
`;

const broken = [];
for (const [file, page] of Object.entries(pages)) {
  mkdirSync(dirname(join(to, page)), { recursive: true });
  writeFileSync(join(to, page), textOf(file, page));
}
for (const picture of readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.png')))
  cpSync(join(root, 'docs', picture), join(to, picture));
if (broken.length > 0) {
  process.stderr.write(`error: links that lead to no page:\n${broken.join('\n')}\n`);
  process.exit(1);
}

/** A file as a page: what is code stays as it is, but for the mark of its fence. */
function textOf(file, page) {
  const text = readFileSync(join(root, file), 'utf8')
    .split(/^(```[\s\S]*?^```$)/m)
    .map((part, i) => (i % 2 === 1 ? part.replace(/^(```\S*).*/, '$1') : proseOf(part, file, page)))
    .join('');
  return page === 'index.md' ? text.replace(/^# .*\n/, (title) => title + TO_PLAYGROUND) : text;
}

function proseOf(text, file, page) {
  return text
    .replaceAll(/<!--[\s\S]*?-->\n?/g, '')
    .replaceAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)\s]*)?\)/g, (_, link, hash = '') => {
      const target = posix.normalize(posix.join(posix.dirname(file), link)).replace(/\/$/, '/README.md');
      const there =
        pages[target] ?? (target.startsWith('docs/') && target.endsWith('.png') ? target.slice(5) : undefined);
      if (there !== undefined) return `](${relative(page, there)}${hash})`;
      if (!existsSync(join(root, target))) broken.push(`${file}: ${link}`);
      return ' (in the repository)';
    });
}

function relative(from, page) {
  const path = posix.relative(posix.dirname(from), page);
  return path.startsWith('.') ? path : `./${path}`;
}
