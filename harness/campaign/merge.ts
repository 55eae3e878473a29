/**
 * Unites the shards of a campaign into one result, as if it had been made in one place: the same runs, cells,
 * evidence and outcome. A run counts once, by its id. What no shard has may have been refuted, and fails its cell.
 */
import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { BadInput } from '../failure.ts';
import { copyRun, newFolder } from '../store/store.ts';
import { failure, writeWhole } from '../store/whole-file.ts';
import type { Campaigned } from './campaign.ts';
import type { CellRun } from './cells.ts';
import type { Expectation } from './expectations.ts';
import { brokenCells, witnessOf } from './gate.ts';
import { expecting, flawedOf, summaryOf, todayOf } from './judging.ts';
import { makeRun, type OnRun } from './make.ts';
import { type Planned, plannedRuns } from './matrix.ts';
import { writePart } from './part.ts';
import { findRuns, KEPT, missingRuns, readShard, refuseStrangers, type Shard, shardFolders } from './shards.ts';
import type { Summary, SummaryRun } from './summary.ts';

export interface MergeOptions {
  /** The new folder; left out, one in `results`. */
  readonly out?: string;
  /** What is known, in place of what the shards were told. */
  readonly expectations?: readonly Expectation[];
  /** Runs that no shard has are merely fewer runs. */
  readonly partial?: boolean;
  /** A cell with fewer runs than were planned is unknown. */
  readonly requireAll?: boolean;
  /** The day that expectations expire against; by default today. */
  readonly today?: string;
  /** Called with a run that was made again, as its folder is not there. */
  readonly onRun?: OnRun;
}

export interface Merged extends Campaigned {
  /** The campaign's file, where the shards name one. */
  readonly file?: string;
}

/**
 * Merges the folders of shards, or one that holds them, into a new folder. Rejects with `BadInput` where one is no
 * shard, or two are not of the same campaign or hold one run with differing contents. Costs a read of each run.json.
 */
export async function mergeShards(folders: readonly string[], options: MergeOptions = {}): Promise<Merged> {
  const shards = folders.flatMap(shardFolders).map(readShard);
  refuseStrangers(shards);
  const { matrix, text, part } = shards[0]!;
  const expectations = options.expectations ?? expectationsOf(shards);
  const planned = await plannedRuns({ ...matrix, expectations });
  const found = findRuns(shards, planned);
  const missing = missingRuns(shards, planned, found);
  const { partial = false, requireAll = false } = options;
  const today = todayOf(options.today);
  const folder = newFolder(options.out, 'merge');
  const done = planned.flatMap(({ id }): readonly CellRun[] => {
    const one = found.get(id);
    return one ? [{ ...one.made, run: expecting(placed(one, folder), expectations, today) }] : [];
  });
  const { command, file } = part;
  const startedAt = shards.map((shard) => shard.part.startedAt).sort()[0]!;
  const summary = summaryOf({
    ...{ command, seed: matrix.seed, startedAt, systems: matrix.systems, expectations, planned, done, today },
    unmade: [...new Set(shards.flatMap((shard) => shard.summary?.unmade ?? []))],
    missing: missingText(missing),
    judging: { flawed: await flawedOf(matrix.systems), requireAll, ...(partial ? {} : { missing }) },
  });
  const shown = await withWitnesses(summary, planned, folder, options.onRun);
  const ended = shards.filter((shard) => shard.summary).flatMap((shard) => shard.part.shards);
  const united = [...new Map(ended.map((shard) => [shard.join('/'), shard])).values()];
  const unwritten = failure(() => {
    writeWhole(join(folder, 'campaign.json'), text);
    writePart(folder, { shards: united, command, startedAt, expectations, ...(file ? { file } : {}) });
    writeWhole(join(folder, KEPT), linesOf(done));
    writeWhole(join(folder, 'summary.json'), `${JSON.stringify(shown)}\n`);
  });
  return { summary: shown, folder, unwritten, unmade: planned.length - done.length, ...(file ? { file } : {}) };
}

/** What the shards were told to expect: the same, as they are of one campaign. */
function expectationsOf(shards: readonly Shard[]): readonly Expectation[] {
  const [first, ...others] = shards;
  const told = JSON.stringify(first!.part.expectations);
  const other = others.find(({ part }) => JSON.stringify(part.expectations) !== told);
  if (other)
    throw new BadInput(
      `${other.folder} was told other expectations than ${first!.folder}: name the file that counts with --expectations`,
    );
  return first!.part.expectations;
}

/** The run with its folder as it is seen from the merged one. */
function placed(
  { made: { run }, shard }: { readonly made: CellRun; readonly shard: Shard },
  folder: string,
): SummaryRun {
  const path = join(shard.folder, run.folder);
  const there = run.folder !== '' && existsSync(join(path, 'verdict.json'));
  return { ...run, folder: there ? relative(folder, path).split(sep).join('/') : '' };
}

function missingText(missing: ReadonlyMap<string, string>): readonly string[] {
  const counts = new Map<string, number>();
  for (const why of missing.values()) counts.set(why, (counts.get(why) ?? 0) + 1);
  return [...counts].map(([why, count]) => `${count === 1 ? 'A run is' : `${count} runs are`} missing: ${why}.`);
}

/**
 * The runs that show what broke lie in the merged folder itself, so that it can be handed on
 * alone: copied, or in the simulation made again where the shard's own folder is not there.
 */
async function withWitnesses(
  summary: Summary,
  planned: readonly Planned[],
  folder: string,
  onRun: OnRun | undefined,
): Promise<Summary> {
  const witnesses = new Set(brokenCells(summary).flatMap((cell) => witnessOf(summary, cell) ?? []));
  const here = new Set<string>();
  for (const { id, folder: from, verdict, system, source = system, workload } of witnesses) {
    if (verdict === 'error') continue;
    if (from !== '') copyRun(join(folder, from), join(folder, id), { system: source, workload });
    else if (!(await remade(planned.find((one) => one.id === id)!, join(folder, id), onRun))) continue;
    here.add(id);
  }
  return { ...summary, runs: summary.runs.map((run) => (here.has(run.id) ? { ...run, folder: run.id } : run)) };
}

async function remade(planned: Planned, path: string, onRun: OnRun | undefined): Promise<boolean> {
  if (planned.wanted.cluster !== 'simulation') return false;
  const { run } = await makeRun(planned, path, onRun);
  return run.verdict !== 'error';
}

function linesOf(done: readonly CellRun[]): string {
  return done
    .filter(({ run }) => run.verdict !== 'error')
    .map((made) => `${JSON.stringify(made)}\n`)
    .join('');
}
