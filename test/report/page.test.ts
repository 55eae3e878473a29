import type { Anomaly, Verdict } from 'elle-ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { campaignIndex } from '../../report/campaign.ts';
import { relinked } from '../../report/fill.ts';
import { report } from '../../report/report.ts';
import { hasBrowser, launch, open, openReport, violations } from './browser.ts';
import { calmSample, cycleSample, lostUpdateSample, sample, sampleSummary } from './sample.ts';

const HOSTILE = `</script><script>alert(1)</script><img src=x onerror=alert(2)>"'\`&lt;\u2028\u202Eabc\u0000${'x'.repeat(3000)}`;

describe.skipIf(!hasBrowser)('the page of a run', () => {
  let browser: Browser;
  const html = report(sample({ operations: 120, messages: true }));
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  it('opens from disk without a network and without a complaint, and says what went wrong', async () => {
    const { page, complaints } = await openReport(browser, html);
    const text = await textOf(page, 'main');
    expect(text).toContain('Refuted');
    expect(text).toContain('stale-read');
    expect(text).toContain('partition n1 | n2 n3');
    expect(await page.title()).toBe('quorum/no-write-back · splitbrain');
    expect(await page.locator('.intervals .bar').count()).toBe(3);
    await page.evaluate("document.querySelector('#performance').scrollIntoView()");
    await page.waitForSelector('.u-wrap');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('leads with the anomaly: verdict, sentence, drawing and why on the first screen', async () => {
    const { page } = await openReport(browser, html, { width: 1280, height: 800 });
    for (const part of ['.verdict.invalid', '.says', '.story .intervals', '.story .steps li >> nth=0']) {
      const box = (await page.locator(part).first().boundingBox())!;
      expect(box.y + box.height, part).toBeLessThanOrEqual(800);
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(1280);
    await page.close();
  });

  it('leads back to its campaign, and on to the next failure', async () => {
    const links = [{ href: '../index.html', name: 'campaign' }];
    const more = [...links, { href: '../</script>/report.html', name: 'next failure' }];
    const { page, complaints } = await openReport(
      browser,
      relinked(report({ ...sample({ operations: 9 }), links }), more),
    );
    const found = await page.locator('.elsewhere a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    expect(found).toEqual(more.map(({ href }) => href));
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('shows one anomaly on the timeline, until all are asked for', async () => {
    const { page, complaints } = await openReport(browser, html);
    expect(await page.locator('.only').count()).toBe(0);
    await page.getByRole('button', { name: 'Show on the timeline' }).first().click();
    await shows(page, '.only', /^anomaly 1/);
    await page.locator('.only').click();
    expect(await page.locator('.only').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('fits a window of 320 pixels', async () => {
    const { page } = await openReport(browser, html, { width: 320, height: 700 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    await page.close();
  });

  it('draws for paper what nobody has scrolled to', async () => {
    const { page } = await openReport(browser, html, { height: 400 });
    expect(await page.locator('.u-wrap').count()).toBe(0);
    await page.pdf();
    expect(await page.locator('.u-wrap').count()).toBeGreaterThan(1);
    await page.close();
  });

  it('searches by field and by text, and goes from match to match', async () => {
    const { page, complaints } = await openReport(browser, html);
    const field = page.getByLabel('Search operations');
    await field.fill('key:k0 f:write outcome:ok');
    await shows(page, '.search .found', /^\d+ found$/);
    await field.press('Enter');
    expect(await textOf(page, '.selected h3')).toMatch(/^ok write k0 \d+$/);
    const first = await textOf(page, '.selected header a');
    await field.press('Enter');
    expect(await textOf(page, '.selected header a')).not.toBe(first);
    await field.fill('no such text');
    await shows(page, '.search .found', /^0 found$/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('zooms by wheel, buttons and keys from the whole run to microseconds', async () => {
    const { page } = await openReport(browser, html, { hash: '#timeline' });
    const whole = await span(page);
    await page.hover('.stage');
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -300);
    await page.keyboard.up('Control');
    const closer = await changed(page, whole);
    await page.getByRole('button', { name: 'Zoom in' }).click();
    const closest = await changed(page, closer);
    await page.locator('.stage').focus();
    for (let i = 0; i < 40; i++) await page.keyboard.press('+');
    expect(await changed(page, closest)).toMatch(/\+ (?:1|999)(?:\.\d+)? (?:µs|ns)$/);
    await page.keyboard.press('0');
    await shows(page, '.zoom .span', whole);
    await page.close();
  });

  it('follows links to an operation, an anomaly and a moment', async () => {
    const { page, complaints } = await openReport(browser, html, { hash: '#anomaly-1' });
    const start = await textOf(page, '.intervals .name a >> nth=0');
    await page.click('.intervals .name a >> nth=0');
    await page.waitForSelector('.selected');
    expect(await textOf(page, '.selected header a')).toBe(start.replace('#', '#op-'));
    await page.goto(`${page.url().split('#')[0]}#t-40.5`);
    await page.waitForSelector('.zoom .span[href="#t-40.500"]');
    await page.goto(`${page.url().split('#')[0]}#op-99999999`);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('selects an operation by a click on the timeline', async () => {
    const { page } = await openReport(browser, html, { hash: '#timeline' });
    const box = (await page.locator('.lanes').boundingBox())!;
    for (let x = 120; x < box.width && (await page.locator('.selected').count()) === 0; x += 7)
      await page.mouse.click(box.x + x, box.y + 10);
    expect(await textOf(page, '.selected')).toContain('process');
    await page.close();
  });

  it('is dark where the system is, and switches', async () => {
    const { page, complaints } = await openReport(browser, html, { dark: true });
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const dark = await ground();
    await page.getByRole('button', { name: 'Light' }).click();
    expect(await ground()).not.toBe(dark);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('can be used with the keyboard alone', async () => {
    const { page } = await openReport(browser, html);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the verdict');
    await page.keyboard.press('/');
    expect(await page.evaluate('document.activeElement.type')).toBe('search');
    await page.keyboard.type('outcome:ok');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.selected');
    await page.locator('.stage').focus();
    await page.keyboard.press('n');
    expect(await textOf(page, '.selected')).toContain('proves anomaly 1');
    await page.keyboard.press(']');
    await page.locator('summary', { hasText: 'as a table' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('.operations tbody tr');
    await page.close();
  });

  it.each([
    ['light and wide', {}],
    ['dark and narrow', { dark: true, width: 320 }],
  ])('has no accessibility violations, %s', async (_, options) => {
    const { page } = await openReport(browser, html, options);
    // A few rows of each table are enough, and take a tenth of the time.
    await page.getByLabel('Search operations').fill('key:k1 outcome:info');
    await openAll(page);
    await page.getByLabel('Search messages').fill('operation 7');
    await page.evaluate("document.querySelector('#performance').scrollIntoView()");
    await page.waitForSelector('.u-wrap');
    expect(await violations(page)).toEqual([]);
    await page.close();
  });

  it('shows hostile text in keys, values, logs and errors as text', async () => {
    const { page, complaints } = await openReport(
      browser,
      report(sample({ operations: 300, messages: true, hostile: HOSTILE })),
    );
    await openAll(page);
    expect(await textOf(page, '#logs')).toContain('<img src=x onerror=alert(2)>');
    expect(await page.locator('img').count()).toBe(0);
    expect(await textOf(page, 'h1')).toContain('</script>');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.getByLabel('Search operations').fill('onerror');
    await shows(page, '.search .found', /^[1-9]\d* found$/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('draws a cycle of transactions as a ring with a reason on every edge', async () => {
    const { page, complaints } = await openReport(browser, report(cycleSample()));
    expect(await page.locator('.ring .reason').allTextContents()).toEqual([
      'rw: read before overwritten',
      'rw: read before overwritten',
    ]);
    expect(await textOf(page, '.intervals .name')).toContain('T1 #2 p1 n2 r x = [1], append y 1');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('says on every edge of a lost update why it is one', async () => {
    const { page } = await openReport(browser, report(lostUpdateSample()));
    const ring = page.locator('.story', { hasText: 'lost-update' }).first().locator('.ring .reason');
    expect(await ring.allTextContents()).toEqual(['rw: read before overwritten', 'rw: read before overwritten']);
    expect(await textOf(page, '.intervals .name')).toContain('r x = nothing');
    await page.close();
  });

  it('tells of an anomaly that is a moment with the last messages before it', async () => {
    const input = sample({ operations: 300, messages: true });
    const at = { ms: input.result.healedMs / 2, nodes: ['n1'] };
    const seen: Anomaly = { name: 'two-leaders', message: 'n1 leads {"term":7}.', steps: [], operations: [], at };
    const invariants: Verdict = { type: 'invalid', anomalies: [seen] };
    const result = { ...input.result, claims: [], checkers: { invariants } };
    const { page, complaints } = await openReport(browser, report({ ...input, result }));
    expect(await textOf(page, '.story .message')).toBe('n1 leads {term: 7}.');
    await shows(page, '.behind', /^Last messages \(24\)/);
    expect(await page.locator('.bars .moment').count()).toBe(1);
    await openAll(page);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('leads from an anomaly to everything that happened to its key', async () => {
    const { page } = await openReport(browser, html);
    await page.getByRole('button', { name: /^All of key/ }).click();
    await shows(page, '.search .found', /^[1-9]\d* found$/);
    expect(await page.getByLabel('Search operations').inputValue()).toMatch(/^key:k\d$/);
    await page.close();
  });

  it('shows what was measured as tables', async () => {
    const { page } = await openReport(browser, html);
    await openAll(page);
    await shows(page, '.figures-of-run tr', /^partition n1 .*majority: n2 n3\d+ of \d+ \(\d+%\)/);
    await page.close();
  });

  it('shows a run without operations or anomalies', async () => {
    const calm = calmSample(50);
    const { page, complaints } = await openReport(browser, report(calm));
    expect(await textOf(page, '.hero')).toContain('Held');
    expect(await page.locator('#anomalies').count()).toBe(0);
    await page.close();
    const empty = sample({ operations: 0 });
    const nothing = await openReport(browser, report(empty));
    expect(await textOf(nothing.page, '#performance')).toContain('no operations');
    expect([...complaints, ...nothing.complaints]).toEqual([]);
    await nothing.page.close();
  });
});

describe.skipIf(!hasBrowser)('the page of a campaign', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  it('shows systems by faults with links to the reports, and finds runs', async () => {
    const summary = sampleSummary('');
    const [run] = summary.runs.filter(({ verdict }) => verdict === 'invalid');
    const told = { name: 'a cell', seen: 'stale-read in 1 of 1 seed', lines: ['p1  ┝━ r x=1 ━┥'], shrunk: true };
    const failure = { ...told, outcome: 'refuted' as const, command: 'splitbrain replay a.json', run: run!.id };
    const { page, complaints } = await open(browser, campaignIndex(summary, [failure]));
    expect(await textOf(page, '.hero')).toContain('exit code 1');
    expect(await textOf(page, '.failure pre')).toBe('p1  ┝━ r x=1 ━┥');
    const beside = await page.locator('.failure a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    expect(beside.map((href) => href!.replace(/.*\//, ''))).toEqual([
      'report.html',
      'smallest.html',
      'counterexample.json',
    ]);
    const rows = page.locator('.matrix tbody tr');
    const refuted = await rows.evaluateAll((all) => all.map((row) => row.querySelector('.chip.invalid') !== null));
    expect(refuted).toEqual([...refuted].sort((a, b) => Number(b) - Number(a)));
    expect(await page.getAttribute('.matrix a.invalid', 'href')).toBe('runs/quorum-slide-partition-1/report.html');
    await page.getByLabel('Search runs').fill('refuted');
    await shows(page, '.found', /^3 of 8$/);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('says what was not run: in a banner, and k of n in each cell', async () => {
    const { runs, cells, ...rest } = sampleSummary('');
    const [first, ...others] = cells.map((cell) => ({ ...cell, planned: 5, judged: 1 }));
    const never = {
      ...first!,
      verdicts: { ...first!.verdicts, valid: 0, invalid: 0, expected: 0 },
      judged: 0,
      notRun: true as const,
      verdict: 'unknown' as const,
    };
    // A whole group of faults was not run: its column is there all the same.
    const more = { ...never, faults: ['clock'] };
    const short = {
      ...rest,
      runs: runs.slice(1),
      cells: [never, more, ...others],
      ...{ planned: 45, made: 7 },
      unmade: ['Time was up.'],
    };
    const { page, complaints } = await open(browser, campaignIndex(short));
    expect(await textOf(page, '.shortfall')).toMatch(
      /7 of 45 runs were made and judged, 38 planned runs were not made, 2 of 9 cells were not run at all\. Time was up\./,
    );
    expect(await page.locator('.matrix .chip.not-run').allInnerTexts()).toEqual(['not run 0/5', 'not run 0/5']);
    expect(await page.locator('.matrix thead th').allInnerTexts()).toContain('clock');
    expect(await page.locator('.matrix .chip', { hasText: 'held 1/5' }).count()).toBeGreaterThan(0);
    expect(await page.locator('.matrix .chip', { hasText: 'stale-read 1/1 (of 5)' }).count()).toBe(3);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('of a shard says that it is a part, and of a merge links to where the runs lie, or nowhere', async () => {
    const summary = sampleSummary('');
    const part = await open(browser, campaignIndex({ ...summary, shard: [2, 3] }));
    expect(await textOf(part.page, '.hero')).toMatch(/shard 2 of 3: splitbrain merge/);
    expect(await textOf(part.page, '.hero')).not.toContain('exit code');
    await part.page.close();
    const folders = ['../shards/1/a', '', '../../b/../c'];
    const runs = summary.runs.map((run, i) => ({ ...run, folder: folders[i % 3]! }));
    const { page } = await open(browser, campaignIndex({ ...summary, runs }));
    const hrefs = await page.evaluate(
      "[...document.querySelectorAll('a.chip')].map((link) => link.getAttribute('href'))",
    );
    expect(new Set(hrefs as string[])).toEqual(new Set(['../shards/1/a/report.html', '../../b/c/report.html']));
    await page.close();
  });

  it('shows hostile text as text, and links nowhere else', async () => {
    const { page, complaints } = await open(browser, campaignIndex(sampleSummary(HOSTILE)));
    expect(await page.locator('img').count()).toBe(0);
    const links = await page.evaluate("[...document.querySelectorAll('main a')].map((link) => link.protocol)");
    expect(new Set(links as string[])).toEqual(new Set(['file:']));
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

async function span(page: Page): Promise<string> {
  return textOf(page, '.zoom .span');
}

async function changed(page: Page, from: string): Promise<string> {
  await page.locator('.zoom .span').filter({ hasNotText: from }).waitFor();
  await page.waitForTimeout(100);
  return span(page);
}

/** The text of the first element that matches, as a person sees it. */
async function textOf(page: Page, selector: string): Promise<string> {
  const [text] = await page.locator(selector).first().allInnerTexts();
  if (text === undefined) throw new Error(`nothing on the page matches ${selector}`);
  return text;
}

/** Waits until an element has this text. */
async function shows(page: Page, selector: string, text: string | RegExp): Promise<void> {
  await page.locator(selector).filter({ hasText: text }).waitFor();
}

async function openAll(page: Page): Promise<void> {
  for (let depth = 0; depth < 2; depth++) {
    await page.evaluate("document.querySelectorAll('main details').forEach((part) => { part.open = true; })");
    await page.waitForTimeout(100);
  }
}
