/** The playground as a file and as a server gives it: its size, its policy, and that it asks nobody for anything. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playgroundInOneFile } from '../../cli/playground-page.ts';
import { serve } from '../../cli/serve.ts';
import { ROOT } from '../docs-blocks.ts';
import { hasBrowser, launch, open } from '../report/browser.ts';

const SITE = join(ROOT, 'dist/playground/site');
const folder = mkdtempSync(join(tmpdir(), 'splitbrain-playground-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the size', () => {
  const gzipped = (name: string) => gzipSync(readFileSync(join(SITE, name)), { level: 9 }).length;
  /** Loaded when somebody asks for the sources, or edits. */
  const ON_DEMAND = ['sources.js', 'editor.js', 'pieces.js'];

  it('of all that is loaded at once is under 450 kB, gzipped', () => {
    const files = readdirSync(SITE).filter((name) => !ON_DEMAND.includes(name));
    expect(files).toEqual(['index.html']);
    expect(gzipped('index.html')).toBeLessThan(450_000);
  });

  it('of the sources, which are loaded when somebody asks for them, is under 150 kB, gzipped', () => {
    expect(gzipped('sources.js')).toBeLessThan(150_000);
  });
});

describe('splitbrain playground', () => {
  const main = join(ROOT, 'bin.mjs');

  it('writes one file, which has everything inside', () => {
    const file = join(folder, 'playground.html');
    const said = execFileSync(process.execPath, [main, 'playground', '--out', file], { encoding: 'utf8' });
    expect(said).toMatch(/playground\.html: the playground, \d\.\d MB/);
    const html = readFileSync(file, 'utf8');
    expect(html).toBe(playgroundInOneFile());
    const [, policy = ''] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    expect(policy).toContain("connect-src 'none'");
    expect(policy).not.toMatch(/unsafe-|'self'/);
    expect(html).not.toMatch(/<script[^>]* src=/);
  });

  it('says what to do where it is not built, and asks for a file', () => {
    const bare = join(folder, 'bare');
    cpSync(join(ROOT, 'dist'), join(bare, 'dist'), {
      recursive: true,
      filter: (path) => !/dist\/(test|bench|playground)(\/|$)/.test(path),
    });
    for (const name of ['package.json', 'bin.mjs']) cpSync(join(ROOT, name), join(bare, name));
    symlinkSync(join(ROOT, 'node_modules'), join(bare, 'node_modules'));
    const inBare = (...args: readonly string[]) =>
      spawnSync(process.execPath, [join(bare, 'bin.mjs'), 'playground', ...args], { encoding: 'utf8' });
    expect(inBare('--out', join(folder, 'x.html'))).toMatchObject({
      status: 255,
      stderr: expect.stringMatching(/^error: the playground is not built: run npm run build in \S+\n$/),
    });
    expect(inBare()).toMatchObject({ status: 254, stderr: expect.stringContaining('--out') });
  });
});

describe('splitbrain serve', () => {
  let served: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    served = await serve(folder, 0);
  });
  afterAll(() => served?.close());
  const get = (path: string, headers: Record<string, string> = {}) => fetch(new URL(path, served.url), { headers });

  it('has the playground at /playground/', async () => {
    const page = await get('playground/');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await page.text()).toBe(readFileSync(join(SITE, 'index.html'), 'utf8'));
    const script = await get('playground/sources.js');
    expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
    expect(new URL((await get('playground')).url).pathname).toBe('/playground/');
  });

  it('gives no other file, and nothing to pages of other hosts', async () => {
    for (const path of ['playground/../package.json', 'playground/%2e%2e/main.js', 'playground/none.js'])
      expect((await get(path)).status).toBe(404);
    expect((await get('playground/', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  it.skipIf(!hasBrowser)('serves a page that runs', async () => {
    const browser = await launch();
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${served.url}playground/`);
    await page.waitForSelector('[data-trace]');
    await page.locator('.source summary').first().click();
    await page.waitForSelector('.source pre');
    expect(complaints).toEqual([]);
    await browser.close();
  });
});

describe.skipIf(!hasBrowser)('the policy of the file', () => {
  it('lets nothing be evaluated or fetched', async () => {
    const browser = await launch();
    const { page } = await open(browser, playgroundInOneFile());
    await page.waitForSelector('[data-trace]');
    const tried = await page.evaluate(async () => {
      // What is evaluated while the test itself evaluates is let pass.
      const later = <T>(task: () => T) =>
        new Promise<T>((resolve, reject) => {
          setTimeout(() => {
            try {
              resolve(task());
            } catch (error) {
              reject(error);
            }
          });
        });
      const outcome = async (task: () => unknown) => {
        try {
          await task();
          return 'done';
        } catch (error) {
          return (error as Error).name;
        }
      };
      return [
        await outcome(() => later(() => new Function('return 1')())),
        await outcome(() => fetch('https://example.org/')),
      ];
    });
    expect(tried).toEqual(['EvalError', 'TypeError']);
    await browser.close();
  });
});
