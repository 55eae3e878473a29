import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { completionLine, invocationLine, nemesisLine } from 'elle-ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Served, serve } from '../../cli/serve.ts';
import { Journal } from '../../harness/campaign/journal.ts';
import { lineOf } from '../../harness/campaign/ledger.ts';
import { addSums, NO_RUNS, sumOf } from '../../harness/campaign/sum.ts';
import type { SummaryRun } from '../../harness/campaign/summary.ts';
import { report } from '../../report/report.ts';
import { Results } from '../../report/results.ts';
import { hasBrowser, launch } from '../report/browser.ts';
import { calmSample, sample } from '../report/sample.ts';

const folder = mkdtempSync(join(tmpdir(), 'splitbrain-serve-'));
const root = join(folder, 'results');
const created = Date.now();
let served: Served;

beforeAll(async () => {
  store('refuted', sample({ operations: 60 }));
  store('campaign/held', calmSample(60));
  writeFileSync(join(root, 'campaign/campaign.json'), '{}');
  mkdirSync(join(root, 'compared'));
  for (const name of ['campaign.json', 'summary.json', 'comparison.csv', 'index.html'])
    writeFileSync(join(root, 'compared', name), '');
  mkdirSync(join(root, 'broken'));
  writeFileSync(join(root, 'broken/setting.json'), '{}');
  writeFileSync(join(root, 'broken/verdict.json'), '{"verdict":');
  mkdirSync(join(root, 'growing'));
  writeFileSync(
    join(root, 'growing/setting.json'),
    JSON.stringify({ system: 'quorum/abd', workload: 'register', seed: 9 }),
  );
  writeFileSync(join(root, 'growing/history.jsonl'), events(0, 3));
  writeFileSync(join(folder, 'secret.json'), '{"secret":true}');
  symlinkSync(join(folder, 'secret.json'), join(root, 'refuted/link.json'));
  symlinkSync('refuted', join(root, 'latest'));
  served = await serve(root, 0);
});

afterAll(async () => {
  await served?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('results', () => {
  it('lists what was found, what runs and what is damaged, each once', () => {
    const entries = new Results(root, () => created).look();
    expect(entries.map(({ path, kind }) => [path, kind]).sort()).toEqual([
      ['broken', 'damaged'],
      ['campaign', 'campaign'],
      ['campaign/held', 'run'],
      ['compared', 'campaign'],
      ['growing', 'running'],
      ['refuted', 'run'],
    ]);
    expect(entries.find(({ path }) => path === 'compared')).toMatchObject({ isComparison: true, ended: true });
    expect(entries.find(({ path }) => path === 'campaign')).toMatchObject({ isComparison: false, ended: false });
    writeFileSync(join(root, 'compared/summary.json'), '{"made":2,"planned":9}');
    const again = new Results(root, () => created).look().find(({ path }) => path === 'compared');
    expect(again).toMatchObject({ made: 2, planned: 9 });
    writeFileSync(join(root, 'campaign/progress.json'), '{"made":3,"planned":12}');
    const going = new Results(root, () => created).look().find(({ path }) => path === 'campaign');
    expect(going).toMatchObject({ ended: false, made: 3, planned: 12 });
    rmSync(join(root, 'campaign/progress.json'));
    expect(entries.find(({ path }) => path === 'broken')).toMatchObject({ why: 'verdict.json is not JSON' });
    expect(entries.find(({ path }) => path === 'refuted')).toMatchObject({
      verdict: 'invalid',
      anomalies: ['stale-read'],
    });
  });

  it('follows a history that grows, and calls one that stopped without a verdict broken off', () => {
    let now = created;
    const results = new Results(root, () => now);
    const growing = () => results.look().find(({ path }) => path === 'growing');
    expect(growing()).toMatchObject({ kind: 'running', ok: 3, active: ['partition'] });
    appendFileSync(join(root, 'growing/history.jsonl'), events(10, 2));
    now += 1000;
    expect(growing()).toMatchObject({ ok: 5, rate: 2 });
    now += 600_000;
    expect(growing()).toMatchObject({ kind: 'damaged' });
  });
});

describe('the server of results', () => {
  it('answers the page and the files of results', async () => {
    expect((await ask('/')).text).toContain('stale-read');
    const html = await ask('/results/refuted/report.html');
    expect(html.status).toBe(200);
    expect(html.policy).toContain('sandbox');
    expect((await ask('/results/latest/verdict.json')).status).toBe(200);
    expect((await ask('/results/campaign/held/setting.json')).status).toBe(200);
  });

  it('never leaves the folder', async () => {
    for (const path of [
      '/results/../secret.json',
      '/results/..%2fsecret.json',
      '/results/%2e%2e/secret.json',
      '/results/refuted/link.json',
      '/results//etc/passwd',
      '/results/refuted/..\\..\\secret.json',
      '/results/refuted%00.json',
      '/results/%zz',
      '/results/refuted',
      '/secret.json',
    ]) {
      const answer = await ask(path);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.text).not.toContain('secret":true');
    }
  });

  it('shows all runs of a campaign page by page, of one verdict where that is asked for', async () => {
    const journal = Journal.begin(join(root, 'compared'));
    const verdictOf = (place: number) => (place % 100 === 7 ? 'invalid' : 'valid');
    for (let piece = 0; piece < 12; piece++) {
      const made = Array.from({ length: 100 }, (_, i) => runOf(piece * 100 + i, verdictOf(piece * 100 + i)));
      const sum = made.reduce((all, run, i) => addSums(all, sumOf(piece * 100 + i, { run })), NO_RUNS);
      const lines = made.map((run) => lineOf({ run }));
      journal.add({ piece, sum }, lines);
    }
    journal.close();
    const seedsOn = async (query: string) => {
      const { status, text, policy } = await ask(`/results/compared/runs.html${query}`);
      expect([status, policy.startsWith('sandbox;'), text.includes('<script')]).toEqual([200, true, false]);
      return [...text.matchAll(/<td>none<\/td><td>(\d+)<\/td>/g)].map(([, seed]) => Number(seed));
    };
    const pages = [await seedsOn(''), await seedsOn('?page=2'), await seedsOn('?page=3'), await seedsOn('?page=4')];
    expect(pages.map((seeds) => seeds.length)).toEqual([500, 500, 200, 0]);
    expect(pages.flat()).toEqual(Array.from({ length: 1200 }, (_, i) => i));
    const refuted = Array.from({ length: 12 }, (_, i) => i * 100 + 7);
    expect(await seedsOn('?verdict=invalid')).toEqual(refuted);
    expect(await seedsOn('?verdict=constructor&page=-1')).toEqual(pages[0]);
    const { text } = await ask('/results/compared/runs.html?verdict=invalid');
    expect(text).toContain('&lt;b&gt;why&lt;/b&gt;');
    writeFileSync(join(root, 'compared/pieces.jsonl'), 'no line of ours\n');
    expect((await ask('/results/compared/runs.html')).status).toBe(500);
    rmSync(join(root, 'compared/pieces.jsonl'));
    expect((await ask('/results/compared/runs.html')).status).toBe(404);
  });

  it('refuses other origins, other names and other methods', async () => {
    expect((await ask('/', { Host: 'evil.example' })).status).toBe(403);
    expect((await ask('/', { Origin: 'http://evil.example' })).status).toBe(403);
    expect((await ask('/results/refuted/verdict.json', { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    const page = await fetch(served.url, { method: 'POST' });
    expect(page.status).toBe(405);
    await expect(live('http://evil.example')).rejects.toThrow('403');
  });

  it('tells those who watch what there is, and again when it changes', async () => {
    const { socket, told } = await live(served.url.slice(0, -1));
    await expect.poll(() => told.join()).toContain('"growing"');
    store('another', calmSample(20));
    await expect.poll(() => told.at(-1), { timeout: 30_000 }).toContain('"another"');
    socket.close();
  });
});

describe.skipIf(!hasBrowser)('the page of results', () => {
  it('searches, sorts, compares and follows a link to a report, without a complaint', async () => {
    const browser = await launch();
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on('console', (entry) => entry.type() === 'error' && complaints.push(entry.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      await page.goto(served.url);
      await page.locator('.hero').filter({ hasText: '· live' }).waitFor();
      await page.locator('li', { hasText: 'campaign is going on: 1 runs, 1 held' }).waitFor();
      await page.getByLabel('Search results').fill('stale-read');
      await page
        .locator('.found')
        .filter({ hasText: /^1 of / })
        .waitFor();
      await page.getByLabel('Search results').fill('');
      await page.getByRole('button', { name: 'verdict' }).click();
      expect(await page.locator('tbody .chip').first().allInnerTexts()).toEqual(['refuted']);
      await page.getByLabel('Compare refuted').check();
      await page.getByLabel('Compare campaign/held').check();
      await page.locator('#compare .differs').first().waitFor();
      await page.locator('tbody .chip').first().click();
      await page.waitForSelector('html[data-ready]');
      expect(await page.title()).toBe('quorum/no-write-back · splitbrain');
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});

function store(name: string, input: ReturnType<typeof sample>): void {
  const { setting, result } = input;
  const run = join(root, name);
  mkdirSync(run, { recursive: true });
  writeFileSync(join(run, 'setting.json'), JSON.stringify(setting));
  writeFileSync(join(run, 'report.html'), report(input));
  writeFileSync(join(run, 'verdict.json'), JSON.stringify(result));
}

function runOf(seed: number, verdict: SummaryRun['verdict']): SummaryRun {
  const names = {
    id: `r${seed}`,
    folder: '',
    system: 'quorum/abd',
    workload: 'register',
    cluster: 'simulation',
  } as const;
  return { ...names, faults: [], seed, verdict, says: '<b>why</b>', anomalies: [], operations: 1, ms: 1 };
}

function events(from: number, calls: number): string {
  const call = { f: 'write', key: 'x', input: 1 };
  const lines = [nemesisLine({ index: from, timeNs: 0, f: 'begin', value: { fault: { id: 1, kind: 'partition' } } })];
  for (let i = 0; i < calls; i++) {
    lines.push(invocationLine(from + i * 2 + 1, 10, 0, call));
    lines.push(completionLine(from + i * 2 + 2, 20, 0, call, { type: 'ok', output: null }));
  }
  return `${lines.join('\n')}\n`;
}

/** Asks with the path as it is: `fetch` would tidy it up before sending. */
function ask(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string; policy: string }> {
  const { hostname, port } = new URL(served.url);
  return new Promise((resolve, reject) => {
    get({ hostname, port, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          text,
          policy: String(response.headers['content-security-policy'] ?? ''),
        }),
      );
    }).on('error', reject);
  });
}

/** A socket that watches, and all that it was told since it opened. */
function live(origin: string): Promise<{ socket: WebSocket; told: string[] }> {
  const socket = new WebSocket(`${served.url.replace('http', 'ws')}live`, { origin });
  const told: string[] = [];
  socket.on('message', (data) => told.push(String(data)));
  return new Promise((resolve, reject) => socket.once('open', () => resolve({ socket, told })).once('error', reject));
}
