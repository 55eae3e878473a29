// The site: pages as site/pages.mjs and site/api.mjs gathered them, rendered as site/markdown.mjs says. Search is built
// in; no page asks another host.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { MARKDOWN } from '../site/markdown.mjs';

const pages = fileURLToPath(new URL('pages', import.meta.url));
const item = (text, link) => ({ text, link: `/${link}` });

/** The pages of a package's interface, of which one is the package itself. */
function interfaceOf(name) {
  const files = readdirSync(join(pages, 'api', name)).map((file) => file.replace(/\.md$/, ''));
  const modules = files.filter((file) => file !== 'index').sort();
  const items = modules.map((file) => item(file.replaceAll('.', '/'), `api/${name}/${file}`));
  return { text: name, link: `/api/${name}/`, items };
}

const GUIDES = [
  {
    text: 'Begin',
    items: [item('Overview', ''), item('Tutorial', 'tutorial'), item('Glossary', 'glossary'), item('Limits', 'limits')],
  },
  {
    text: 'What you test',
    items: [
      item('Your own system', 'your-own'),
      item('Programs in any language', 'programs'),
      item('Real databases', 'databases'),
      item('Libraries', 'libraries'),
    ],
  },
  {
    text: 'What you do with it',
    items: [
      item('My claim was refuted, what now?', 'guides/refuted'),
      item('Unknown, and why', 'guides/unknown'),
      item('The playground', 'guides/playground'),
      item('Explore, shrink, replay', 'guides/explore'),
      item('From a test suite', 'guides/properties'),
      item('In CI', 'guides/in-ci'),
    ],
  },
  {
    text: 'Coming from',
    items: [
      item('Jepsen', 'guides/coming-from-jepsen'),
      item('Elle', 'guides/coming-from-elle'),
      item('Maelstrom', 'guides/coming-from-maelstrom'),
      item('Porcupine', 'guides/coming-from-porcupine'),
    ],
  },
  {
    text: 'The project',
    items: [
      item('Designs, a chapter each', 'designs'),
      item('Architecture', 'architecture'),
      item('Measurements', 'measurements'),
      item('Contributing', 'contributing'),
      item('Changelog', 'changelog'),
    ],
  },
];

const TABLES = readdirSync(join(pages, 'reference')).map((file) => file.replace(/\.md$/, ''));
const REFERENCE = [
  {
    text: 'Reference',
    items: TABLES.map((name) => item(name[0].toUpperCase() + name.slice(1), `reference/${name}`)),
  },
  {
    text: 'From a program',
    items: [interfaceOf('splitbrain'), item('The library elle-ts', 'elle-ts'), interfaceOf('elle-ts')],
  },
];

export default defineConfig({
  title: 'splitbrain',
  description: 'Consistency testing for replicated systems',
  lang: 'en',
  srcDir: '.vitepress/pages',
  outDir: '.vitepress/dist',
  cacheDir: '.vitepress/cache',
  // Where the site lies below the root of a host, as with GitHub Pages.
  base: process.env.DOCS_BASE ?? '/',
  ignoreDeadLinks: [/\/playground\/index(\.html)?$/],
  markdown: { ...MARKDOWN, theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' } },
  themeConfig: {
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    // The playground is a page of its own, which the site's router must not look for.
    nav: [
      { text: 'Playground', link: '/playground/index.html', target: '_self' },
      item('Tutorial', 'tutorial'),
      item('Guides', 'your-own'),
      item('Reference', 'reference/commands'),
    ],
    sidebar: { '/reference/': REFERENCE, '/api/': REFERENCE, '/elle-ts': REFERENCE, '/': GUIDES },
  },
});
