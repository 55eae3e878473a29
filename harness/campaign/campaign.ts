/** Many runs, a verdict for each cell, and one answer for a build: did anything happen that was not expected? */

import { existsSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { BadInput } from '../failure.ts';
import { useUp } from '../pool/pool.ts';
import { durationText } from '../setting/durations.ts';
import { prepare } from '../setting/setting.ts';
import { failure, writeWhole } from '../store/whole-file.ts';
import type { CampaignOptions } from './campaign-options.ts';
import { judgeCell } from './cells.ts';
import { openFolder } from './folder.ts';
import { counted, isSurprise } from './gate.ts';
import { Journal } from './journal.ts';
import { expecting, flawedOf, summaryOf, todayOf } from './judging.ts';
import { keptFolder, makeKept } from './keeping.ts';
import { Ledger } from './ledger.ts';
import { lostRun } from './make.ts';
import { type Matrix, type Plan, planOf } from './matrix.ts';
import { writePart } from './part.ts';
import { progressIn } from './progress-file.ts';
import { poolFor } from './run-pool.ts';
import { type CellSum, namedRuns } from './sum.ts';
import type { Summary, SummaryRun } from './summary.ts';
import { workIn } from './work-name.ts';

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
  const plan = await planOf(matrix);
  if (plan.length === 0) throw new BadInput('this campaign has no run: no workload fits its systems');
  await prepareFirsts(plan, options.shard);
  const { folder, release } = openFolder(matrix, options.out, options.resume === true);
  try {
    const startedAt = new Date().toISOString();
    const { command, shard, file, requireAll = false } = options;
    const { seed, systems, expectations } = matrix;
    writePart(folder, { shards: [shard ?? [1, 1]], command, startedAt, expectations, ...(file ? { file } : {}) });
    const ledger = new Ledger(plan, (known) => Journal.open(folder, known));
    const unmade = await makeAll(plan, ledger, folder, matrix, options).finally(() => ledger.close());
    const { sums } = ledger;
    if (options.keep !== undefined || options.makers) await makeKept(plan, sums, folder, matrix, options);
    const whole = summaryOf({
      ...{ seed, startedAt, systems, expectations, plan, sums, unmade, today: todayOf(options.today) },
      command: shard ? `${command} --shard ${shard.join('/')}` : command,
      judging: { flawed: await flawedOf(systems), isShard: shard !== undefined, requireAll },
      ...(shard ? { shard } : {}),
      ...(options.gate === false ? { gate: false } : {}),
    });
    const summary = { ...whole, runs: withFolders(whole.runs, plan, sums, foldersIn(folder, options.store)) };
    const unwritten = [
      ...(ledger.unwritten === undefined ? [] : [ledger.unwritten]),
      ...failure(() => writeWhole(join(folder, 'summary.json'), `${JSON.stringify(summary)}\n`)),
    ];
    return { summary, folder, unwritten, unmade: summary.planned - summary.made };
  } finally {
    release();
  }
}

/** The runs that a summary names, with their folders where these are there. */
function withFolders(
  runs: readonly SummaryRun[],
  plan: Plan,
  sums: ReadonlyMap<number, CellSum>,
  folderOf: (own: string) => string | undefined,
): readonly SummaryRun[] {
  const places = new Map([...sums.values()].flatMap(namedRuns).map(({ place, run }) => [run.id, place]));
  return runs.map((run) => {
    const own = folderOf(plan.at(places.get(run.id)!).folder);
    return own === undefined ? run : { ...run, folder: own };
  });
}

/** Where a run's folder lies, seen from the campaign's: in it, or where workers left it. */
function foldersIn(folder: string, store: string | undefined): (own: string) => string | undefined {
  const left = store === undefined ? undefined : join(store, workIn(folder));
  return (own) => {
    if (existsSync(join(folder, own))) return own;
    const there = left === undefined ? undefined : join(left, own);
    return there !== undefined && existsSync(there) ? relative(folder, there).split(sep).join('/') : undefined;
  };
}

/** One run of each cell is prepared: whatever is wrong with a name or a number is wrong for all its seeds. */
async function prepareFirsts(plan: Plan, shard: CampaignOptions['shard']): Promise<void> {
  const counts = plan.countsOf(shard);
  for (const place of counts.keys()) if (counts[place]! > 0) await prepare(plan.at(place).wanted);
}

/** Makes all runs that are not done; returns why some were not made. */
async function makeAll(
  plan: Plan,
  ledger: Ledger,
  folder: string,
  matrix: Matrix,
  options: CampaignOptions,
): Promise<readonly string[]> {
  const beganMs = Date.now();
  const maxMs = options.maxMs ?? matrix.budget?.ms ?? Number.POSITIVE_INFINITY;
  const today = todayOf(options.today);
  const most = matrix.budget?.runs ?? Number.POSITIVE_INFINITY;
  const counts = plan.countsOf(options.shard);
  const planned = counts.reduce((sum, count) => sum + count, 0);
  const bounds = { stop: false, late: false };
  const isOver = () => {
    bounds.late ||= Date.now() - beganMs >= maxMs;
    return bounds.stop || bounds.late;
  };
  const places = function* (): Generator<number, undefined> {
    let taken = 0;
    for (const piece of plan.piecesOf(options.shard))
      for (const place of plan.placesOf(piece)) {
        if (taken++ >= most) return undefined;
        if (ledger.isDone(place)) continue;
        if (isOver()) return undefined;
        yield place;
      }
    return undefined;
  };
  const expectedOf = (run: SummaryRun) => expecting(run, matrix.expectations, today).expected;
  const progress = progressIn(folder, planned);
  let done = plan.cells.reduce((sum, _, cell) => sum + ledger.madeIn(cell), 0);
  const told = new Set<number>();
  const counting = (run: SummaryRun, place: number) => {
    done++;
    const last = expecting(run, matrix.expectations, today);
    if (options.stopAtFirst && isSurprise(last)) bounds.stop = true;
    const cell = plan.cellOf(place);
    const isLast = ledger.madeIn(cell) >= counts[cell]! && !told.has(cell);
    if (isLast) told.add(cell);
    const judged = isLast
      ? judgeCell(
          { cell: plan.cells[cell]!, planned: counts[cell]!, sum: ledger.sumOf(cell), expectedOf },
          { flawed: new Set() },
        )
      : undefined;
    progress.tell(done);
    options.onProgress?.({ done, of: planned, last, ...(judged ? { cell: judged } : {}) });
  };
  const given = places();
  if (options.makers) {
    await options.makers({ matrix, plan, folder, ledger, places: given, counted: counting, isOver });
  } else await makeHere(plan, given, ledger, folder, matrix, options, counting);
  progress.end();
  return [
    ...(bounds.stop ? ['The campaign stopped at the first surprise (--stop-at-first).'] : []),
    ...(bounds.late ? [`Time was up after ${durationText(maxMs)} (--max-time, or budget.time of the file).`] : []),
    ...(planned > most ? [`The file allows ${counted(most, 'run')} (budget.runs).`] : []),
  ];
}

async function makeHere(
  plan: Plan,
  places: Generator<number, undefined>,
  ledger: Ledger,
  folder: string,
  matrix: Matrix,
  options: CampaignOptions,
  counting: (run: SummaryRun, place: number) => void,
): Promise<void> {
  const pool = await poolFor(matrix, options);
  await useUp(pool, places, async (place) => {
    const planned = plan.at(place);
    const path = keptFolder(planned, folder, options.keep ?? 'all');
    if (path !== undefined && options.resume) rmSync(path, { recursive: true, force: true });
    const made = await pool.make({ planned, path }).catch((error: Error) => lostRun(planned, error.message));
    ledger.addRun(place, made);
    if (path !== undefined && options.keep !== undefined && options.keep !== 'all')
      dropUnlessShown(path, place, ledger, plan);
    options.onMade?.(made, place);
    counting(made.run, place);
  });
}

/** Takes a run's folder away unless it is one of those that show something. */
function dropUnlessShown(path: string, place: number, ledger: Ledger, plan: Plan): void {
  const { shown, undecided, failed } = ledger.sumOf(plan.cellOf(place));
  const witnesses = [...Object.values(shown), undecided, failed].flatMap(({ first }) => first);
  if (!witnesses.some((one) => one.place === place)) rmSync(path, { recursive: true, force: true });
}
