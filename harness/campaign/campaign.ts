/** Many runs, a verdict for each cell, and one answer for a build: did anything happen that was not expected? */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { BadInput, HarnessFailure } from '../failure.ts';
import type { Result } from '../result.ts';
import { type Run, runPrepared } from '../run.ts';
import { prepare } from '../setting.ts';
import { systemFrom, systemSource } from '../sources.ts';
import { newFolder, storeRun } from '../store.ts';
import { type CellRun, judgeCells } from './cells.ts';
import { expectationFor, isExpired } from './expectations.ts';
import { type Matrix, type Planned, plannedRuns } from './matrix.ts';
import type { Summary, SummaryRun } from './summary.ts';

export interface CampaignOptions {
  /** The campaign's folder; left out, one in `results`. */
  readonly out?: string;
  /** Goes on with a campaign whose folder exists: finished runs are not repeated. */
  readonly resume?: boolean;
  /** This part of all runs, from 1: `[2, 5]` is the second of five. */
  readonly shard?: readonly [part: number, of: number];
  /** Starts no further run after this. */
  readonly maxMs?: number;
  readonly stopAtFirst?: boolean;
  /** Runs at the same time; by default two a core with processes, which mostly wait. */
  readonly parallel?: number;
  /** How it is repeated, for the summary. */
  readonly command: string;
  /** Called with every run that has just been made; writes its report, say. A failure here changes no verdict. */
  readonly onRun?: (run: Run, folder: string, command: string) => void;
  readonly onProgress?: (done: number, of: number, last: SummaryRun) => void;
  /** The day that expectations expire against; by default today. */
  readonly today?: string;
}

export interface Campaigned {
  readonly summary: Summary;
  readonly folder: string;
  /** Runs that were planned but not made, for lack of time or because one failed. */
  readonly unmade: number;
}

/** Runs a matrix. Rejects with `BadInput` before anything starts where the matrix or its folder cannot be. */
export async function runCampaign(matrix: Matrix, options: CampaignOptions): Promise<Campaigned> {
  const { shard, maxMs = Number.POSITIVE_INFINITY } = options;
  const all = plannedRuns(matrix);
  const planned = shard ? all.filter((_, i) => i % shard[1] === shard[0] - 1) : all;
  if (planned.length === 0) throw new BadInput('this campaign has no run: no workload fits its systems');
  for (const { wanted } of planned) await prepare(wanted);
  const folder = openFolder(matrix, options);
  const startedAt = new Date();
  const done: CellRun[] = [];
  const queue = [...planned];
  const stopped = () =>
    Date.now() - startedAt.getTime() >= maxMs ||
    (options.stopAtFirst === true && done.some(({ run }) => isSurprise(run)));
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      if (stopped()) return;
      const cellRun = await makeOrRead(next, folder, matrix, options);
      done.push(cellRun);
      options.onProgress?.(done.length, planned.length, cellRun.run);
    }
  };
  const parallel = options.parallel ?? (matrix.cluster === 'processes' ? 2 * availableParallelism() : 1);
  await Promise.all(Array.from({ length: parallel }, worker));
  const order = new Map(planned.map(({ id }, i) => [id, i]));
  done.sort((a, b) => order.get(a.run.id)! - order.get(b.run.id)!);
  const summary = await summaryOf(matrix, options, startedAt, done);
  writeFileSync(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  return { summary, folder, unmade: planned.length - done.length };
}

const isSurprise = ({ verdict, expected }: SummaryRun) =>
  verdict === 'error' || (verdict === 'invalid' && expected === undefined);

/** The folder with the matrix in it: a new one, or the one of the campaign that is resumed. */
function openFolder(matrix: Matrix, { out, resume }: CampaignOptions): string {
  const text = `${JSON.stringify(matrix, null, 2)}\n`;
  if (!resume) {
    const folder = newFolder(out, 'campaign');
    writeFileSync(join(folder, 'campaign.json'), text);
    return folder;
  }
  if (out === undefined) throw new BadInput('to resume a campaign, name its folder with --out');
  const file = join(out, 'campaign.json');
  if (!existsSync(file)) throw new BadInput(`${out} holds no campaign that could be resumed`);
  if (readFileSync(file, 'utf8') !== text) throw new BadInput(`${out} is of another campaign: ${file} differs`);
  return out;
}

async function makeOrRead(
  planned: Planned,
  folder: string,
  matrix: Matrix,
  options: CampaignOptions,
): Promise<CellRun> {
  const path = join(folder, planned.id);
  const began = performance.now();
  const finished = options.resume ? readFinished(path, planned) : undefined;
  if (finished) return finished;
  rmSync(path, { recursive: true, force: true });
  const seen = await make(planned, path, options);
  const cellRun = summarised(planned, seen, matrix, options, Math.round(performance.now() - began));
  // The last file of a run: where it is, the run need not be made again.
  writeFileSync(join(path, 'run.json'), `${JSON.stringify(cellRun)}\n`);
  return cellRun;
}

function readFinished(path: string, planned: Planned): CellRun | undefined {
  try {
    const read = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8')) as CellRun;
    return read.run.id === planned.id ? read : undefined;
  } catch {
    return undefined; // Never begun, or cut short: it is made again.
  }
}

type Seen = { readonly run: Run } | { readonly error: string };

async function make({ wanted }: Planned, path: string, options: CampaignOptions): Promise<Seen> {
  const prepared = await prepare(wanted);
  const stored = storeRun(newFolder(path, 'run'), prepared);
  const command = `splitbrain run --system ${wanted.system} --workload ${wanted.workload} --faults ${wanted.faults.join(',') || 'none'} --seed ${wanted.seed}`;
  try {
    const run = await runPrepared(prepared, { sink: (line) => stored.sink(line), logFolder: stored.logFolder });
    stored.finish(run, command);
    try {
      options.onRun?.(run, path, command);
    } catch (error) {
      writeFileSync(join(path, 'report-error.txt'), String(error));
    }
    return { run };
  } catch (error) {
    stored.close();
    if (error instanceof HarnessFailure) return { error: error.message };
    throw error;
  }
}

function summarised(
  { id, wanted }: Planned,
  seen: Seen,
  matrix: Matrix,
  options: CampaignOptions,
  ms: number,
): CellRun {
  const { system, workload, faults, seed } = wanted;
  const common = { id, folder: id, system, workload, faults, cluster: matrix.cluster, seed, ms };
  if ('error' in seen) return { run: { ...common, verdict: 'error', says: seen.error, anomalies: [], operations: 0 } };
  const { result, history } = seen.run;
  const anomalies = brokenClaims(result);
  const today = options.today ?? new Date().toISOString().slice(0, 10);
  const reasons = anomalies.map(
    (anomaly) => expectationFor(matrix.expectations, { system, workload, anomaly }, today)?.reason,
  );
  const expected = reasons.length > 0 && reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined;
  return {
    run: {
      ...common,
      verdict: result.verdict,
      says: result.says,
      anomalies,
      operations: history.length,
      ...(expected === undefined ? {} : { expected }),
    },
    tally: result.tally,
    claims: result.claims.map(({ claim, verdict }) => ({ claim, type: verdict.type })),
    functions: Object.keys(result.setting.options.mix),
    kinds: [...new Set(result.plan.faults.map(({ kind }) => kind))],
  };
}

function brokenClaims(result: Result): readonly string[] {
  const anomalies = result.claims.flatMap(({ verdict }) => (verdict.type === 'invalid' ? verdict.anomalies : []));
  return [...new Set(anomalies.map(({ name }) => name))];
}

async function summaryOf(
  matrix: Matrix,
  options: CampaignOptions,
  startedAt: Date,
  done: readonly CellRun[],
): Promise<Summary> {
  const flawed = new Set<string>();
  for (const system of matrix.systems) if ((await systemFrom(systemSource(system))).flaw) flawed.add(system);
  const runs = done.map(({ run }) => run);
  const today = options.today ?? startedAt.toISOString().slice(0, 10);
  const unseen = matrix.expectations
    .filter(
      (one) => !isExpired(one, today) && !runs.some((run) => run.system === one.system && run.anomalies.length > 0),
    )
    .map(({ system, anomalies }) => `${system} showed none of its known anomalies this time (${anomalies.join(', ')})`);
  const expired = matrix.expectations
    .filter((one) => isExpired(one, today))
    .map(({ system, reason, expires }) => `the expectation for ${system} (${reason}) expired on ${expires}`);
  const { command } = options;
  const notes = [...expired, ...unseen];
  return {
    command,
    seed: matrix.seed,
    startedAt: startedAt.toISOString(),
    runs,
    cells: judgeCells(done, flawed),
    notes,
  };
}
