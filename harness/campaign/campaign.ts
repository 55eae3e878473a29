/** Many runs, a verdict for each cell, and one answer for a build: did anything happen that was not expected? */

import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { isDatabase } from '../../databases/database.ts';
import { BadInput } from '../failure.ts';
import { here, type Pool, useUp } from '../pool/pool.ts';
import { Threads } from '../pool/threads.ts';
import { durationText } from '../setting/durations.ts';
import { prepare } from '../setting/setting.ts';
import { sourceOf, systemFrom } from '../setting/sources.ts';
import { failure, writeWhole } from '../store/whole-file.ts';
import type { CellRun } from './cells.ts';
import { finishedRun, markFinished, openFolder } from './folder.ts';
import { counted } from './gate.ts';
import { expecting, flawedOf, summaryOf, todayOf } from './judging.ts';
import { makeRun, type OnRun, sourceIn } from './make.ts';
import { type Matrix, type Planned, plannedRuns, shardOf } from './matrix.ts';
import { writePart } from './part.ts';
import type { Summary, SummaryRun } from './summary.ts';

export interface CampaignOptions {
  /** The campaign's folder; left out, one in `results`. */
  readonly out?: string;
  /** Goes on with a campaign whose folder exists: finished runs are not repeated. */
  readonly resume?: boolean;
  /**
   * This part of all runs, from 1: `[2, 5]` is the second of five.
   * It may have no run. Evidence is weighed by `mergeShards`.
   */
  readonly shard?: readonly [part: number, of: number];
  /** Starts no further run after this; the matrix's own budget where absent. */
  readonly maxMs?: number;
  readonly stopAtFirst?: boolean;
  /** Runs at the same time; by default one a core, and with processes two, as those mostly wait. */
  readonly parallel?: number;
  /** A cell with fewer runs than were planned is unknown. */
  readonly requireAll?: boolean;
  /** False says, in the summary, that the exit code is no verdict. */
  readonly gate?: boolean;
  /** How the whole campaign is repeated, for the summary. */
  readonly command: string;
  /** The campaign's file, for whoever merges its shards. */
  readonly file?: string;
  /**
   * Makes simulated runs in threads of this module, which answers a `RunTask`
   * with a `CellRun`; left out, they are made here, one after the other.
   */
  readonly worker?: URL;
  /** For runs that are made in this thread. */
  readonly onRun?: OnRun;
  readonly onProgress?: (progress: CampaignProgress) => void;
  /** The day that expectations expire against; by default today. */
  readonly today?: string;
  /** Keeps no folder for a run: only figures are wanted, and a simulated run can be made again. */
  readonly figuresOnly?: boolean;
}

/** How far a campaign is, after each run. */
export interface CampaignProgress {
  readonly done: number;
  readonly of: number;
  readonly last: SummaryRun;
  /** All runs of the cell of `last`, once the last of them has been made. */
  readonly cell?: readonly SummaryRun[];
}

/** What a thread is asked to do. */
export interface RunTask {
  readonly planned: Planned;
  readonly path: string | undefined;
}

export interface Campaigned {
  readonly summary: Summary;
  readonly folder: string;
  /** What could not be written, in words. */
  readonly unwritten?: readonly string[];
  /** Runs that were planned but not made, for lack of time or because one failed. */
  readonly unmade: number;
}

/** Runs a matrix. Rejects with `BadInput` before anything starts where the matrix or its folder cannot be. */
export async function runCampaign(matrix: Matrix, options: CampaignOptions): Promise<Campaigned> {
  const all = await plannedRuns(matrix);
  const planned = options.shard ? shardOf(all, options.shard) : all;
  if (all.length === 0) throw new BadInput('this campaign has no run: no workload fits its systems');
  await prepareFirsts(planned);
  const { folder, release } = openFolder(matrix, options.out, options.resume === true);
  try {
    const startedAt = new Date().toISOString();
    const { command, shard, file, requireAll = false } = options;
    const { seed, systems, expectations } = matrix;
    writePart(folder, { shards: [shard ?? [1, 1]], command, startedAt, expectations, ...(file ? { file } : {}) });
    const { done, unmade } = await makeAll(planned, folder, matrix, options);
    const summary = summaryOf({
      ...{ seed, startedAt, systems, expectations, planned, done, unmade, today: todayOf(options.today) },
      command: shard ? `${command} --shard ${shard.join('/')}` : command,
      judging: { flawed: await flawedOf(systems), isShard: shard !== undefined, requireAll },
      ...(shard ? { shard } : {}),
      ...(options.gate === false ? { gate: false } : {}),
    });
    const unwritten = failure(() => writeWhole(join(folder, 'summary.json'), `${JSON.stringify(summary)}\n`));
    return { summary, folder, unwritten, unmade: planned.length - done.length };
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
): Promise<{ readonly done: readonly CellRun[]; readonly unmade: readonly string[] }> {
  const beganMs = Date.now();
  const maxMs = options.maxMs ?? matrix.budget?.ms ?? Number.POSITIVE_INFINITY;
  const today = todayOf(options.today);
  const most = matrix.budget?.runs ?? Number.POSITIVE_INFINITY;
  const done: CellRun[] = [];
  const open = openCells(planned);
  let stop = false;
  let late = false;
  const next = function* (): Generator<Planned, undefined> {
    for (const one of planned.slice(0, most)) {
      if (stop) return undefined;
      late = Date.now() - beganMs >= maxMs;
      if (late) return undefined;
      yield one;
    }
    return undefined;
  };
  const pool = await poolFor(matrix, options);
  await useUp(pool, next(), async (one) => {
    const made = await makeOrRead(one, folder, options, pool);
    const cellRun = { ...made, run: expecting(made.run, matrix.expectations, today) };
    done.push(cellRun);
    if (options.stopAtFirst && isSurprise(cellRun.run)) stop = true;
    const cell = open.made(one.cell, cellRun.run);
    options.onProgress?.({ done: done.length, of: planned.length, last: cellRun.run, ...(cell ? { cell } : {}) });
  });
  const order = new Map(planned.map(({ id }, i) => [id, i]));
  done.sort((a, b) => order.get(a.run.id)! - order.get(b.run.id)!);
  const unmade = [
    ...(stop ? ['The campaign stopped at the first surprise (--stop-at-first).'] : []),
    ...(late ? [`Time was up after ${durationText(maxMs)} (--max-time, or budget.time of the file).`] : []),
    ...(planned.length > most ? [`The file allows ${counted(most, 'run')} (budget.runs).`] : []),
  ];
  return { done, unmade };
}

/** The runs of cells of which more are to come; `made` returns those of a cell with its last one. */
function openCells(planned: readonly Planned[]) {
  const left = new Map<string, number>();
  const runs = new Map<string, SummaryRun[]>();
  for (const { cell } of planned) left.set(cell, (left.get(cell) ?? 0) + 1);
  return {
    made(cell: string, run: SummaryRun): readonly SummaryRun[] | undefined {
      const own = [...(runs.get(cell) ?? []), run];
      runs.set(cell, own);
      return own.length === left.get(cell) ? own : undefined;
    },
  };
}

/**
 * What makes a campaign's runs: threads for simulated runs where a module for
 * them is named, else this thread, where runs with processes mostly wait.
 */
export async function poolFor(
  { cluster, systems }: Pick<Matrix, 'cluster' | 'systems'>,
  options: CampaignOptions,
): Promise<Pool<RunTask, CellRun>> {
  const { worker, onRun, parallel } = options;
  const cores = availableParallelism();
  if (cluster === 'simulation' && worker)
    return new Threads({ url: worker, name: 'campaign', width: parallel ?? cores });
  // Two clusters of real software at a time would starve each other.
  const isAlone = cluster === 'simulation' || (await Promise.all(systems.map(isReal))).includes(true);
  const width = isAlone ? 1 : (parallel ?? 2 * cores);
  return here(width, ({ planned, path }) => makeRun(planned, path, onRun));
}

async function isReal(says: string): Promise<boolean> {
  return isDatabase(await systemFrom(sourceOf(says)));
}

const isSurprise = ({ verdict, expected }: SummaryRun) =>
  verdict === 'error' || (verdict === 'invalid' && expected === undefined);

async function makeOrRead(
  planned: Planned,
  folder: string,
  options: CampaignOptions,
  pool: Pool<RunTask, CellRun>,
): Promise<CellRun> {
  const path = options.figuresOnly ? undefined : join(folder, planned.id);
  if (path !== undefined && options.resume) {
    const finished = finishedRun(path, planned.id);
    if (finished) return finished;
    rmSync(path, { recursive: true, force: true });
  }
  const made = await pool.make({ planned, path }).catch((error: Error) => lost(planned, error));
  return path === undefined ? made : markFinished(path, made);
}

/** A thread that died took its run along. */
function lost({ id, system, wanted }: Planned, error: Error): CellRun {
  const { workload, faults, seed, cluster = 'simulation' } = wanted;
  const run = {
    id,
    folder: id,
    system,
    ...sourceIn({ system, wanted }),
    workload,
    faults,
    cluster,
    seed,
    ms: 0,
    command: '',
  };
  return { run: { ...run, verdict: 'error', says: error.message, anomalies: [], operations: 0 } };
}
