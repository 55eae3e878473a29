/** The documentation's site as it was built: every page opens, asks no other host, and suits those who need it to. */
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../docs-blocks.ts';
import { hasBrowser, launch, violations } from '../report/browser.ts';

const SITE = join(ROOT, 'docs/.vitepress/dist');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

let server: Server;
let origin: string;
let browser: Browser;

beforeAll(async () => {
  expect(existsSync(SITE), 'npm run docs builds the site').toBe(true);
  server = createServer(({ url = '/' }, response) => {
    const path = join(SITE, decodeURIComponent(new URL(url, 'http://site').pathname));
    const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'index.html') : path;
    if (!existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    return createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  if (hasBrowser) browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

const all = existsSync(SITE)
  ? readdirSync(SITE, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.html'))
  : [];
/** Pages with all that is drawn otherwise in a narrow or dark window: code, wide tables, pictures, lists. */
const SHOWN = ['index.html', 'tutorial.html', 'guides/in-ci.html', 'reference/models.html'];
/** One of each template; SITE_PAGES=all takes every page, which is a matter of minutes. */
const LOOKED_AT =
  process.env.SITE_PAGES === 'all'
    ? all
    : [...SHOWN, '404.html', 'glossary.html', 'reference/commands.html', 'api/splitbrain/splitbrain.vitest.html'];

interface Opened {
  readonly page: Page;
  readonly complaints: string[];
}

async function opened(width: number, colorScheme: 'light' | 'dark'): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('404'))
      complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !/^(data|blob):/.test(request.url()))
      complaints.push(`${page.url()} asks ${request.url()}`);
  });
  return { page, complaints };
}

/** What is wrong with these pages, each with its path. */
async function wrongWith(paths: readonly string[], width: number, scheme: 'light' | 'dark'): Promise<string[]> {
  const { page, complaints } = await opened(width, scheme);
  const wrong: string[] = [];
  for (const path of paths) {
    await page.goto(`${origin}/${path}`);
    const found = await violations(page);
    wrong.push(...found.map((one) => `${path}: ${one}`));
    const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    if (Number(wide) > 0) wrong.push(`${path}: ${wide} pixels wider than the window of ${width}`);
  }
  await page.context().close();
  return [...wrong, ...complaints];
}

/** VitePress 1.6 makes its box of search a button that has a field and a list in it. */
const OF_VITEPRESS = /^(label-content-name-mismatch|nested-interactive): <div [^|]*VPLocalSearchBox/;

/** In a page: follows every link and picture of the pages within the site, to the element that its hash names. */
const DEAD_LINKS = `async (paths) => {
  const read = async (path) => new DOMParser().parseFromString(await (await fetch(path)).text(), 'text/html');
  const pages = new Map(await Promise.all(paths.map(async (path) => ['/' + path, await read('/' + path)])));
  const files = new Map();
  const dead = [];
  let followed = 0;
  for (const [path, own] of pages)
    for (const element of own.querySelectorAll('a[href], img[src]')) {
      const written = element.getAttribute('href') ?? element.getAttribute('src');
      const { origin, pathname, hash } = new URL(written, location.origin + path);
      if (origin !== location.origin) continue;
      followed++;
      const target = pathname.endsWith('/') ? pathname + 'index.html' : pathname;
      const there = pages.get(target);
      if (!there && !files.has(target)) files.set(target, (await fetch(target, { method: 'HEAD' })).ok);
      const isThere = there ? hash === '' || there.getElementById(decodeURIComponent(hash.slice(1))) : files.get(target);
      if (!isThere) dead.push(path + ': ' + written);
    }
  return { followed, dead };
}`;

describe.skipIf(!hasBrowser)('the site', () => {
  it('has the guides, the reference and the interface of both packages', () => {
    expect(all.length).toBeGreaterThan(50);
    for (const path of [...SHOWN, 'designs.html', 'api/splitbrain/splitbrain.html', 'api/elle-ts/linearizable.html'])
      expect(all, path).toContain(path);
  });

  it('no link of any page is dead, to a page, a picture, or a heading', async () => {
    const { page, complaints } = await opened(1280, 'light');
    await page.goto(`${origin}/404.html`);
    const asked = await page.evaluate(`(${DEAD_LINKS})(${JSON.stringify(all)})`);
    const { followed, dead } = asked as { readonly followed: number; readonly dead: readonly string[] };
    expect(dead).toEqual([]);
    expect(followed).toBeGreaterThan(1000);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('pages suit assistive technology and a window of 1280 pixels', async () => {
    expect(await wrongWith(LOOKED_AT, 1280, 'light')).toEqual([]);
  });

  it.each([
    [320, 'dark'],
    [1280, 'dark'],
  ] as const)('in a window of %s pixels, %s', async (width, scheme) => {
    expect(await wrongWith(SHOWN, width, scheme)).toEqual([]);
  });

  it('leads from its front page to the playground, which runs there', async () => {
    const { page, complaints } = await opened(1280, 'light');
    await page.goto(`${origin}/index.html`);
    await page.locator('main a[href$="/playground/index.html"]').first().click();
    await page.waitForSelector('[data-trace]');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is searched by keyboard alone, without another host', async () => {
    const { page, complaints } = await opened(1280, 'light');
    await page.goto(`${origin}/tutorial.html`, { waitUntil: 'networkidle' });
    // The key is heard once the page's own code runs.
    const field = page.locator('#localsearch-input');
    for (; !(await field.isVisible()); await page.waitForTimeout(100)) await page.keyboard.press('Control+k');
    await page.keyboard.type('write skew');
    await page.waitForSelector('.VPLocalSearchBox .result');
    expect((await violations(page)).filter((one) => !OF_VITEPRESS.test(one))).toEqual([]);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => !url.pathname.endsWith('tutorial.html'));
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('has a link past the navigation as the first thing that the keyboard reaches', async () => {
    const { page } = await opened(1280, 'light');
    await page.goto(`${origin}/tutorial.html`);
    await page.keyboard.press('Tab');
    const first = await page.evaluate(
      '[document.activeElement.getAttribute("href"), document.activeElement.textContent]',
    );
    expect(first).toEqual(['#VPContent', expect.stringContaining('Skip to content')]);
    await page.context().close();
  });
});
