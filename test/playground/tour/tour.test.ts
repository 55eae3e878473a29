/** Each slide breaks as its chapter tells, in the page itself, from the file that `splitbrain playground` writes. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playgroundInOneFile } from '../../../cli/playground-page.ts';
import { slideChapters } from '../../../playground/tour/chapters.mjs';
import { hasBrowser, launch, type Opened, open, violations } from '../../report/browser.ts';

const chapters = slideChapters();
/** Only against what never comes. */
const WAITED = { timeout: 60_000 };

describe.skipIf(!hasBrowser)('the tour', () => {
  let browser: Browser;
  let opened: Opened;
  const at = async (hash: string) => {
    await opened.page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  };

  beforeAll(async () => {
    browser = await launch();
    opened = await open(browser, playgroundInOneFile(), { hash: '#tour' });
  });
  afterAll(() => browser?.close());

  it('has a page for each slide', async () => {
    const links = opened.page.locator('.stops a');
    await links.first().waitFor();
    expect(await links.evaluateAll((all) => all.map((one) => one.getAttribute('href')))).toEqual(
      [...chapters.map(({ slide }) => slide), 13].map((slide) => `#tour=${slide}`),
    );
  });

  it.each(chapters.map((chapter) => [chapter.slide, chapter] as const))(
    'slide %i breaks as told',
    async (_, chapter) => {
      const { page, complaints } = opened;
      await at(`#tour=${chapter.slide}`);
      await page.waitForSelector(`.stop[data-slide="${chapter.slide}"]`);
      await expect.poll(() => page.locator('[data-told="running"]').count(), WAITED).toBe(0);
      await page.waitForSelector('[data-compared]');
      const told = await page
        .locator('.broken-run')
        .evaluateAll((all) => all.map(({ dataset }) => [dataset.system, dataset.told] as const));
      const examples = [chapter.shows, chapter.sound, chapter.costs].flat().filter(({ kind }) => kind === 'example');
      expect(told).toEqual(examples.map((example) => ['system' in example && example.system, 'same']));
      // The sound versions were run under the same plan, beside the slide, which broke there, too.
      const rows = await page.locator('.same-plan tbody tr').allInnerTexts();
      expect(rows[0]).toContain('broke its claim');
      expect(complaints).toEqual([]);
    },
  );

  it('slide 13 gives what answers nothing a better score than what is sound', async () => {
    const { page } = opened;
    await at('#tour=13');
    await page.waitForSelector('[data-measured="4"]');
    const rows = (await page.locator('[data-measured] tbody tr').allInnerTexts()).map((row) => row.split('\t'));
    const score = Object.fromEntries(rows.map(([name, value]) => [name!.trim(), Number(value)]));
    const done = Object.fromEntries(rows.map(([name, , share]) => [name!.trim(), Number(/(\d+)%/.exec(share!)![1])]));
    expect(score['cap/slide-cp']).toBeGreaterThan(0.95);
    expect(score['cap/slide-cp']).toBeGreaterThanOrEqual(score['quorum/abd']!);
    expect(done['cap/slide-cp']).toBeLessThan(20);
    expect(done['quorum/abd']).toBeGreaterThan(50);
  });

  it('opens the playground at the moment that matters', async () => {
    const { page, complaints } = opened;
    for (const { slide, shows } of [chapters[0]!, chapters[10]!]) {
      await at(`#tour=${slide}`);
      await page.waitForSelector(`.stop[data-slide="${slide}"]`);
      await page.locator('.open-run').first().click();
      const example = shows.find((block) => block.kind === 'example')!;
      await page.waitForSelector(`[data-trace="${example.trace}"]`);
      expect(await page.evaluate('location.hash')).toMatch(/^#play=/);
      await page.goBack();
    }
    expect(complaints).toEqual([]);
  });

  it('suits those who do not see or do not use a mouse, narrow and dark, too', async () => {
    for (const options of [{ width: 1280 }, { width: 320, dark: true }, { width: 320 }]) {
      const narrow = await open(browser, playgroundInOneFile(), { ...options, hash: '#tour=6' });
      const { page } = narrow;
      await page.waitForSelector('[data-compared]');
      expect(await violations(page)).toEqual([]);
      const wider = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(wider, 'px to the right of the window').toBeLessThanOrEqual(0);
      await page.evaluate(`location.hash = '#tour'`);
      await page.waitForSelector('.stops');
      expect(await violations(page)).toEqual([]);
      expect(narrow.complaints).toEqual([]);
      await page.close();
    }
  });
});
