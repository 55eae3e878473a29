/** The playground in Chromium, from disk: run, place faults, search, shrink, send a link, save what can be replayed. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCounterexample } from '../../harness/explore/counterexample.ts';
import { replay } from '../../harness/explore/replay.ts';
import { hasBrowser, launch, violations } from '../report/browser.ts';
import { openPlayground, type Playground, settled, verdictOf } from './opened.ts';

let browser: Awaited<ReturnType<typeof launch>>;
beforeAll(async () => {
  if (hasBrowser) browser = await launch();
});
afterAll(() => browser?.close());

async function closed({ page, complaints }: Playground): Promise<void> {
  await page.context().close();
  expect(complaints).toEqual([]);
}

describe.skipIf(!hasBrowser)('the playground', () => {
  it('runs a slide when it is opened, and shows its anomaly, its source and its moments', async () => {
    const opened = await openPlayground(browser);
    const { page } = opened;
    expect(await verdictOf(page)).toBe('Refuted');
    expect(await page.textContent('.story h3')).toContain('stale-read');
    await page.click('text=Source of sync-replication/slide');
    expect(await page.textContent('.code')).toContain("name: 'sync-replication/slide'");
    for (let i = 0; i < 3; i++) await page.click('[aria-label="Step on"]');
    expect(await page.textContent('.now')).toMatch(/ms: .+(sends|arrives|begins|ends)/);
    await closed(opened);
  });

  it('runs again with faults that are placed, moved by keys and removed', async () => {
    const opened = await openPlayground(browser);
    const { page } = opened;
    const bar = page.locator('.fault-bar');
    const label = () => bar.getAttribute('aria-label');
    const traces = new Set([await settled(page)]);
    for (let left = await bar.count(); left > 0; left--) {
      await bar.first().focus();
      await page.keyboard.press('Delete');
      await settled(page);
      expect(await bar.count()).toBe(left - 1);
    }
    traces.add(await settled(page));
    await page.click('text=Place it');
    traces.add(await settled(page));
    expect(await label()).toBe('partition n1 | n2 n3, from 900 ms to 1.5 s');
    await bar.focus();
    await page.keyboard.press('Shift+ArrowRight');
    traces.add(await settled(page));
    expect(await label()).toBe('partition n1 | n2 n3, from 1 s to 1.6 s');
    await page.keyboard.press('Alt+Shift+ArrowRight');
    traces.add(await settled(page));
    expect(await label()).toBe('partition n1 | n2 n3, from 1 s to 1.7 s');
    const box = (await bar.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 - 200, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    traces.add(await settled(page));
    expect(await label()).toMatch(/from \d+ ms to 1\.\d+ s/);
    expect(traces.size).toBe(6);
    await page.getByLabel('Nodes', { exact: true }).fill('5');
    await page.keyboard.press('Enter');
    await settled(page);
    expect(await label()).toContain('partition n1 | n2 n3 n4 n5');
    await closed(opened);
  });

  it('finds a seed that refutes the slide, shrinks it, and saves what splitbrain replays', async () => {
    const opened = await openPlayground(browser);
    const { page } = opened;
    await page.click('text=Search a seed that breaks it');
    await page.waitForSelector('.told:text-matches("^Seed [0-9]+ breaks it")');
    await settled(page);
    expect(await verdictOf(page)).toBe('Refuted');
    await page.click('text=Shrink');
    await page.waitForSelector('.told:has-text(" became ")');
    const [, calls, faults, fewer, left] = /(\d+) calls and (\d+) faults became (\d+) and (\d+)/.exec(
      (await page.textContent('.told')) ?? '',
    )!;
    expect(Number(fewer)).toBeLessThan(Number(calls) / 4);
    expect(Number(left)).toBeLessThanOrEqual(Number(faults));
    const trace = await settled(page);
    expect(await verdictOf(page)).toBe('Refuted');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Save as a counterexample')]);
    const example = parseCounterexample(readFileSync(await download.path(), 'utf8'), 'example.json');
    expect(example.trace).toBe(trace);
    expect(await replay(example)).toMatchObject({ occurred: true, same: true });
    await page.setInputFiles('input[type=file]', await download.path());
    await page.waitForSelector('#sharing .told:has-text("is opened")');
    expect(await settled(page)).toBe(trace);
    await closed(opened);
  });

  it('opens again by its link, at the same moment, and says what is wrong with a damaged one', async () => {
    const opened = await openPlayground(browser);
    const { page } = opened;
    await page.click('text=Place it');
    const trace = await settled(page);
    await page.click('[aria-label="Step on"]');
    const moment = await page.inputValue('.moment');
    await page.click('text=Copy the link');
    const { hash } = new URL(await page.getByLabel('Link', { exact: true }).inputValue());
    await closed(opened);
    const again = await openPlayground(browser, { hash });
    expect(await settled(again.page)).toBe(trace);
    expect(await again.page.inputValue('.moment')).toBe(moment);
    await closed(again);
    const damaged = await openPlayground(browser, { hash: `${hash.slice(0, 60)}x` });
    expect(await damaged.page.textContent('#sharing .told')).toMatch(/cannot be opened: the link is damaged/);
    await closed(damaged);
  });

  it.each([
    [1280, false],
    [320, true],
  ])('has nothing that axe finds wrong, and fits %i px (dark: %s)', async (width, dark) => {
    const opened = await openPlayground(browser, { width, dark });
    await opened.page.locator('.fault-bar').first().click();
    expect(await violations(opened.page)).toEqual([]);
    expect(await opened.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await closed(opened);
  });
});
