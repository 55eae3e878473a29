// What the repository's pages need to be pages of the site, as hooks of VitePress' Markdown: links between files become
// links between pages, marks of code blocks, which say what a test does with them, and comments are left out. A link to
// a file that there is not ends the build; one to a file that is no page becomes text.
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { PAGES, ROOT } from './pages.mjs';

const FILES = Object.fromEntries(Object.entries(PAGES).map(([file, page]) => [page, file]));

/** How the pages are read: what they say is text, so `<name>` is no element, and README.md no address. */
export const MARKDOWN = { html: false, linkify: false, config: asOfTheRepository, anchor: { slugify } };

/** The anchor of a heading as code hosts make it, so that a link works there and here. */
function slugify(heading) {
  const kept = heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '');
  return kept.replaceAll(' ', '-');
}

/** Takes a renderer of Markdown (markdown-it), for VitePress' `markdown.config`. */
function asOfTheRepository(markdown) {
  markdown.block.ruler.before('fence', 'comment', comment, { alt: ['paragraph', 'reference', 'blockquote', 'list'] });
  markdown.core.ruler.push('of-the-repository', ({ tokens, env }) => {
    const page = env.relativePath;
    const file = FILES[page];
    const anchors = page?.startsWith('api/') ? anchorsOf(tokens) : undefined;
    for (const token of tokens) {
      if (token.type === 'fence') token.info = token.info.trim().split(/\s/)[0];
      // A page that was made for the site has links between its own kind.
      if (token.type === 'inline' && file !== undefined) token.children = linked(token.children, file, page);
      if (token.type === 'inline' && anchors) for (const child of token.children) toHeading(child, anchors);
    }
  });
}

/** The anchors of a page's headings; those of one name are numbered from the second on. */
function anchorsOf(tokens) {
  const anchors = new Set();
  for (const [i, { type }] of tokens.entries()) {
    if (type !== 'heading_open') continue;
    const name = slugify(tokens[i + 1].content);
    let anchor = name;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${name}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Typedoc numbers a heading whose name it has met elsewhere, as that of a property: such a link loses its number. */
function toHeading(token, anchors) {
  if (token.type !== 'link_open') return;
  const [, name, number] = /^#(.*?)(-\d+)?$/.exec(token.attrGet('href')) ?? [];
  if (number !== undefined && !anchors.has(name + number) && anchors.has(name)) token.attrSet('href', `#${name}`);
}

/** A comment of HTML that begins a line, as a block of its own. */
function comment(state, startLine, endLine, silent) {
  const begins = (line) => state.bMarks[line] + state.tShift[line];
  if (!state.src.startsWith('<!--', begins(startLine))) return false;
  let last = startLine;
  while (last < endLine && !state.src.slice(begins(last), state.eMarks[last]).includes('-->')) last++;
  if (last === endLine) return false;
  if (!silent) state.line = last + 1;
  return true;
}

/** What stands in a line of a page, with the targets of its links and pictures as the site has them. */
function linked(children, file, page) {
  const open = [];
  return children.flatMap((token) => {
    if (token.type === 'image') token.attrSet('src', targetOf(token.attrGet('src'), file, page) ?? broken(token, file));
    if (token.type === 'link_open') {
      const target = targetOf(token.attrGet('href'), file, page);
      open.push(target !== undefined);
      if (target === undefined) return [];
      token.attrSet('href', target);
    }
    if (token.type !== 'link_close' || open.pop()) return [token];
    return [Object.assign(token, { type: 'text', tag: '', nesting: 0, content: ' (in the repository)' })];
  });
}

/** Undefined where there is such a file, but no page. */
function targetOf(link, file, page) {
  // One that begins with a slash is of the site itself.
  if (/^([a-z][a-z+.-]*:|\/|#)/i.test(link)) return link;
  const [, path, hash] = /^([^#?]*)(.*)$/.exec(link);
  const target = posix.normalize(posix.join(posix.dirname(file), decodeURI(path))).replace(/\/$/, '/README.md');
  const there = PAGES[target];
  if (there === undefined) return existsSync(join(ROOT, target)) ? undefined : broken(link, file);
  const way = posix.relative(posix.dirname(page), there);
  return encodeURI(way.startsWith('.') ? way : `./${way}`) + hash;
}

function broken(link, file) {
  throw new Error(`${file} has a link that leads to no file: ${typeof link === 'string' ? link : link.attrGet('src')}`);
}
