/**
 * What it costs to make a campaign on a queue or in shards, as processor time of all that takes part: the time on the
 * wall hangs on whoever else uses the machine. `node dist/bench/scale.js [queue|merge|runs] [N]`; without a word all.
 *
 * `queue` needs redis-server: the same N runs (10,000), beyond a fifth of them to get warm, by `campaign` alone, and by
 * one and two workers; at most 15% more than alone, 0.1 ms of the server a run, and two workers at most 1.15 times one.
 * `merge`: a hundred shards of N runs (10,000) in 10 s and 500 MB. `runs`: a campaign of N runs and two smaller ones,
 * and the memory of each.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseMatrix } from '../harness/campaign/file.ts';
import { campaignText } from '../harness/campaign/folder.ts';
import { Journal } from '../harness/campaign/journal.ts';
import { lineOf } from '../harness/campaign/ledger.ts';
import { makeRun } from '../harness/campaign/make.ts';
import { type Matrix, planOf } from '../harness/campaign/matrix.ts';
import { writePart } from '../harness/campaign/part.ts';
import { Adding, type CellRun, type CellSum, EARLY, sumOf } from '../harness/campaign/sum.ts';
import { answering, freePort, MAIN, serverWords } from '../test/scale/servers.ts';

const folder = mkdtempSync(join(tmpdir(), 'splitbrain-scale-'));
const TICK_MS = 1000 / Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout);
const CAMPAIGN = {
  ...{ systems: ['quorum/abd'], workloads: ['register'], faults: ['partition'], cluster: 'simulation' },
  ...{ time: '500ms', rate: 60, clients: 4, keys: 2 },
};

interface Used {
  /** Processor time of the process and its threads. */
  readonly ms: number;
  readonly peakMb: number;
}

const HOOK = `data:text/javascript,${encodeURIComponent(`
  import { isMainThread } from 'node:worker_threads';
  import { writeFileSync } from 'node:fs';
  if (isMainThread) process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    writeFileSync(process.env.SPLITBRAIN_USED, JSON.stringify({ ms: (userCPUTime + systemCPUTime) / 1000, peakMb: maxRSS / 1024 }));
  });`)}`;

const children: ChildProcess[] = [];

function start(command: string, words: readonly string[], used = '/dev/null'): ChildProcess {
  const env = { ...process.env, SPLITBRAIN_USED: used };
  const child = spawn(command, words, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr?.resume();
  children.push(child);
  return child;
}

/** Runs the command line to its end, and returns what it used. */
async function use(...words: readonly string[]): Promise<Used> {
  const file = join(folder, `used-${children.length}.json`);
  const child = start(process.execPath, ['--import', HOOK, MAIN, ...words], file);
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0 && code !== 2) throw new Error(`splitbrain ${words.join(' ')} ended with ${code}`);
  return JSON.parse(readFileSync(file, 'utf8')) as Used;
}

/** Processor time of a process so far, as the kernel counts it, in its ticks. */
function spentMs({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

let count = 0;
function campaign(seeds: number, ...words: readonly string[]): Promise<Used> {
  writeFileSync(join(folder, 'c.json'), JSON.stringify({ ...CAMPAIGN, seeds }));
  const out = `c-${++count}`;
  return use('campaign', 'c.json', '--keep', 'none', '--out', out, ...words);
}

function tell(what: string, measured: string, promised?: string): void {
  console.log(`${what.padEnd(58)} ${measured}${promised ? `, promised ${promised}` : ''}`);
}

async function queue(counted = 10_000): Promise<void> {
  /** By so many runs parts get warm. */
  const warm = Math.ceil(counted / 5);
  const small = await campaign(warm, '--parallel', '1');
  const large = await campaign(warm + counted, '--parallel', '1');
  const alone = (large.ms - small.ms) / counted;
  tell('a run alone, one thread', `${alone.toFixed(3)} ms`);
  const port = await freePort();
  const server = start('redis-server', serverWords(port, folder));
  await answering(port);
  const url = `redis://127.0.0.1:${port}`;
  const costs: number[] = [];
  const workers: ChildProcess[] = [];
  for (const number of [1, 2]) {
    workers.push(start(process.execPath, [MAIN, 'worker', '--queue', url, '--threads', '1']));
    const first = await campaign(warm, '--queue', url);
    const before = [server, ...workers].map(spentMs);
    const second = await campaign(warm + counted, '--queue', url);
    const spent = [server, ...workers].map((child, i) => spentMs(child) - before[i]!);
    // The last campaign has runs of its own to get warm, too: all of its are counted where its parts are warm.
    const runs = warm + counted;
    const workersMs = spent.slice(1).reduce((sum, ms) => sum + ms, 0) / runs;
    const coordinatorMs = (second.ms - first.ms) / counted;
    const serverMs = spent[0]! / runs;
    const all = workersMs + coordinatorMs + serverMs;
    costs.push(all);
    tell(
      `a run by ${number === 1 ? 'a worker' : 'two workers'}`,
      `${all.toFixed(3)} ms: workers ${workersMs.toFixed(3)}, coordinator ${coordinatorMs.toFixed(3)}, server ${serverMs.toFixed(3)} (promised 0.1)`,
    );
    tell('  more than alone', `${((all / alone - 1) * 100).toFixed(1)}%`, '15%');
  }
  tell('two workers are as one', (costs[1]! / costs[0]!).toFixed(2), '1.15');
  for (const child of [...workers, server]) child.kill('SIGKILL');
}

/** What a hundred machines would leave, of one run that was really made. */
async function shardsOf(each: number): Promise<readonly string[]> {
  const of = 100;
  const matrix: Matrix = parseMatrix({ ...CAMPAIGN, seeds: each * of }, 'c.json');
  const plan = await planOf(matrix);
  const made = await makeRun(plan.at(0), undefined);
  let late: CellSum | undefined;
  /** Beyond the first of the plan, sums of as many runs differ in nothing but the run that they name. */
  const sumAt = (own: readonly (readonly [number, CellRun])[]): CellSum => {
    const [place, { run }] = own[0]!;
    if (late?.runs === own.length && place >= EARLY)
      return { ...late, any: { count: own.length, first: [{ place, run }] } };
    const sum = new Adding();
    for (const [at, one] of own) sum.add(sumOf(at, one));
    if (place >= EARLY) late = sum.total;
    return sum.total;
  };
  return Array.from({ length: of }, (_, i) => {
    const shard = join(folder, `shards/${i}`);
    mkdirSync(shard, { recursive: true });
    writeFileSync(join(shard, 'campaign.json'), campaignText(matrix));
    const startedAt = new Date(0).toISOString();
    writePart(shard, { shards: [[i + 1, of]], command: 'splitbrain campaign c.json', startedAt, expectations: [] });
    const journal = Journal.begin(shard);
    let runs = 0;
    for (const piece of plan.piecesOf([i + 1, of])) {
      const own = plan
        .placesOf(piece)
        .map((place): [number, CellRun] => [
          place,
          { ...made, run: { ...made.run, id: plan.at(place).id, seed: plan.at(place).wanted.seed ?? 0 } },
        ]);
      journal.add(
        { piece, sum: sumAt(own) },
        own.map(([, run]) => lineOf(run)),
      );
      runs += own.length;
    }
    journal.close();
    writeFileSync(join(shard, 'summary.json'), JSON.stringify({ made: runs, runs: [] }));
    return shard;
  });
}

async function merge(each = 10_000): Promise<void> {
  const shards = await shardsOf(each);
  const { ms, peakMb } = await use('merge', ...shards, '--out', 'merged');
  const { made } = JSON.parse(readFileSync(join(folder, 'merged/summary.json'), 'utf8')) as { readonly made: number };
  tell(
    `merge of 100 shards, ${made} runs`,
    `${(ms / 1000).toFixed(1)} s of processor time, ${peakMb.toFixed(0)} MB`,
    '10 s, 500 MB',
  );
}

async function runs(most = 640_000): Promise<void> {
  for (const number of [most / 16, most / 4, most].map(Math.round)) {
    const { ms, peakMb } = await campaign(number, '--parallel', '1');
    tell(
      `a campaign of ${number} runs, one thread`,
      `${peakMb.toFixed(0)} MB, ${(ms / number).toFixed(3)} ms of processor time a run`,
      '1 GB',
    );
    rmSync(join(folder, `c-${count}`), { recursive: true });
  }
}

console.log(`${cpus().length} processors, ${cpus()[0]?.model ?? ''}, Node.js ${process.version}`);
const [only, number] = process.argv.slice(2);
const all: Readonly<Record<string, (count?: number) => Promise<void>>> = { queue, merge, runs };
try {
  for (const [name, task] of Object.entries(all))
    if (only === undefined || only === name) await task(number === undefined ? undefined : Number(number));
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
