/** What a campaign runs: every system with every one of its workloads under every group of faults, with several seeds each. */

import { createHash } from 'node:crypto';
import { workloads } from '../../workloads/registry.ts';
import type { ClusterName } from '../clusters/names.ts';
import { BadInput } from '../failure.ts';
import { faultNames } from '../faults/draw.ts';
import { isOwnModule } from '../setting/module-path.ts';
import { type Wanted, workloadNamed } from '../setting/setting.ts';
import { systemFrom, systemSource } from '../setting/sources.ts';
import { unknownName } from '../setting/suggestions.ts';
import { type CampaignClaim, claimsOn } from './claims.ts';
import type { Expectation } from './expectations.ts';

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
  readonly wanted: Wanted & { readonly workload: string; readonly faults: readonly string[]; readonly seed: number };
}

/** All runs of a matrix, seed by seed so that a campaign cut short has touched every cell. Rejects with `BadInput` for names that do not exist. */
export async function plannedRuns(matrix: Matrix): Promise<readonly Planned[]> {
  const subjects: { readonly system: string; readonly workload: string }[] = [];
  for (const system of matrix.systems) {
    const { datatype } = await systemFrom(systemSource(system));
    subjects.push(...workloadsOf(matrix, system, datatype).map((workload) => ({ system, workload })));
  }
  const groups = matrix.faults.map((group) => group.split(',').map((name) => name.trim()));
  for (const group of groups) faultNames(group);
  const runs = Array.from({ length: matrix.seeds }, (_, i) => matrix.seed + i).flatMap((seed) =>
    subjects.flatMap(({ system, workload }) =>
      groups.map((faults) => plannedRun(matrix, system, workload, faults, seed)),
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
 * The part of all runs that one of several machines makes. A cell's seeds stay together where there are enough cells to go round, as evidence is
 * weighed over all of them.
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
  system: string,
  workload: string,
  faults: readonly string[],
  seed: number,
): Planned {
  const { cluster, nodes, clients, durationMs, ratePerSecond, keys, callTimeoutMs } = matrix;
  const id = [system, workload, faults.join('+'), seed]
    .join('.')
    .replace(/[^\w.+-]+/g, '-')
    .replace(/^[.-]+/, '');
  const heedsKeys = workloadNamed(workload).heeds.includes('keys');
  const options = { clients, durationMs, ratePerSecond, ...(heedsKeys ? { keys } : {}) };
  const claims = claimsOn(matrix.claims, system);
  const wanted = {
    system,
    workload,
    faults,
    seed,
    cluster,
    nodes,
    ...(callTimeoutMs === undefined ? {} : { callTimeoutMs }),
    options,
    ...(claims ? { claims } : {}),
  };
  return { id, cell: JSON.stringify([system, workload, faults]), wanted };
}

function workloadsOf(matrix: Matrix, name: string, datatype: string): readonly string[] {
  const known = workloads.map((workload) => workload.name);
  const unknown = matrix.workloads?.find((workload) => !known.includes(workload));
  if (unknown !== undefined) throw new BadInput(unknownName('workload', unknown, known));
  const fitting = workloads.filter((workload) => workload.datatype === datatype).map((workload) => workload.name);
  const { workloads: wanted } = matrix;
  if (!wanted) return fitting;
  const both = fitting.filter((workload) => wanted.includes(workload));
  // Of many built-in systems some may be left out so; a module of one's own is there to be run, and what does not fit it is refused.
  return both.length === 0 && isOwnModule(name) ? wanted : both;
}
