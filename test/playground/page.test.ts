/** The playground in Chromium, from disk: run, place faults, search, shrink, send a link, save what splitbrain replays. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCounterexample } from '../../harness/explore/counterexample.ts';
import { replay } from '../../harness/explore/replay.ts';
import { hasBrowser, launch, violations } from '../report/browser.ts';
import { openPlayground, otherThan, type Playground, traceOf, verdictOf } from './opened.ts';

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
    let trace = await traceOf(page);
    while ((await page.locator('.fault-bar').count()) > 0) {
      await page.locator('.fault-bar').first().focus();
      const left = await page.locator('.fault-bar').count();
      await page.keyboard.press('Delete');
      await page.waitForFunction((count) => document.querySelectorAll('.fault-bar').length < count, left);
    }
    trace = await otherThan(page, trace);
    await page.waitForFunction(() => document.querySelector('p.verdict')?.textContent !== 'Refuted');
    await page.click('text=Place it');
    trace = await otherThan(page, await traceOf(page));
    const bar = page.locator('.fault-bar');
    const before = await bar.getAttribute('aria-label');
    await bar.focus();
    await page.keyboard.press('Shift+ArrowRight');
    await page.waitForFunction(
      (label) => document.querySelector('.fault-bar')?.getAttribute('aria-label') !== label,
      before,
    );
    expect(before).toBe('partition n1 | n2 n3, from 900 ms to 1.5 s');
    expect(await bar.getAttribute('aria-label')).toBe('partition n1 | n2 n3, from 1 s to 1.6 s');
    await page.keyboard.press('Alt+Shift+ArrowRight');
    await page.waitForFunction(() =>
      document.querySelector('.fault-bar')?.getAttribute('aria-label')?.endsWith('1.7 s'),
    );
    expect(await otherThan(page, trace)).not.toBe(trace);
    await closed(opened);
  });

  it('finds a seed that refutes the slide, shrinks it, and saves what splitbrain replays', async () => {
    const opened = await openPlayground(browser);
    const { page } = opened;
    await page.click('text=Search a seed that breaks it');
    await page.waitForFunction(() => /^Seed \d+ breaks it/.test(document.querySelector('.told')?.textContent ?? ''));
    await page.waitForFunction(() => document.querySelector('p.verdict')?.textContent === 'Refuted');
    await page.click('text=Shrink');
    await page.waitForFunction(() => / became /.test(document.querySelector('.told')?.textContent ?? ''));
    const [, calls, faults, fewer, left] = /(\d+) calls and (\d+) faults became (\d+) and (\d+)/.exec(
      (await page.textContent('.told')) ?? '',
    )!;
    expect(Number(fewer)).toBeLessThan(Number(calls) / 4);
    expect(Number(left)).toBeLessThanOrEqual(Number(faults));
    expect(await verdictOf(page)).toBe('Refuted');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Save as a counterexample')]);
    const example = parseCounterexample(readFileSync(await download.path(), 'utf8'), 'example.json');
    expect(example.trace).toBe(await traceOf(page));
    expect(await replay(example)).toMatchObject({ occurred: true, same: true });
    await page.setInputFiles('input[type=file]', await download.path());
    await page.waitForFunction(() => /is opened/.test(document.querySelector('#sharing .told')?.textContent ?? ''));
    expect(await traceOf(page)).toBe(example.trace);
    await closed(opened);
  });

  it('opens again by its link, at the same moment, and says what is wrong with a damaged one', async () => {
    const opened = await openPlayground(browser);
    const { page } = opened;
    await page.click('text=Place it');
    const trace = await otherThan(page, await traceOf(page));
    await page.click('[aria-label="Step on"]');
    const moment = await page.inputValue('.moment');
    await page.waitForFunction(() => location.hash.startsWith('#play='));
    await page.waitForTimeout(400);
    const hash = await page.evaluate(() => location.hash);
    await closed(opened);
    const again = await openPlayground(browser, { hash });
    expect(await traceOf(again.page)).toBe(trace);
    expect(Number(await again.page.inputValue('.moment'))).toBeCloseTo(Number(moment), 1);
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
