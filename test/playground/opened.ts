/** The playground as it was built, opened from disk in a browser without a network. */
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';

const FILE = fileURLToPath(new URL('../../dist/playground/site/index.html', import.meta.url));

export interface Playground {
  readonly page: Page;
  /** Console errors and warnings, exceptions, and requests for anything but the page's own files and worker. */
  readonly complaints: string[];
}

interface Opening {
  readonly hash?: string;
  readonly dark?: boolean;
  readonly width?: number;
}

/** Opens it and waits for the first run. */
export async function openPlayground(browser: Browser, { hash = '', dark, width }: Opening = {}): Promise<Playground> {
  if (!existsSync(FILE)) throw new Error('the playground is not built: run npm run build');
  const context = await browser.newContext({
    offline: true,
    colorScheme: dark ? 'dark' : 'light',
    viewport: { width: width ?? 1280, height: 900 },
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  const folder = pathToFileURL(FILE).href.replace('index.html', '');
  page.on('request', (request) => {
    if (!/^(blob:null|data:)/.test(request.url()) && !request.url().startsWith(folder))
      complaints.push(`request: ${request.url()}`);
  });
  await page.goto(pathToFileURL(FILE).href + hash);
  await page.waitForSelector('#verdict[data-trace][aria-busy=false]');
  return { page, complaints };
}

/** Waits until what is chosen has been run; answers the hash of all its messages. */
export async function settled(page: Page): Promise<string> {
  await page.waitForSelector('#verdict[aria-busy=false]');
  return (await page.getAttribute('#verdict', 'data-trace')) ?? '';
}

export function verdictOf(page: Page): Promise<string | null> {
  return page.textContent('p.verdict');
}
