import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runComparison } from '../../harness/compare/compare.ts';
import type { Comparison } from '../../harness/compare/comparison.ts';
import { comparisonPage } from '../../report/comparison.ts';
import { hasBrowser, launch, open, violations } from './browser.ts';

describe.skipIf(!hasBrowser)('the page of a comparison', () => {
  let browser: Browser;
  let comparison: Comparison;
  let html: string;
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'splitbrain-compare-'));
    const done = await runComparison(
      {
        systems: ['quorum/abd', 'async-replication/sound', 'quorum/dynamo-removals'],
        workloads: ['register', 'removals'],
        faults: ['none', 'partition'],
        ...{ seeds: 3, seed: 1, cluster: 'simulation', nodes: 3, clients: 5 },
        ...{ durationMs: 3000, ratePerSecond: 50, keys: 2, callTimeoutMs: 500, expectations: [] },
      },
      { out: join(folder, 'a'), command: 'splitbrain compare' },
    );
    comparison = done.comparison;
    html = comparisonPage(comparison);
    rmSync(folder, { recursive: true });
    browser = await launch();
  });
  afterAll(() => browser?.close());

  it('opens from disk without a network and without a complaint, and can be used by everybody', async () => {
    for (const dark of [false, true]) {
      const { page, complaints } = await open(browser, html, { dark });
      await page.waitForSelector('.staircase');
      expect(await violations(page)).toEqual([]);
      await page.locator('button.step.violated').first().click();
      await page.waitForSelector('dialog[open]');
      expect(await violations(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await page.close();
    }
  });

  it('goes from a violated step to its witness and the report of that run', async () => {
    const { page } = await open(browser, html);
    const step = page.getByRole('button', { name: /^async-replication\/sound: linearizable under partition violated/ });
    await step.click();
    const dialog = page.locator('dialog');
    await dialog.locator('.witness a').waitFor();
    expect((await dialog.locator('.witness').allInnerTexts()).join('\n')).toMatch(/stale-read|read/);
    const href = await dialog.locator('.witness a').getAttribute('href');
    const { cells } = comparison.datatypes[0]!.systems[1]!;
    const witness = cells[1]!.models.linearizable!.witness!;
    expect(href).toBe(`${comparison.runs[witness]!.id}/report.html`);
    await page.keyboard.press('Escape');
    // The page draws anew a moment after the key: what counts is that the dialog goes.
    await page.locator('dialog').waitFor({ state: 'detached' });
    expect(await page.locator('dialog').count()).toBe(0);
    await page.close();
  });

  it('traces every figure to a run with two clicks', async () => {
    const { page } = await open(browser, html);
    await page.waitForSelector('.staircase');
    const figures = page.locator('table.figures button, .tradeoff .dot, button.step');
    const count = await figures.count();
    expect(count).toBeGreaterThan(60);
    for (let i = 0; i < count; i += 7) {
      await figures.nth(i).click();
      await page.locator('dialog tbody button').first().click();
      await page.locator('dialog .command code').waitFor();
      expect((await page.locator('dialog .command code').allInnerTexts()).join('\n')).toMatch(
        /^splitbrain run --system \S+ .*--seed 1 --cluster simulation$/,
      );
      await page.getByRole('button', { name: 'Close' }).click();
    }
    await page.close();
  });

  it('shows the figures under the faults that are chosen', async () => {
    const { page } = await open(browser, html);
    expect(await page.locator('h3', { hasText: 'Figures under partition' }).count()).toBe(2);
    await page.getByLabel('no faults', { exact: true }).check();
    expect(await page.locator('h3', { hasText: 'Figures under no faults' }).count()).toBe(2);
    const table = page.locator('table.figures').first();
    expect((await table.locator('thead').allInnerTexts()).join('\n')).not.toMatch(/minority/);
    await page.close();
  });

  it('says what was not run: in a banner, and k of n of each system under some faults', async () => {
    const [table, ...tables] = comparison.datatypes;
    const [row, ...rows] = table!.systems;
    const cells = row!.cells.map((cell, i) => {
      const runs = i === 0 ? [] : cell.runs.slice(0, 1);
      const share = { judged: runs.length, planned: 3 };
      return i === 0 ? { ...cell, runs, share, models: {}, values: {} } : { ...cell, runs, share };
    });
    const short = {
      ...comparison,
      datatypes: [{ ...table!, systems: [{ ...row!, cells }, ...rows] }, ...tables],
      shortfall: ['13 of 18 runs were made and judged.'],
    };
    const { page, complaints } = await open(browser, comparisonPage(short));
    await page.waitForSelector('.staircase');
    expect((await page.locator('.shortfall').allInnerTexts()).join()).toContain('13 of 18 runs were made');
    expect(await page.locator('.staircase td.share').allInnerTexts()).toEqual(['not run', '1/3', '3/3', '3/3']);
    expect((await page.locator('small.share').allInnerTexts()).join()).toContain('1/3 runs');
    await page.getByLabel('no faults', { exact: true }).check();
    await page.locator('small.share', { hasText: 'not run 0/3' }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('says how each figure is computed', async () => {
    const { page } = await open(browser, html);
    await page.waitForSelector('#definitions');
    const text = (await page.locator('#definitions').allInnerTexts()).join('\n');
    for (const { says } of comparison.figures) expect(text).toContain(says);
    await page.close();
  });
});
