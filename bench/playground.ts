/**
 * What the playground costs, in Chromium: how soon it is there, from disk; how long a run takes and how many a search
 * makes, in one worker; what a frame of the animation takes; what the check page needs beside the command line; what a
 * visitor loads.
 *
 * `node dist/bench/playground.js [HISTORY...]`, after `npm run build`; without files it makes histories for the check
 * page. Ends with 1 where a bound is broken.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { playgroundInOneFile } from '../cli/playground-page.ts';
import { launch } from '../test/report/browser.ts';
import { checkRows, writeHistories } from './playground/check.ts';
import { frameRows } from './playground/frames.ts';
import { median, type Row } from './playground/row.ts';

const SITE = 'dist/playground/site';
const TIMES = 5;

/** When the page has painted first, and when the first run is shown, in ms since it was asked for. */
async function opening(browser: Browser, url: string): Promise<readonly [paintMs: number, readyMs: number]> {
  const page = await browser.newPage();
  await page.addInitScript(`
    new MutationObserver((_, observer) => {
      if (!document.querySelector('[data-trace]')) return;
      observer.disconnect();
      performance.mark('ready');
    }).observe(document, { childList: true, subtree: true });
  `);
  await page.goto(url);
  await page.waitForSelector('[data-trace]');
  const times = await page.evaluate(() => [
    performance.getEntriesByName('first-contentful-paint')[0]!.startTime,
    performance.getEntriesByName('ready')[0]!.startTime,
  ]);
  await page.close();
  return times as [number, number];
}

/** Keeps the workers that the page starts, so that they can be asked here, too. */
const KEEP_WORKERS = `
  globalThis.workers = [];
  globalThis.Worker = class extends Worker {
    constructor(...given) {
      super(...given);
      workers.push(this);
    }
  };
`;

/** What a worker is, as far as it is asked here. */
interface Asked {
  addEventListener(event: 'message', heard: (message: { readonly data: Record<string, unknown> }) => void): void;
  postMessage(message: unknown): void;
}

/** The worker of the page, asked as the page asks it: ms of a run of some 150 calls, and runs a second in a search. */
async function working(page: Page, system: string): Promise<readonly [runMs: number, runsPerSecond: number]> {
  return page.evaluate(async (system) => {
    const [worker] = (globalThis as unknown as { workers: readonly Asked[] }).workers;
    let last = 1e6;
    const ask = (what: string, of: unknown) =>
      new Promise<{ tookMs: number; runs: number }>((resolve, reject) => {
        const id = ++last;
        worker!.addEventListener('message', ({ data }) => {
          if (data.id !== id) return;
          if ('gives' in data) resolve(data.gives as { tookMs: number; runs: number });
          if ('error' in data) reject(new Error(String(data.error)));
        });
        worker!.postMessage({ id, ask: what, of });
      });
    const nodes = ['n1', 'n2', 'n3'];
    const scenario = {
      setting: {
        ...{ system, workload: 'register', cluster: 'simulation', seed: 1, nodes, callTimeoutMs: 500 },
        faults: ['partition', 'crash'],
        options: { clients: 5, nodes, durationMs: 3000, ratePerSecond: 50, keys: 2, mix: { read: 1, write: 1 } },
      },
      given: {},
    };
    const times: number[] = [];
    for (let i = 0; i < 30; i++) times.push((await ask('run', scenario)).tookMs);
    times.sort((a, b) => a - b);
    const { tookMs, runs } = await ask('search', { scenario, from: 1, most: 300 });
    return [times[15]!, (runs * 1000) / tookMs] as const;
  }, system);
}

/** Of a bundled file, in kB. */
function gzipped(name: string): number {
  return gzipSync(readFileSync(join(SITE, name)), { level: 9 }).length / 1000;
}

async function rows(browser: Browser, url: string): Promise<readonly Row[]> {
  const openings: (readonly [number, number])[] = [];
  for (let i = 0; i < TIMES; i++) openings.push(await opening(browser, url));
  const page = await browser.newPage();
  await page.addInitScript(KEEP_WORKERS);
  await page.goto(url);
  await page.waitForSelector('[data-trace]');
  const [runMs, perSecond] = await working(page, 'sync-replication/sound');
  const [quorumMs, quorumPerSecond] = await working(page, 'quorum/abd');
  return [
    { what: 'first paint, from disk', value: median(openings.map(([paint]) => paint)), unit: 'ms', most: 1000 },
    { what: 'ready, from disk', value: median(openings.map(([, ready]) => ready)), unit: 'ms', most: 2000 },
    { what: 'a run of 150 calls with faults, judged', value: runMs, unit: 'ms', most: 30 },
    { what: 'a search in one worker', value: perSecond, unit: 'runs a second', least: 60 },
    { what: 'the same of quorum/abd', value: quorumMs, unit: 'ms' },
    { what: 'a search of quorum/abd', value: quorumPerSecond, unit: 'runs a second' },
    ...(await frameRows(browser, url)),
    { what: 'all pages, gzipped', value: gzipped('index.html'), unit: 'kB', most: 450 },
    { what: 'the sources, gzipped', value: gzipped('sources.js'), unit: 'kB', most: 150 },
    { what: 'the editor, gzipped', value: gzipped('editor.js') + gzipped('pieces.js'), unit: 'kB' },
  ];
}

const folder = mkdtempSync(join(tmpdir(), 'splitbrain-bench-playground-'));
const file = join(folder, 'playground.html');
writeFileSync(file, playgroundInOneFile());
const browser = await launch();
try {
  const url = pathToFileURL(file).href;
  const found = [...(await rows(browser, url))];
  const given = process.argv.slice(2);
  found.push(...(await checkRows(url, given.length > 0 ? given : writeHistories(folder), folder)));
  for (const { what, value, unit, most, least } of found) {
    const isBroken = value > (most ?? value) || value < (least ?? value);
    const bound = most !== undefined ? `at most ${most}` : least !== undefined ? `at least ${least}` : '';
    console.log(
      `${what.padEnd(44)} ${value.toFixed(1).padStart(8)} ${unit.padEnd(14)} ${bound}${isBroken ? ' BROKEN' : ''}`,
    );
    if (isBroken) process.exitCode = 1;
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
