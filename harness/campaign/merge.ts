/**
 * Unites the shards of a campaign into one result, as if it had been made in one place: the same cells, figures,
 * evidence and outcome. A run counts once. What no shard has may have been refuted, and fails its cell.
 */
import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { BadInput } from '../failure.ts';
import { copyRun, newFolder } from '../store/store.ts';
import { failure, writeWhole } from '../store/whole-file.ts';
import type { Campaigned } from './campaign.ts';
import type { Expectation } from './expectations.ts';
import { brokenCells, witnessOf } from './gate.ts';
import { Journal } from './journal.ts';
import { flawedOf, summaryOf, todayOf } from './judging.ts';
import { makeRun, type OnRun } from './make.ts';
import { type Plan, planOf } from './matrix.ts';
import { writePart } from './part.ts';
import { readShard, refuseStrangers, type Shard, shardFolders } from './shards.ts';
import { namedRuns } from './sum.ts';
import type { Summary, SummaryRun } from './summary.ts';
import { missingIn, type United, unite } from './uniting.ts';

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
 * shard, or two are not of the same campaign or hold one run with differing contents. Reads each journal twice.
 */
export async function mergeShards(folders: readonly string[], options: MergeOptions = {}): Promise<Merged> {
  const shards = folders.flatMap(shardFolders).map(readShard);
  refuseStrangers(shards);
  const { matrix, text, part } = shards[0]!;
  const expectations = options.expectations ?? expectationsOf(shards);
  const plan = await planOf({ ...matrix, expectations });
  const { partial = false, requireAll = false } = options;
  const today = todayOf(options.today);
  const united = unite(shards, plan);
  const folder = newFolder(options.out, 'merge');
  const unwritten = [...failure(() => copied(united, folder))];
  const missing = missingIn(shards, plan, united);
  const { command, file } = part;
  const startedAt = shards.map((shard) => shard.part.startedAt).sort()[0]!;
  const whole = summaryOf({
    ...{ command, seed: matrix.seed, startedAt, systems: matrix.systems, expectations, plan, sums: united.sums, today },
    unmade: [...new Set(shards.flatMap((shard) => shard.summary?.unmade ?? []))],
    missing: missing.says,
    judging: { flawed: await flawedOf(matrix.systems), requireAll },
    ...(partial ? {} : { lost: missing.cells }),
  });
  const summary = await withFolders(whole, plan, united, folder, options.onRun);
  const ended = shards.filter((shard) => shard.summary).flatMap((shard) => shard.part.shards);
  const parts = [...new Map(ended.map((shard) => [shard.join('/'), shard])).values()];
  unwritten.push(
    ...failure(() => {
      writeWhole(join(folder, 'campaign.json'), text);
      writePart(folder, { shards: parts, command, startedAt, expectations, ...(file ? { file } : {}) });
      writeWhole(join(folder, 'summary.json'), `${JSON.stringify(summary)}\n`);
    }),
  );
  return { summary, folder, unwritten, unmade: summary.planned - summary.made, ...(file ? { file } : {}) };
}

/** The parts that count, as the journal of the merged folder. */
function copied({ takeParts }: United, folder: string): void {
  const journal = Journal.begin(folder);
  try {
    takeParts((part, from) => journal.copy(part, from));
  } finally {
    journal.close();
  }
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

/**
 * The runs with their folders as they are seen from the merged one. Those that show what broke lie in it, so that it
 * can be handed on alone: copied, or in the simulation made again where the shard's own folder is not there.
 */
async function withFolders(
  summary: Summary,
  plan: Plan,
  { sums, shardOf }: United,
  folder: string,
  onRun: OnRun | undefined,
): Promise<Summary> {
  const places = new Map([...sums.values()].flatMap(namedRuns).map(({ place, run }) => [run.id, place]));
  const witnesses = new Set(brokenCells(summary).flatMap((cell) => witnessOf(summary, cell)?.id ?? []));
  const runs: SummaryRun[] = [];
  for (const run of summary.runs) {
    const planned = plan.at(places.get(run.id)!);
    const there = folderIn(shardOf(planned.place), planned.folder, run.id);
    const seen = there === undefined ? '' : relative(folder, there).split(sep).join('/');
    const isHere = witnesses.has(run.id) && run.verdict !== 'error' && (await brought(planned.place, there, run));
    runs.push({ ...run, folder: isHere ? planned.folder : seen });
  }
  return { ...summary, runs };

  async function brought(place: number, there: string | undefined, run: SummaryRun): Promise<boolean> {
    const planned = plan.at(place);
    const path = join(folder, planned.folder);
    if (there !== undefined) copyRun(there, path, { system: run.source ?? run.system, workload: run.workload });
    else if (planned.wanted.cluster !== 'simulation') return false;
    else return (await makeRun(planned, path, onRun)).run.verdict !== 'error';
    return true;
  }
}

/** Where a run of a shard lies, whole; where it was merged before, that may be elsewhere. */
function folderIn(shard: Shard | undefined, own: string, id: string): string | undefined {
  if (!shard) return undefined;
  const known = shard.summary?.runs.find((run) => run.id === id)?.folder;
  return [known, own]
    .filter((name) => name !== undefined && name !== '')
    .map((name) => join(shard.folder, name!))
    .find((path) => existsSync(join(path, 'verdict.json')));
}
