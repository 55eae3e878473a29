/** Many runs, a verdict for each cell, and one answer for a build: did anything happen that was not expected? */
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { BadInput } from '../failure.ts';
import { prepare } from '../setting.ts';
import { systemFrom, systemSource } from '../sources.ts';
import { type CellRun, judgeCells } from './cells.ts';
import { expectationFor, notesOn } from './expectations.ts';
import { finishedRun, markFinished, openFolder, takeFolder, writeWhole } from './folder.ts';
import { makeRun, type OnRun } from './make.ts';
import { type Matrix, type Planned, plannedRuns, shardOf } from './matrix.ts';
import type { Summary, SummaryRun } from './summary.ts';
import { Threads } from './threads.ts';

export interface CampaignOptions {
  /** The campaign's folder; left out, one in `results`. */
  readonly out?: string;
  /** Goes on with a campaign whose folder exists: finished runs are not repeated. */
  readonly resume?: boolean;
  /** This part of all runs, from 1: `[2, 5]` is the second of five. */
  readonly shard?: readonly [part: number, of: number];
  /** Starts no further run after this; the matrix's own budget where absent. */
  readonly maxMs?: number;
  readonly stopAtFirst?: boolean;
  /** Runs at the same time; by default one a core, and with processes two, as those mostly wait. */
  readonly parallel?: number;
  /** How it is repeated, for the summary. */
  readonly command: string;
  /** Makes simulated runs in threads of this module, which answers a `RunTask` with a `CellRun`; left out, they are made here, one after the other. */
  readonly worker?: URL;
  /** For runs that are made in this thread. */
  readonly onRun?: OnRun;
  readonly onProgress?: (done: number, of: number, last: SummaryRun) => void;
  /** The day that expectations expire against; by default today. */
  readonly today?: string;
  /** Keeps no folder for a run: only figures are wanted, and a simulated run can be made again. */
  readonly figuresOnly?: boolean;
}

/** What a thread is asked to do. */
export interface RunTask {
  readonly planned: Planned;
  readonly path: string | undefined;
}

export interface Campaigned {
  readonly summary: Summary;
  readonly folder: string;
  /** Runs that were planned but not made, for lack of time or because one failed. */
  readonly unmade: number;
}

/** Runs a matrix. Rejects with `BadInput` before anything starts where the matrix or its folder cannot be. */
export async function runCampaign(matrix: Matrix, options: CampaignOptions): Promise<Campaigned> {
  const all = await plannedRuns(matrix);
  const planned = options.shard ? shardOf(all, options.shard) : all;
  if (planned.length === 0)
    throw new BadInput(
      all.length === 0 ? 'this campaign has no run: no workload fits its systems' : 'this shard has no run',
    );
  await prepareFirsts(planned);
  const folder = openFolder(matrix, options.out, options.resume === true);
  const release = takeFolder(folder);
  try {
    const startedAt = new Date();
    const done = await makeAll(planned, folder, matrix, options);
    const summary = await summaryOf(matrix, options, startedAt, done, planned);
    writeWhole(join(folder, 'summary.json'), `${JSON.stringify(summary)}\n`);
    return { summary, folder, unmade: planned.length - done.length };
  } finally {
    release();
  }
}

/** One run of each cell is prepared: whatever is wrong with a name or a number is wrong for all its seeds. */
async function prepareFirsts(planned: readonly Planned[]): Promise<void> {
  const seen = new Set<string>();
  for (const { cell, wanted } of planned) {
    if (seen.has(cell)) continue;
    seen.add(cell);
    await prepare(wanted);
  }
}

async function makeAll(
  planned: readonly Planned[],
  folder: string,
  matrix: Matrix,
  options: CampaignOptions,
): Promise<readonly CellRun[]> {
  const beganMs = Date.now();
  const maxMs = options.maxMs ?? matrix.budget?.ms ?? Number.POSITIVE_INFINITY;
  const today = todayOf(options);
  const queue = planned.slice(0, matrix.budget?.runs);
  const done: CellRun[] = [];
  let stop = false;
  const threads =
    matrix.cluster === 'simulation' && options.worker
      ? new Threads<RunTask, CellRun>(options.worker, 'campaign')
      : undefined;
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      if (stop || Date.now() - beganMs >= maxMs) return;
      const made = await makeOrRead(next, folder, options, threads);
      const cellRun = { ...made, run: expecting(made.run, matrix, today) };
      done.push(cellRun);
      if (options.stopAtFirst && isSurprise(cellRun.run)) stop = true;
      options.onProgress?.(done.length, planned.length, cellRun.run);
    }
  };
  try {
    await Promise.all(Array.from({ length: parallelism(matrix, options) }, worker));
  } finally {
    await threads?.close();
  }
  const order = new Map(planned.map(({ id }, i) => [id, i]));
  return done.sort((a, b) => order.get(a.run.id)! - order.get(b.run.id)!);
}

function parallelism({ cluster }: Matrix, { parallel, worker }: CampaignOptions): number {
  if (cluster === 'simulation' && !worker) return 1;
  return parallel ?? (cluster === 'processes' ? 2 : 1) * availableParallelism();
}

const isSurprise = ({ verdict, expected }: SummaryRun) =>
  verdict === 'error' || (verdict === 'invalid' && expected === undefined);

async function makeOrRead(
  planned: Planned,
  folder: string,
  options: CampaignOptions,
  threads: Threads<RunTask, CellRun> | undefined,
): Promise<CellRun> {
  const path = options.figuresOnly ? undefined : join(folder, planned.id);
  if (path !== undefined && options.resume) {
    const finished = finishedRun(path, planned.id);
    if (finished) return finished;
    rmSync(path, { recursive: true, force: true });
  }
  const made = await (threads
    ? threads.run({ planned, path }).catch((error: Error) => lost(planned, error))
    : makeRun(planned, path, options.onRun));
  return path === undefined ? made : markFinished(path, made);
}

/** A thread that died took its run along. */
function lost({ id, wanted }: Planned, error: Error): CellRun {
  const { system, workload, faults, seed } = wanted;
  const run = { id, folder: id, system, workload, faults, cluster: 'simulation' as const, seed, ms: 0, command: '' };
  return { run: { ...run, verdict: 'error', says: error.message, anomalies: [], operations: 0 } };
}

/** With the reason why its anomalies are no surprise, where all of them are expected. */
function expecting(run: SummaryRun, { expectations }: Matrix, today: string): SummaryRun {
  const { system, workload, anomalies } = run;
  const reasons = anomalies.map(
    (anomaly) => expectationFor(expectations, { system, workload, anomaly }, today)?.reason,
  );
  const [first] = reasons;
  if (first === undefined || reasons.some((reason) => reason === undefined)) return run;
  return { ...run, expected: first };
}

function todayOf({ today }: CampaignOptions): string {
  return today ?? new Date().toISOString().slice(0, 10);
}

async function summaryOf(
  matrix: Matrix,
  options: CampaignOptions,
  startedAt: Date,
  done: readonly CellRun[],
  planned: readonly Planned[],
): Promise<Summary> {
  const flawed = new Set<string>();
  for (const system of matrix.systems) if ((await systemFrom(systemSource(system))).flaw) flawed.add(system);
  const runs = done.map(({ run }) => run);
  return {
    command: options.command,
    seed: matrix.seed,
    startedAt: startedAt.toISOString(),
    runs,
    cells: judgeCells(done, flawed, planned),
    notes: notesOn(matrix.expectations, matrix.systems, runs, todayOf(options)),
  };
}
