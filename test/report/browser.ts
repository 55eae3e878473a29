/** A Chromium for tests of the page, from Debian's package or $CHROMIUM. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Where the browser is. */
export const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Whether there is a browser; without one the tests are skipped, and say how to get it. */
export const hasBrowser = existsSync(executablePath);
if (!hasBrowser) {
  process.stderr.write(
    `SKIPPED: no browser at ${executablePath}. Install Debian's chromium (apt-get install chromium) or set CHROMIUM to one.\n`,
  );
}

/** What it is started with. */
export const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A page opened from a file, without a network, and all that it complained about. */
export interface Opened {
  readonly page: Page;
  /** Console errors, exceptions and requests beyond the file itself. */
  readonly complaints: string[];
}

export async function launch(): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGS });
}

/** What a page asks of itself: what stands in its text, and workers that are made of it. */
const INSIDE = ['data:', 'blob:'];

export interface OpenOptions {
  readonly hash?: string;
  readonly dark?: boolean;
  readonly width?: number;
  readonly height?: number;
}

/** Writes the HTML to a file of its own and opens it as a person would. The file is gone when the page is closed. */
export async function open(browser: Browser, html: string, options: OpenOptions = {}): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-page-'));
  const file = join(folder, 'report.html');
  writeFileSync(file, html);
  const context = await browser.newContext({
    offline: true,
    colorScheme: options.dark ? 'dark' : 'light',
    viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const url = pathToFileURL(file).href;
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => undefined);
  });
  page.on('request', (request) => {
    if (!INSIDE.some((inside) => request.url().startsWith(inside)) && !request.url().startsWith(url))
      complaints.push(`request: ${request.url()}`);
  });
  page.on('close', () => rmSync(folder, { recursive: true, force: true }));
  await page.goto(url + (options.hash ?? ''));
  return { page, complaints };
}

/** Opens a run's report and waits until its operations are unpacked. */
export async function openReport(browser: Browser, html: string, options: OpenOptions = {}): Promise<Opened> {
  const opened = await open(browser, html, options);
  await opened.page.waitForSelector('html[data-ready]');
  return opened;
}

/** What axe finds wrong for those who do not see or use no mouse, with where; within one element, if it is named. */
export async function violations(page: Page, within = 'html'): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = (await page.evaluate(`axe.run('${within}')`)) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}
