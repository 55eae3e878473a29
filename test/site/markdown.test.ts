/** Links of the repository's pages on the site: whatever their form, they lead to pages, or to nothing at all. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { ROOT } from '../docs-blocks.ts';

interface Renderer {
  render(text: string, env: { readonly path: string; readonly relativePath: string }): string;
}

const from = (path: string) => import(pathToFileURL(join(ROOT, 'docs', path)).href);
expect(existsSync(join(ROOT, 'docs/node_modules/vitepress')), 'npm run docs installs it').toBe(true);
const { createMarkdownRenderer } = await from('node_modules/vitepress/dist/node/index.js');
const { MARKDOWN } = await from('site/markdown.mjs');
const renderer: Renderer = await createMarkdownRenderer(join(ROOT, 'docs/.vitepress/pages'), MARKDOWN);

function rendered(text: string, relativePath = 'guides/in-ci.md'): string {
  return renderer.render(text, { path: join(ROOT, 'docs/.vitepress/pages', relativePath), relativePath });
}

it.each([
  ['another page', '[a](../tutorial.md)', 'href="./../tutorial.html"'],
  ['an anchor', '[a](../tutorial.md#a-b)', 'href="./../tutorial.html#a-b"'],
  ['a title', '[a](../tutorial.md "the *title*")', 'href="./../tutorial.html"'],
  ['a reference', '[a][b]\n\n[b]: ../tutorial.md', 'href="./../tutorial.html"'],
  ['brackets', '[a](<../tutorial.md>)', 'href="./../tutorial.html"'],
  ['a link around code', '[`a`](../tutorial.md)', 'href="./../tutorial.html"'],
  ['a page of the repository', '[a](../../ARCHITECTURE.md)', 'href="./../architecture.html"'],
  ['a folder', '[a](../../systems/)', 'href="./../designs.html"'],
  ['a picture', '![a](../verdict.png)', 'src="./../verdict.png"'],
  ['a picture with a title', '![a](../verdict.png "b")', 'src="./../verdict.png"'],
  ['a picture that is a link', '[![a](../verdict.png)](../tutorial.md)', 'href="./../tutorial.html"'],
  ['this page', '[a](#b)', 'href="#b"'],
  ['another site', '[a](https://example.com/a.md)', 'href="https://example.com/a.md"'],
])('%s', (_, text, expected) => {
  expect(rendered(text).replaceAll('"./../', '"../').replaceAll('"../', '"./../')).toContain(expected);
});

it('what is no page is text, and what is nowhere ends the build', () => {
  expect(rendered('[a **b**](../../package.json) c')).toBe('<p>a <strong>b</strong> (in the repository) c</p>\n');
  expect(rendered('see README.md and <b>')).toBe('<p>see README.md and &lt;b&gt;</p>\n');
  expect(() => rendered('[a](../nowhere.md)')).toThrow(/docs\/guides\/in-ci\.md has a link .* \.\.\/nowhere\.md/);
  expect(() => rendered('![a](../nowhere.png "b")')).toThrow(/docs\/guides\/in-ci\.md has a link/);
});

it('marks of blocks and comments are left out, and nothing within a block is touched', () => {
  const text = '<!-- one\ntwo -->\n\n```js run\n// [a](../nowhere.md) <!-- kept -->\n```\n';
  const html = rendered(text);
  expect(html).not.toMatch(/one|two/);
  expect(html.replaceAll(/<[^>]*>/g, '')).toContain('[a](../nowhere.md) &#x3C;!-- kept -->');
  expect(html).not.toContain('run');
});

it('a heading of an interface that is numbered though it is the only one of its name is found', () => {
  const text = '### NodeId\n\n[`NodeId`](#nodeid-1)\n\n### Two\n\n### Two\n\n[b](#two-1)\n';
  const html = rendered(text, 'api/splitbrain/splitbrain.md');
  expect([...html.matchAll(/<a href="(#[^"]*)">/g)].map(([, href]) => href)).toEqual(['#nodeid', '#two-1']);
});
