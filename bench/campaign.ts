/**
 * Campaigns and comparisons as a user starts them: how long a hundred simulated runs with reports take,
 * and the default comparison; what share of a run with processes goes into recording and reporting;
 * and whether a campaign that is killed ten times at random moments ends like an undisturbed one.
 * `node dist/bench/campaign.js [runs|compare|overhead|kill]`; without an argument all four.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Summary } from '../harness/campaign/summary.ts';
import { runPrepared } from '../harness/running/run.ts';
import { commandOf } from '../harness/setting/command.ts';
import { prepare } from '../harness/setting/setting.ts';
import { newFolder, storeRun } from '../harness/store/store.ts';
import { report } from '../report/report.ts';

const MAIN = fileURLToPath(new URL('../../bin.mjs', import.meta.url));
const RUNS_GOAL_S = 30;
const COMPARE_GOAL_S = 180;
const OVERHEAD_GOAL = 0.1;
const KILLS = 10;

const folder = mkdtempSync(join(tmpdir(), 'splitbrain-bench-'));
const CAMPAIGN = `
systems: [single-copy, quorum/abd, sync-replication/sound, async-replication/sound, tunable-store/causal]
workloads: [register]
faults: [none, partition, crash, pause, [link, clock]]
seeds: 4
cluster: simulation
time: 3s
rate: 60
`;

/** Starts the command line, waits for its end and returns how long it took. */
function seconds(args: readonly string[]): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) console.log(`  exit code ${status} ${stderr.slice(0, 300)}`);
  return (performance.now() - began) / 1000;
}

function tell(what: string, measured: string, ratio: number): void {
  console.log(`${what}: ${measured} (${ratio.toFixed(2)} of the goal, above 1 is better)`);
}

function hundredRuns(): void {
  const took = seconds(['campaign', 'campaign.yaml', '--out', 'hundred']);
  const runs = readdirSync(join(folder, 'hundred')).filter((run) =>
    existsSync(join(folder, 'hundred', run, 'report.html')),
  );
  tell(`a campaign of ${runs.length} simulated runs with reports`, `${took.toFixed(1)} s`, RUNS_GOAL_S / took);
}

function defaultComparison(): void {
  const took = seconds(['compare', '--out', 'compared']);
  const { runs } = summaryOf('compared');
  tell(`the default comparison, ${runs.length} runs`, `${took.toFixed(1)} s`, COMPARE_GOAL_S / took);
}

/**
 * A run with processes, and how much of its time the harness spent
 * in recording lines, storing the rest and drawing the report.
 */
async function overhead(): Promise<void> {
  const options = { clients: 12, durationMs: 10_000, ratePerSecond: 600, keys: 10 };
  const began = performance.now();
  const prepared = await prepare({
    system: 'quorum/abd',
    workload: 'register',
    faults: ['partition'],
    seed: 1,
    options,
  });
  let inside = 0;
  const timed = <T>(task: () => T): T => {
    const from = performance.now();
    const done = task();
    inside += performance.now() - from;
    return done;
  };
  const command = commandOf(prepared);
  const path = newFolder(join(folder, 'run'), 'run');
  const stored = timed(() => storeRun(path, prepared));
  const { logFolder } = stored;
  const run = await runPrepared(prepared, { sink: (line) => timed(() => stored.sink(line)), logFolder });
  timed(() => stored.finish(run, command));
  const logs = Object.fromEntries([...run.logs].map(([node, lines]) => [node, lines.join('\n')]));
  timed(() => writeFileSync(join(path, 'report.html'), report({ ...run, logs, command })));
  const share = inside / (performance.now() - began);
  const what = `recording and reporting ${run.history.length} operations of a run with processes`;
  tell(what, `${(share * 100).toFixed(1)}% of it (${Math.round(inside)} ms)`, OVERHEAD_GOAL / share);
}

async function killed(): Promise<void> {
  seconds(['campaign', 'campaign.yaml', '--out', 'whole']);
  const finished = () =>
    existsSync(join(folder, 'cut/pieces.jsonl'))
      ? readFileSync(join(folder, 'cut/pieces.jsonl'), 'utf8').split('\n').length - 1
      : 0;
  for (let i = 0; i < KILLS; i++) {
    const args = ['campaign', 'campaign.yaml', '--out', 'cut', '--resume'];
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    // Some runs further on, and then at any moment.
    const until = finished() + 1 + Math.floor(Math.random() * 9);
    while (child.exitCode === null && finished() < until) await sleep(5);
    await sleep(Math.random() * 60);
    child.kill('SIGKILL');
    await ended;
    console.log(`  kill ${i + 1}: ${finished()} runs finished`);
  }
  seconds(['campaign', 'campaign.yaml', '--out', 'cut', '--resume']);
  const same = JSON.stringify(timeless('cut')) === JSON.stringify(timeless('whole'));
  console.log(
    `killed ${KILLS} times and resumed: the summary is ${same ? 'equal to' : 'NOT equal to'} an undisturbed one`,
  );
  if (!same) process.exitCode = 1;
}

function summaryOf(name: string): Summary {
  return JSON.parse(readFileSync(join(folder, name, 'summary.json'), 'utf8')) as Summary;
}

function timeless(name: string): Summary {
  const summary = summaryOf(name);
  return { ...summary, startedAt: '', ms: [], runs: summary.runs.map((run) => ({ ...run, ms: 0 })) };
}

writeFileSync(join(folder, 'campaign.yaml'), CAMPAIGN);
console.log(`${cpus().length} processors, ${cpus()[0]?.model ?? ''}, Node.js ${process.version}`);
const [only] = process.argv.slice(2);
const all = { runs: hundredRuns, compare: defaultComparison, overhead, kill: killed };
for (const [name, measure] of Object.entries(all)) if (only === undefined || only === name) await measure();
rmSync(folder, { recursive: true });
