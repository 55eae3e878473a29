/** The folders of a campaign's shards, read back: which runs are in them, and why others are not. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { BadInput } from '../failure.ts';
import { refuseBusy } from '../store/folder-lock.ts';
import type { CellRun } from './cells.ts';
import { campaignText, differenceOf, finishedRun, isJudgedRun, ownModulesOf } from './folder.ts';
import { type Matrix, type Planned, shardOf } from './matrix.ts';
import { type Part, readPart } from './part.ts';
import type { Summary, SummaryRun } from './summary.ts';

/** A shard's folder. */
export interface Shard {
  readonly folder: string;
  /** The text of its campaign.json: all that determines the runs. */
  readonly text: string;
  readonly matrix: Omit<Matrix, 'expectations'>;
  readonly part: Part;
  /** What it came to; absent where it was killed before it had an end. */
  readonly summary?: Summary;
}

/** Runs by their ids, each with the shard that it was made in. */
export type Found = ReadonlyMap<string, { readonly made: CellRun; readonly shard: Shard }>;

/** Reads what a shard's folder says of itself. Throws `BadInput` where it is none, or is being written to. */
export function readShard(folder: string): Shard {
  const file = join(folder, 'campaign.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new BadInput(`${folder} holds no campaign: ${(error as Error).message}`);
  }
  refuseBusy(folder);
  const matrix = storedMatrix(text, file);
  const summary = summaryIn(join(folder, 'summary.json'));
  return { folder, text, matrix, part: readPart(folder), ...(summary ? { summary } : {}) };
}

/** Those that a shell's `*` would name, where a folder of shards is named instead of the shards. */
export function shardFolders(folder: string): readonly string[] {
  if (existsSync(join(folder, 'campaign.json')) || !statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    return [folder];
  const below = readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, 'campaign.json')));
  return below.length > 0 ? below : [folder];
}

/**
 * Refuses shards of two campaigns, of two versions, or of other
 * modules than those that are here now. Throws `BadInput`.
 */
export function refuseStrangers(shards: readonly Shard[]): void {
  const [first] = shards;
  if (!first) throw new BadInput('no shard is named');
  for (const { folder, text } of shards) {
    const difference = differenceOf(first.text, text);
    if (difference === undefined) continue;
    throw new BadInput(`${folder} is of another campaign than ${first.folder}: campaign.json differs${difference}`);
  }
  const here = campaignText({ ...first.matrix, expectations: [] });
  if (ownModulesOf(first.matrix).length > 0 && modulesIn(here) !== modulesIn(first.text))
    throw new BadInput(
      `the modules that ${first.folder} was made with are others than those that are here: merge in the same checkout`,
    );
}

function modulesIn(text: string): string {
  return JSON.stringify((JSON.parse(text) as { readonly modules?: unknown }).modules);
}

function storedMatrix(text: string, file: string): Shard['matrix'] {
  let value: Partial<Matrix> | null;
  try {
    value = JSON.parse(text) as Partial<Matrix> | null;
  } catch (error) {
    throw new BadInput(`${file} is broken: ${(error as Error).message}`);
  }
  const { systems, workloads = [], faults, claims = [], cluster, ...numbers } = value ?? {};
  const names = (list: unknown) => Array.isArray(list) && list.every((name) => typeof name === 'string');
  if (!names(systems) || !names(workloads) || !names(faults) || !Array.isArray(claims))
    throw new BadInput(`${file}: systems, workloads, faults or claims is no list`);
  for (const key of ['seeds', 'seed', 'nodes', 'clients', 'durationMs', 'ratePerSecond', 'keys'] as const)
    if (!Number.isFinite(numbers[key])) throw new BadInput(`${file}: ${key} is no number`);
  if (numbers.callTimeoutMs !== undefined && !Number.isFinite(numbers.callTimeoutMs))
    throw new BadInput(`${file}: callTimeoutMs is no number`);
  if (cluster !== 'simulation' && cluster !== 'processes') throw new BadInput(`${file}: cluster is neither of both`);
  return value as Shard['matrix'];
}

/** A summary that is there whole; of a shard that was killed there is none. */
function summaryIn(file: string): Summary | undefined {
  if (!existsSync(file)) return undefined;
  let summary: Partial<Summary> | null;
  try {
    summary = JSON.parse(readFileSync(file, 'utf8')) as Partial<Summary> | null;
  } catch (error) {
    throw new BadInput(`${file} is broken: ${(error as Error).message}`);
  }
  const { runs } = summary ?? {};
  if (!Array.isArray(runs) || !runs.every((run: unknown) => isRun(run)))
    throw new BadInput(`${file} is no summary of a campaign`);
  return summary as Summary;
}

function isRun(value: unknown): boolean {
  const { id, folder, verdict, anomalies } = (value ?? {}) as Partial<SummaryRun>;
  return (
    typeof id === 'string' && typeof folder === 'string' && typeof verdict === 'string' && Array.isArray(anomalies)
  );
}

/** The planned runs that are in the shards. Throws `BadInput` where one run differs in two of them. */
export function findRuns(shards: readonly Shard[], planned: readonly Planned[]): Found {
  const ids = new Set(planned.map(({ id }) => id));
  const found = new Map<string, { readonly made: CellRun; readonly shard: Shard }>();
  // Whatever the order in which they are named, the same one of two equal runs counts.
  for (const shard of [...shards].sort((a, b) => (a.folder < b.folder ? -1 : 1))) {
    for (const made of runsIn(shard, ids)) {
      const { id } = made.run;
      const known = found.get(id);
      if (!known || isError(known.made)) found.set(id, { made, shard });
      else if (!isError(made)) refuseDifferent(id, known, { made, shard });
    }
  }
  return found;
}

const isError = ({ run }: CellRun) => run.verdict === 'error';

/**
 * Finished runs have a file of their own, or a line where they were
 * merged before; those that failed stand in the summary alone.
 */
function* runsIn({ folder, summary }: Shard, ids: ReadonlySet<string>): Generator<CellRun> {
  const seen = new Set<string>();
  for (const id of readdirSync(folder)) {
    const made = ids.has(id) ? finishedRun(join(folder, id), id) : undefined;
    if (!made) continue;
    seen.add(id);
    yield made;
  }
  for (const made of keptRuns(folder)) {
    if (!ids.has(made.run.id) || seen.has(made.run.id)) continue;
    seen.add(made.run.id);
    yield made;
  }
  for (const run of summary?.runs ?? [])
    if (run.verdict === 'error' && ids.has(run.id) && !seen.has(run.id)) yield { run };
}

/** The file in which a merged campaign keeps its runs, a line each: their folders may be far away. */
export const KEPT = 'runs.jsonl';

function keptRuns(folder: string): readonly CellRun[] {
  const file = join(folder, KEPT);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, i) => {
      if (line === '') return [];
      try {
        const made = JSON.parse(line) as unknown;
        if (isJudgedRun(made)) return [made];
      } catch {
        // Said below.
      }
      throw new BadInput(`${file}:${i + 1}: this is no run`);
    });
}

interface Place {
  readonly made: CellRun;
  readonly shard: Shard;
}

/** The same run, made twice, is the same but for the time it took and where it lies. */
function refuseDifferent(id: string, one: Place, other: Place): void {
  const contents = ({ made: { run, ...rest } }: Place) => {
    const { ms: _, folder: __, expected: ___, ...what } = run;
    return { ...what, ...rest } as Readonly<Record<string, unknown>>;
  };
  const [a, b] = [contents(one), contents(other)];
  const names = Object.keys({ ...a, ...b }).filter((name) => !isDeepStrictEqual(a[name], b[name]));
  if (names.length === 0) return;
  const folders = `${one.shard.folder} and ${other.shard.folder}`;
  const seen = a.verdict === b.verdict ? '' : ` (${String(a.verdict)} and ${String(b.verdict)})`;
  throw new BadInput(
    `run ${id} is in ${folders}, and differs in ${names.join(', ')}${seen}: one of both is of something else`,
  );
}

/**
 * Of the planned runs that are in no shard: those that may have been made elsewhere, by id, with where they should
 * be. A shard that came to its end without having made them had reached a bound, and these are merely not made.
 */
export function missingRuns(
  shards: readonly Shard[],
  planned: readonly Planned[],
  found: Found,
): ReadonlyMap<string, string> {
  const missing = new Map(planned.filter(({ id }) => !found.has(id)).map(({ id }) => [id, '']));
  const ended = new Set<string>();
  for (const shard of shards) {
    const known = new Set(shard.summary?.runs.map(({ id }) => id));
    for (const { id } of shard.part.shards.flatMap((part) => shardOf(planned, part))) {
      if (!missing.has(id)) continue;
      if (known.has(id)) missing.set(id, `${shard.folder} has lost it: its run.json is gone`);
      else if (shard.summary) ended.add(id);
      else missing.set(id, `${shard.folder} was cut short: it has no summary.json`);
    }
  }
  const absent = absentShards(shards);
  return new Map([...missing].filter(([id]) => !ended.has(id)).map(([id, why]) => [id, why === '' ? absent : why]));
}

/** In words, which shards are not there. */
function absentShards(shards: readonly Shard[]): string {
  const parts = shards.flatMap(({ part }) => part.shards);
  const of = Math.max(1, ...parts.map(([, count]) => count));
  const there = new Set(parts.filter(([, count]) => count === of).map(([part]) => part));
  const absent = Array.from({ length: of }, (_, i) => i + 1).filter((part) => !there.has(part));
  const [only, ...more] = absent;
  if (only === undefined || parts.some(([, count]) => count !== of)) return 'it is in none of the shards';
  return more.length === 0
    ? `shard ${only} of ${of} is not among them`
    : `shards ${absent.slice(0, 8).join(', ')}${absent.length > 8 ? ', ...' : ''} of ${of} are not among them`;
}
