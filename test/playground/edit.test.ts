/** Designs that are edited in the page: they run as they would elsewhere, and reach nothing. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playgroundInOneFile } from '../../cli/playground-page.ts';
import { inMacrotask } from '../../harness/clusters/simulation/macrotask.ts';
import { fits } from '../../harness/setting/fitting.ts';
import { assembled, type Pieces } from '../../playground/edit/assembled.ts';
import { plainModules } from '../../playground/edit/plain.mjs';
import { whereDesignsAre } from '../../playground/edit/where.mjs';
import { systems } from '../../systems/registry.ts';
import { isDesign, type System } from '../../systems/system.ts';
import { workloads } from '../../workloads/registry.ts';
import { smallSetting } from '../harness/scenes.ts';
import { hasBrowser, launch, open, violations } from '../report/browser.ts';
import { openPlayground, settled } from './opened.ts';
import { record } from './record.ts';

const MAIN = fileURLToPath(new URL('../../bin.mjs', import.meta.url));

let folder: string;
let browser: Awaited<ReturnType<typeof launch>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'splitbrain-edit-'));
  if (hasBrowser) browser = await launch();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await browser?.close();
});

it('every design as JavaScript runs as the design does', async () => {
  const modules = plainModules();
  const pieces: Pieces = { modules, designs: await whereDesignsAre(Object.keys(modules)) };
  for (const [at, system] of systems.entries()) {
    const { text } = assembled(pieces, system.name);
    // Its only export is the last statement; to import as many modules takes Vitest a minute.
    const mine = new Function(text.replace('\nexport const mine = ', '\nreturn '))() as System;
    expect(isDesign(mine)).toBe(true);
    const workload = workloads.find((one) => fits(one, system))!;
    const { options, ...rest } = smallSetting(at, {
      system: system.name,
      workload: workload.name,
      faults: ['partition'],
    });
    const setting = { ...rest, options: { ...options, durationMs: 300, mix: workload.mix } };
    const [expected, found] = await inMacrotask(() => [record(setting), record(setting, mine)]);
    if (found !== expected) expect.fail(`${system.name} runs otherwise`);
  }
});

/** What is shown of a run of edited code. */
const OWN = '#verdict h1 bdi:text-is("./my.mjs#mine")';

/** The playground as it lies on the disk, with the editor open. */
async function openEditor(options: { readonly width?: number; readonly dark?: boolean } = {}) {
  const opened = await openPlayground(browser, options);
  await showEditor(opened.page);
  return opened;
}

async function showEditor(page: Page): Promise<void> {
  await page.click('#edit > summary');
  await page.waitForSelector('#edit .cm-content');
}

/** Puts the code in the place of all that is there, as somebody pastes it. */
async function write(page: Page, code: string): Promise<void> {
  const content = page.locator('#edit .cm-content');
  await content.focus();
  await page.keyboard.press('Control+a');
  await content.evaluate((element, text) => {
    // biome-ignore lint/suspicious/noExplicitAny: this runs in the page
    const { DataTransfer, ClipboardEvent } = globalThis as any;
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, code);
}

/** Runs what is written until this is said of it; the line that is named, or nothing. */
async function refusedLine(page: Page, says: RegExp): Promise<string | undefined> {
  await page.click('text=Run this code');
  const broken = page.locator('#edit .broken', { hasText: says });
  await broken.waitFor({ timeout: 30_000 });
  const line = broken.locator('button');
  return (await line.count()) > 0 ? ((await line.textContent()) ?? undefined) : undefined;
}

/** A register of one copy, which does this first when a node starts: on line 6. */
const doing = (what: string) => `export const mine = {
  name: 'my/system',
  datatype: 'register',
  claims: [],
  async start(node) {
    ${what}
    let held = null;
    return {
      state: {},
      api: {
        read: async () => held,
        cas: async () => null,
        write: async (value) => {
          held = value;
          return null;
        },
      },
    };
  },
};
`;

/** Of two colours as a browser computes them, `rgb(1, 2, 3)`: from 1 to 21, as WCAG 2 defines it. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [one, other].map(luminance).sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const parts = [...colour.matchAll(/[\d.]+/g)].map(([part]) => Number(part) / 255);
  const [red = 0, green = 0, blue = 0] = parts.map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Goes to what the worker itself has: there the frame's policy and its origin refuse. */
const around = (code: string) =>
  `const real = (name) => Reflect.get(WorkerGlobalScope.prototype, name, self);\n${code}`;

/** What edited code may try, and what it is told. */
const TRIED: readonly (readonly [what: string, code: string, says: RegExp, line?: string])[] = [
  ['an endless loop', doing('for (;;) {}'), /ended after 5 s/],
  ['a throw as it loads', `\n\nthrow new Error('boom');`, /boom/, 'Line 3'],
  ['a mistake', doing('undefined.nothing;'), /Cannot read properties of undefined/, 'Line 6'],
  ['no JavaScript', 'export const mine = {\n  name: ;\n};', /Unexpected token/, 'Line 2'],
  ['no module', doing('import.meta.url;'), /import\.meta/, 'Line 6'],
  ['no design', 'export const mine = 7;', /is not a system: it needs a name/],
  ['fetch', doing("await fetch('https://example.com/');"), /fetch is refused: a node reaches others/, 'Line 6'],
  ['WebSocket', doing("new WebSocket('wss://example.com/');"), /WebSocket is refused/, 'Line 6'],
  ['importScripts', doing("importScripts('https://example.com/a.js');"), /importScripts is refused/, 'Line 6'],
  ['import()', doing("await import('https://example.com/a.js');"), /a\.js" cannot be imported/, 'Line 6'],
  ['indexedDB', doing("indexedDB.open('kept');"), /indexedDB is refused: .*node\.disk/, 'Line 6'],
  ['caches', doing("await caches.open('kept');"), /caches is refused/, 'Line 6'],
  ['evaluation', doing("new Function('return 1')();"), /Evaluating a string as JavaScript/],
  ['indexedDB, around what refuses it', around("real('indexedDB').open('kept');"), /denied|insecure|not allowed/i],
  [
    'importScripts, around what refuses it',
    around("real('importScripts').call(self, 'https://example.com/a.js');"),
    /Failed to execute 'importScripts'/,
    'Line 2',
  ],
  ['a clock', doing('Date.now();'), /node\.now\(\)/, 'Line 6'],
];

describe.skipIf(!hasBrowser)('edited code', () => {
  it('is refused or ended in words, with its line, and the page stays alive', async () => {
    const { page, complaints } = await openEditor();
    for (const [what, code, says, line] of TRIED) {
      await write(page, code);
      const named = await refusedLine(page, says);
      if (line !== undefined) expect(named, what).toBe(line);
    }
    await write(page, doing(''));
    await page.click('text=Run this code');
    await page.waitForSelector(OWN);
    await page.waitForSelector('#edit .broken', { state: 'detached' });
    expect(await page.locator('iframe').count()).toBe(0);
    expect(await violations(page, '#edit')).toEqual([]);
    await page.click('text=Back to the design as it was');
    await page.waitForSelector(OWN, { state: 'detached' });
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('reaches no server by fetch, around what refuses it, where a worker without the frame does', async () => {
    let asked: () => void = () => {};
    const paths: string[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url ?? '');
      response.end();
      asked();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    // It asks, and then never ends by itself: what it asked for would leave meanwhile.
    const asking = (path: string) =>
      `fetch.call(self, '${at}/${path}', { mode: 'no-cors' }).catch(() => {}); for (;;) {}`;
    const { page } = await openEditor();
    await page.context().setOffline(false);
    await write(page, around(`const fetch = real('fetch'); ${asking('edited')}`));
    await refusedLine(page, /ended after 5 s/);
    await page.close();
    const plain = await browser.newPage();
    const heard = new Promise<void>((resolve) => {
      asked = resolve;
    });
    await plain.evaluate(`new Worker(URL.createObjectURL(new Blob([${JSON.stringify(asking('plain'))}]))) && 0`);
    await heard;
    await plain.close();
    server.close();
    server.closeAllConnections();
    expect(paths).toEqual(['/plain']);
  });

  it('survives a reload, is in no link, and runs on the command line when it is downloaded', async () => {
    const { page, complaints } = await openEditor();
    await write(page, doing('// mine'));
    await page.keyboard.press('Control+End');
    await page.keyboard.type('// typed / by hand');
    await page.click('text=Run this code');
    await page.waitForSelector(OWN);
    await page.waitForTimeout(400);
    const link = page.url();
    await page.reload();
    await showEditor(page);
    const kept = (await page.textContent('#edit .cm-content')) ?? '';
    expect(kept).toContain('// mine');
    expect(kept).toContain('// typed / by hand');
    const [saved] = await Promise.all([page.waitForEvent('download'), page.click('text=Download my.mjs')]);
    expect(saved.suggestedFilename()).toBe('my.mjs');
    mkdirSync(join(folder, 'run'));
    await saved.saveAs(join(folder, 'run', 'my.mjs'));
    const flags = [
      '--system',
      './my.mjs#mine',
      '--cluster',
      'simulation',
      '--time',
      '1s',
      '--seed',
      '1',
      '--faults',
      'none',
    ];
    const { status, stderr } = spawnSync(process.execPath, [MAIN, 'run', ...flags], {
      cwd: join(folder, 'run'),
      encoding: 'utf8',
    });
    expect([0, 1, 2], stderr).toContain(status);
    const carried = inflateRawSync(Buffer.from(link.split('#play=')[1] ?? '', 'base64url')).toString('utf8');
    expect(carried).toContain('sync-replication/slide');
    expect(carried).not.toMatch(/mine|held/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('may be a design as it is, which then runs as it does without the editor: here in the one-file form', async () => {
    const { page, complaints } = await open(browser, playgroundInOneFile());
    await page.waitForSelector('#verdict[data-trace][aria-busy=false]');
    await showEditor(page);
    const before = await settled(page);
    await page.click('text=Run this code');
    await page.waitForSelector(OWN);
    expect(await settled(page)).toBe(before);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('is for everybody: axe, dark, on a narrow screen', async () => {
    const { page, complaints } = await openEditor({ width: 320, dark: true });
    expect(await violations(page, '#edit')).toEqual([]);
    // Axe does not see what colours the words of the editor have.
    const words = await page.$$eval('#edit .cm-line span', (all) => [
      // biome-ignore lint/suspicious/noExplicitAny: this runs in the page
      ...new Set(all.map((one) => (globalThis as any).getComputedStyle(one).color as string)),
    ]);
    expect(words.length).toBeGreaterThan(3);
    const behind = await page.$eval('#edit .cm-editor', (one) => {
      // biome-ignore lint/suspicious/noExplicitAny: this runs in the page
      return (globalThis as any).getComputedStyle(one).backgroundColor as string;
    });
    for (const word of words) expect(contrast(word, behind), word).toBeGreaterThan(4.5);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
