/**
 * What a campaign runs: every system with every one of its
 * workloads under every group of faults, with several seeds each.
 */

import { createHash } from 'node:crypto';
import type { System } from '../../systems/system.ts';
import type { ClusterName } from '../clusters/names.ts';
import { faultNames } from '../faults/draw.ts';
import type { RhythmWanted } from '../faults/rhythm.ts';
import { isOwnModule } from '../setting/module-path.ts';
import type { Wanted } from '../setting/setting.ts';
import { sourceOf, systemFrom } from '../setting/sources.ts';
import { workloadsFor as builtInFor, type Chosen, fits, workloadFrom } from '../setting/workload-source.ts';
import { type CampaignClaim, claimsOn } from './claims.ts';
import type { Expectation } from './expectations.ts';
import { labelsOf } from './labels.ts';

/** The contents of a campaign file. Times in ms. */
export interface Matrix {
  readonly systems: readonly string[];
  /** Left out, each system gets every workload of its datatype. */
  readonly workloads?: readonly string[];
  /** Groups of faults, each a cell: `["partition", "crash"]` is two groups, `["partition,crash"]` one of both. */
  readonly faults: readonly string[];
  readonly seeds: number;
  readonly seed: number;
  readonly cluster: ClusterName;
  readonly nodes: number;
  readonly clients: number;
  readonly durationMs: number;
  readonly ratePerSecond: number;
  /** Not told to workloads that do not heed it. */
  readonly keys: number;
  /** How faults follow each other, as far as it was said. */
  readonly rhythm?: RhythmWanted;
  /** Left out, as `run` has it. */
  readonly callTimeoutMs?: number;
  /** What systems are held to here, in place of their own claims. */
  readonly claims?: readonly CampaignClaim[];
  /** No further run is started after so long, or so many. */
  readonly budget?: { readonly ms?: number; readonly runs?: number };
  readonly expectations: readonly Expectation[];
}

/** One run that a matrix asks for. */
export interface Planned {
  readonly id: string;
  /** Names the cell that it is in: all seeds of a system with a workload under some faults. */
  readonly cell: string;
  /** What the cell calls its system. */
  readonly system: string;
  readonly wanted: Wanted & { readonly workload: string; readonly faults: readonly string[]; readonly seed: number };
}

/**
 * All runs of a matrix, seed by seed so that a campaign cut short has
 * touched every cell. Rejects with `BadInput` for names that do not exist.
 */
export async function plannedRuns(matrix: Matrix): Promise<readonly Planned[]> {
  const named = matrix.workloads && (await Promise.all(matrix.workloads.map(chosen)));
  const subjects: { readonly system: string; readonly chosen: Chosen }[] = [];
  for (const says of matrix.systems) {
    const system = await systemFrom(sourceOf(says));
    subjects.push(...workloadsFor(says, system, named).map((chosen) => ({ system: says, chosen })));
  }
  const labels = labelsOf(matrix.systems);
  const groups = matrix.faults.map((group) => group.split(',').map((name) => name.trim()));
  for (const group of groups) faultNames(group);
  const runs = Array.from({ length: matrix.seeds }, (_, i) => matrix.seed + i).flatMap((seed) =>
    subjects.flatMap(({ system, chosen }) =>
      groups.map((faults) => plannedRun(matrix, [system, labels.get(system)!], chosen, faults, seed)),
    ),
  );
  return toldApart(runs);
}

/** What is named twice is run once, and cells whose names differ only in what an id cannot have get ids that differ. */
function toldApart(runs: readonly Planned[]): readonly Planned[] {
  const kept = new Map<string, Planned>();
  for (const run of runs) {
    const same = kept.get(run.id);
    if (same?.cell === run.cell) continue;
    const id = same ? `${run.id}-${createHash('sha256').update(run.cell).digest('hex').slice(0, 8)}` : run.id;
    kept.set(id, { ...run, id });
  }
  return [...kept.values()];
}

/**
 * The part of all runs that one of several machines makes. A cell's seeds stay together
 * where there are enough cells to go round, as evidence is weighed over all of them.
 */
export function shardOf(
  planned: readonly Planned[],
  [part, of]: readonly [part: number, of: number],
): readonly Planned[] {
  const cells = [...new Set(planned.map(({ cell }) => cell))];
  const whole = cells.length >= of;
  const places = new Map(cells.map((cell, i) => [cell, i]));
  return planned.filter(({ cell }, i) => (whole ? places.get(cell)! : i) % of === part - 1);
}

function plannedRun(
  matrix: Matrix,
  [says, system]: readonly [says: string, label: string],
  { workload: { heeds }, says: workload }: Chosen,
  faults: readonly string[],
  seed: number,
): Planned {
  const { cluster, nodes, clients, durationMs, ratePerSecond, keys, callTimeoutMs, rhythm } = matrix;
  const id = [system, workload, faults.join('+'), seed]
    .join('.')
    .replace(/[^\w.+-]+/g, '-')
    .replace(/^[.-]+/, '');
  const heedsKeys = heeds.includes('keys');
  const options = { clients, durationMs, ratePerSecond, ...(heedsKeys ? { keys } : {}) };
  const claims = claimsOn(matrix.claims, [says, system]);
  const wanted = {
    system: says,
    workload,
    faults,
    seed,
    cluster,
    nodes,
    ...(rhythm === undefined ? {} : { rhythm }),
    ...(callTimeoutMs === undefined ? {} : { callTimeoutMs }),
    options,
    ...(claims ? { claims } : {}),
  };
  return { id, cell: JSON.stringify([system, workload, faults]), system, wanted };
}

/** The workloads that are named and fit; all that fit where none are named. */
function workloadsFor(says: string, system: System, named: readonly Chosen[] | undefined): readonly Chosen[] {
  const builtIn = builtInFor(system).map((workload) => ({ workload, says: workload.name }));
  if (!named) return builtIn;
  const fitting = [
    ...builtIn.filter(({ says }) => named.some((one) => one.says === says)),
    ...named.filter((one) => isOwnModule(one.says) && fits(one.workload, system)),
  ];
  // Of many built-in systems some may be left out so; a module of one's
  // own is there to be run, and what does not fit it is refused.
  return fitting.length === 0 && isOwnModule(says) ? named : fitting;
}

async function chosen(says: string): Promise<Chosen> {
  return { workload: await workloadFrom(sourceOf(says)), says };
}
