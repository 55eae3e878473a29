/** The folders of a campaign's shards, read back, and whether they are of the same campaign. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BadInput } from '../failure.ts';
import { refuseBusy } from '../store/folder-lock.ts';
import { campaignText, differenceOf, ownModulesOf } from './folder.ts';
import type { Matrix } from './matrix.ts';
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
  const { runs, made } = summary ?? {};
  if (!Number.isSafeInteger(made) || !Array.isArray(runs) || !runs.every((run: unknown) => isRun(run)))
    throw new BadInput(`${file} is no summary of a campaign, or one of another version`);
  return summary as Summary;
}

function isRun(value: unknown): boolean {
  const { id, folder, verdict, anomalies } = (value ?? {}) as Partial<SummaryRun>;
  return (
    typeof id === 'string' && typeof folder === 'string' && typeof verdict === 'string' && Array.isArray(anomalies)
  );
}
