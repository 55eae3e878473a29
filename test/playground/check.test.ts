/** The page that checks histories says what `check` says, in the same words, and keeps everything to itself. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCheck } from '../../cli/check-run.ts';
import { playgroundInOneFile } from '../../cli/playground-page.ts';
import { unpackOperations } from '../../report/page/unpack.ts';
import { hasBrowser, launch, type OpenOptions, open, violations } from '../report/browser.ts';
import { copyShared, EVENTS, hasShared, writeOwn } from './check-files.ts';

let folder: string;
let browser: Awaited<ReturnType<typeof launch>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'splitbrain-check-'));
  if (hasBrowser) browser = await launch();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await browser?.close();
});

/** What is said of a history: its verdict, the sentence, or why there is none, and notes. */
interface Line {
  readonly file: string;
  readonly kind: string;
  readonly says: string;
  readonly notes: readonly string[];
}

/** As it is in the one-file form: from disk, without a network. */
const openPage = (options?: OpenOptions) => open(browser, playgroundInOneFile(), { ...options, hash: '#check' });
type Opened = Awaited<ReturnType<typeof openPage>>;

async function judged({ page }: Opened, files: string | readonly string[], inFolder = false): Promise<Line[]> {
  const input = page.locator('input[type=file]').nth(inFolder ? 1 : 0);
  await input.setInputFiles(files as string | string[]);
  await page.waitForSelector('.status.done', { timeout: 300_000 });
  return page.$$eval('.entries > li', (items) =>
    items.map((item) => ({
      file: item.querySelector('strong')?.textContent ?? '',
      kind: item.querySelector('.verdict')?.classList[1] ?? '',
      says: item.querySelector('div > p')?.textContent ?? '',
      notes: [...item.querySelectorAll('.note')].map((note) => (note.textContent ?? '').replace(/^note: /, '')),
    })),
  );
}

/** The same by the command line. */
async function byCommand(
  path: string,
  options: { readonly type?: string; readonly models?: readonly string[] } = {},
): Promise<Line[]> {
  let out = '';
  const told = { out: (text: string) => (out += text), err() {}, began() {}, ended() {} };
  await runCheck([path], { ...options, map: [], json: true }, { ...told, out: (text) => void told.out(text) });
  return out
    .trimEnd()
    .split('\n')
    .map((line) => lineOf(JSON.parse(line), path));
}

// biome-ignore lint/suspicious/noExplicitAny: lines of --json
function lineOf({ file, error, valid, type, model, reason, anomalies = [], notes = [] }: any, path: string): Line {
  const name = file.slice(path.lastIndexOf('/') + 1);
  if (error !== undefined) return { file: name, kind: 'error', says: error, notes };
  const kind = valid === 'unknown' ? 'unknown' : valid ? 'valid' : 'invalid';
  const many = `${anomalies.length.toLocaleString('en')} ${anomalies.length === 1 ? 'anomaly' : 'anomalies'}`;
  const says = {
    valid: `${type}, ${model}`,
    invalid: `${type}, not ${model}: ${many}`,
    unknown: `${type}, ${model} is unknown${reason === undefined ? '' : `: ${reason}`}`,
  };
  return { file: name, kind, says: says[kind as keyof typeof says], notes };
}

/** The words of a gunzip differ: each platform has its own. */
const plain = (line: Line): Line => ({
  ...line,
  says: line.says.replace(/(the compressed data are damaged) \(.*\)/, '$1'),
});

describe.skipIf(!hasBrowser)('the check page', () => {
  it('has the verdicts and the words of the command line, for every format', async () => {
    const all = join(folder, 'histories');
    writeOwn(all);
    if (hasShared) copyShared(all);
    const opened = await openPage();
    const found = await judged(opened, all, true);
    const expected = await byCommand(all);
    expect(found.map(plain)).toEqual(expected.map(plain));
    expect(found.length).toBeGreaterThan(hasShared ? 80 : 50);
    const kinds = (kind: string) => found.filter((line) => line.kind === kind).length;
    for (const kind of ['valid', 'invalid', 'unknown', 'error']) expect(kinds(kind), kind).toBeGreaterThan(0);
    expect(await opened.page.locator('.skipped li').allTextContents()).toContain('histories/notes.md');
    expect(opened.complaints).toEqual([]);
    await opened.page.close();
  });

  it('judges a single file of any name as what it is said to be, and refuses what means nothing', async () => {
    const file = join(folder, 'history.of-mine');
    writeFileSync(file, `${EVENTS.join('\n')}\n`);
    const opened = await openPage();
    const { page } = opened;
    await page.selectOption('select >> nth=0', 'register');
    await page.click('.models summary');
    await page.getByLabel('sequential', { exact: true }).check();
    await page.getByLabel('linearizable', { exact: true }).check();
    const [sequential, linearizable] = await judged(opened, file);
    const models = ['sequential', 'linearizable'];
    expect([sequential, linearizable]).toEqual(await byCommand(file, { type: 'register', models }));
    await page.click('text=Names and values');
    await page.fill('input[placeholder="debit=transfer"]', 'nonsense');
    await page.click('text=Judge the file again');
    expect(await page.textContent('[role=alert]')).toMatch(/--map takes THEIRS=OURS/);
    expect(opened.complaints).toEqual([]);
    await page.close();
  });

  it('shows and saves the report that --report writes', async () => {
    const file = join(folder, 'stale.jsonl');
    writeFileSync(file, `${EVENTS.join('\n')}\n`);
    const opened = await openPage();
    await judged(opened, file);
    await opened.page.waitForSelector('#timeline');
    const [saved] = await Promise.all([
      opened.page.waitForEvent('download'),
      opened.page.click('text=Save this report'),
    ]);
    expect(saved.suggestedFilename()).toBe('stale.jsonl.html');
    const html = readFileSync(await saved.path(), 'utf8');
    const report = join(folder, 'report.html');
    const quiet = { out() {}, err() {}, began() {}, ended() {} };
    await runCheck([file], { map: [], report }, quiet);
    const written = readFileSync(report, 'utf8');
    const part = (text: string, id: string) => text.split(`id="${id}">`)[1]!.split('</script>')[0]!;
    const named = (text: string) => part(text, 'page').replaceAll(file, 'stale.jsonl');
    expect(named(html)).toBe(named(written));
    const operations = (text: string) => unpackOperations(part(text, 'operations'));
    expect((await operations(html)).columns).toEqual((await operations(written)).columns);
    const reopened = await open(browser, html);
    await reopened.page.waitForSelector('html[data-ready]');
    expect([...opened.complaints, ...reopened.complaints]).toEqual([]);
    await opened.page.close();
    await reopened.page.close();
  });

  it('can be cancelled at any time, and judges on', async () => {
    const folderOfMany = join(folder, 'many');
    mkdirSync(folderOfMany);
    const text = `${EVENTS.join('\n')}\n`;
    for (let at = 0; at < 400; at++) writeFileSync(join(folderOfMany, `${at}.jsonl`), text);
    const opened = await openPage();
    const { page } = opened;
    await page.locator('input[type=file]').nth(1).setInputFiles(folderOfMany);
    await page.click('text=Cancel');
    expect(await page.textContent('[role=status]')).toMatch(/^Cancelled: \d+ of \d+ judged$/);
    const file = join(folder, 'after.jsonl');
    writeFileSync(file, text);
    expect((await judged(opened, file)).map(({ kind }) => kind)).toEqual(['invalid']);
    expect(opened.complaints).toEqual([]);
    await page.close();
  });

  it('is for everybody: axe, light and dark, on a narrow screen, by keyboard', async () => {
    const file = join(folder, 'everybody.jsonl');
    writeFileSync(file, `${EVENTS.join('\n')}\n`);
    for (const options of [{ width: 1280 }, { width: 320, dark: true }]) {
      const opened = await openPage(options);
      const { page } = opened;
      expect(await violations(page)).toEqual([]);
      await judged(opened, file);
      await page.waitForSelector('#timeline');
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(options.width);
      await page.locator('input[type=file]').first().focus();
      expect(await page.evaluate('document.activeElement.type')).toBe('file');
      expect(opened.complaints).toEqual([]);
      await page.close();
    }
  });
});
