/** Campaigns and searches on a queue: whatever is killed, each run counts once, and the verdict is one machine's. */
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCampaign } from '../../harness/campaign/campaign.ts';
import { parseMatrix } from '../../harness/campaign/file.ts';
import { mergeShards } from '../../harness/campaign/merge.ts';
import type { Summary, SummaryRun } from '../../harness/campaign/summary.ts';
import { chaos, expectEveryRunOnce, NINE } from './chaos.ts';
import { answering, freePort, hasRedis, MAIN, Started, serverWords, until } from './servers.ts';

let cwd: string;
let url: string;
const started = new Started();
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'splitbrain-queue-'));
  if (!hasRedis) return;
  const port = await freePort();
  url = `redis://127.0.0.1:${port}`;
  started.start('server', 'redis-server', serverWords(port, cwd), cwd);
  await answering(port);
});
afterAll(() => {
  started.end();
  rmSync(cwd, { recursive: true, force: true });
});

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function splitbrain(name: string, ...words: readonly string[]): Promise<Ended> {
  const child = started.start(name, process.execPath, [MAIN, ...words], cwd);
  const text = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]!.on('data', (data) => {
      text[stream] += String(data);
    });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, ...text })));
}

const runsIn = (folder: string) =>
  readFileSync(join(cwd, folder, 'runs.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { run: SummaryRun }).run);

describe.skipIf(!hasRedis)('a campaign on a queue', () => {
  it('counts every run once, whatever is killed, and ends as on one machine', async () => {
    const seeds = Number(process.env.SPLITBRAIN_CHAOS_SEEDS ?? 75);
    const survived = await chaos(join(cwd, 'chaos'), seeds, Math.floor(seeds / 10));
    expectEveryRunOnce(survived, NINE.length);
  });

  it('names the run that kills its workers, and judges its neighbours', async () => {
    cpSync(new URL('poison.mjs', import.meta.url).pathname, join(cwd, 'poison.mjs'));
    const file = {
      ...{ systems: ['./poison.mjs#poison', 'quorum/abd'], workloads: ['register'], faults: ['crash'] },
      ...{ cluster: 'simulation', seeds: 2, time: '1s', rate: 16 },
    };
    writeFileSync(join(cwd, 'poison.json'), JSON.stringify(file));
    const ended = splitbrain(
      'poisoned',
      'campaign',
      'poison.json',
      '--queue',
      url,
      '--slice',
      '2',
      '--out',
      'poisoned',
    );
    let isOver = false;
    let deaths = 0;
    const begin = () => {
      const child = started.start(
        'w',
        process.execPath,
        [MAIN, 'worker', '--queue', url, '--threads', '1', '--lease', '2s'],
        cwd,
      );
      child.on('exit', (_, signal) => {
        if (isOver) return;
        if (signal === 'SIGKILL') deaths++;
        begin();
      });
    };
    begin();
    const { status, stderr } = await ended;
    isOver = true;
    started.kill('w');
    expect(status, stderr).toBe(255);
    const runs = runsIn('poisoned');
    const errors = runs.filter(({ verdict }) => verdict === 'error');
    expect(runs).toHaveLength(4);
    expect(deaths).toBeGreaterThanOrEqual(3);
    expect(errors.map(({ system, says }) => [system, says])).toEqual([
      ['./poison.mjs#poison', expect.stringMatching(/^its workers died of it: /)],
    ]);
  });

  it('ends as shards do that are merged, and as the whole on one machine, byte for byte', async () => {
    const worker = splitbrain('worker', 'worker', '--queue', url, '--threads', '1');
    const file = { systems: ['quorum/abd', 'quorum/no-write-back'], workloads: ['register'], faults: ['partition'] };
    const text = JSON.stringify({ ...file, cluster: 'simulation', seeds: 7, time: '1s', rate: 60 });
    writeFileSync(join(cwd, 'same.json'), text);
    const queued = await splitbrain('same', 'campaign', 'same.json', '--out', 'same', '--queue', url);
    expect(queued.stderr).toContain('14 of 14');
    started.interrupt('worker');
    await worker;
    const matrix = parseMatrix(JSON.parse(text), 'same.json');
    const made = (out: string, shard?: readonly [number, number]) =>
      runCampaign(matrix, { command: '', out: join(cwd, out), keep: 'none', ...(shard ? { shard } : {}) });
    await made('one');
    for (const of of [2, 5, 9]) {
      const shards = Array.from({ length: of }, (_, i) => `of-${of}/${i}`);
      for (const [i, out] of shards.entries()) await made(out, [i + 1, of]);
      await mergeShards(
        shards.map((out) => join(cwd, out)),
        { out: join(cwd, `of-${of}-merged`) },
      );
    }
    const said = ['one', 'same', 'of-2-merged', 'of-5-merged', 'of-9-merged'].map((folder) => {
      const { cells, figures } = JSON.parse(readFileSync(join(cwd, folder, 'summary.json'), 'utf8')) as Summary;
      return JSON.stringify({ cells, figures });
    });
    expect(new Set(said).size).toBe(1);
  });

  it('stops at the first surprise, leaves runs to workers that have the same modules, and is searched on, too', async () => {
    const worker = splitbrain('worker', 'worker', '--queue', url, '--threads', '2');
    const file = { systems: ['quorum/no-write-back'], workloads: ['register'], faults: ['partition'], time: '1s' };
    writeFileSync(
      join(cwd, 'many.json'),
      JSON.stringify({ ...file, cluster: 'simulation', rate: 100, seeds: 100_000 }),
    );
    const stopped = await splitbrain(
      'stopped',
      ...'campaign many.json --stop-at-first --out stopped --queue'.split(' '),
      url,
    );
    expect(stopped.status, stopped.stderr).toBe(1);
    const { made, planned } = JSON.parse(readFileSync(join(cwd, 'stopped/summary.json'), 'utf8')) as Summary;
    expect([planned, made < 2_000]).toEqual([100_000, true]);
    const words = 'explore --system quorum/no-write-back --runs 100 --seed 1 --corpus found --json --queue'.split(' ');
    const found = await splitbrain('explored', ...words, url);
    expect(found.status, found.stderr).toBe(1);
    expect(JSON.parse(found.stdout.trim().split('\n').at(-1)!)).toMatchObject({ runs: 100 });
    expect(readdirSync(join(cwd, 'found')).some((name) => name.includes('stale-read'))).toBe(true);
    started.interrupt('worker');
    const ended = await worker;
    expect([ended.status, ended.stderr]).toEqual([
      0,
      expect.stringMatching(/^working on redis:[\s\S]*\d+ runs made\n$/),
    ]);
  });

  it('has workers that end when they are told to, also once their server is gone', async () => {
    const port = await freePort();
    let says = '';
    const said = (what: RegExp) => until(() => what.test(says), String(what));
    const serve = () => started.start('gone', 'redis-server', serverWords(port, cwd), cwd);
    const worker = started.start(
      'left',
      process.execPath,
      [MAIN, 'worker', '--queue', `redis://127.0.0.1:${port}`],
      cwd,
    );
    worker.stderr!.on('data', (data) => (says += String(data)));
    await said(/waiting for/);
    serve();
    await said(/connected to/);
    // It takes its tasks from now on: a moment later it waits for one.
    await new Promise((resolve) => setTimeout(resolve, 500));
    started.kill('gone');
    await said(/connected to[\s\S]*waiting for/);
    worker.kill('SIGTERM');
    const [code] = await once(worker, 'exit');
    expect([code, says]).toEqual([0, expect.stringMatching(/0 runs made\n$/)]);
  });

  it('says in one line what is wrong with its address', async () => {
    const closed = `redis://127.0.0.1:${await freePort()}`;
    for (const [words, says] of [
      [['--queue', closed], /^error: cannot connect to redis:\/\/127\.0\.0\.1:\d+: .*\n$/],
      [['--queue', 'nowhere'], /^error: --queue needs an address like redis:\/\/host:6379\n$/],
      [['--queue', 'redis://:secret@127.0.0.1:1'], /^error: .* put the address into SPLITBRAIN_QUEUE\n$/],
    ] as const) {
      const { status, stderr } = await splitbrain('refused', 'campaign', 'poison.json', ...words);
      expect([status, stderr]).toEqual([254, expect.stringMatching(says)]);
    }
  });
});
