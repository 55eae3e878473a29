/**
 * What a campaign runs: every system with every one of its
 * workloads under every group of faults, with several seeds each.
 */

import { createHash } from 'node:crypto';
import type { System } from '../../systems/system.ts';
import type { ClusterName } from '../clusters/names.ts';
import { faultNames } from '../faults/draw.ts';
import type { RhythmWanted } from '../faults/rhythm.ts';
import { fits } from '../setting/fitting.ts';
import { isOwnModule } from '../setting/own-module.ts';
import type { Wanted } from '../setting/setting.ts';
import { sourceOf, systemFrom } from '../setting/sources.ts';
import { workloadsFor as builtInFor, type Chosen, workloadFrom } from '../setting/workload-source.ts';
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
  /** Where its folder lies, seen from the campaign's: by its id, in large campaigns in one for each thousand. */
  readonly folder: string;
  /** Its place in the plan, from 0. */
  readonly place: number;
  /** Names the cell that it is in: all seeds of a system with a workload under some faults. */
  readonly cell: string;
  /** What the cell calls its system. */
  readonly system: string;
  readonly wanted: Wanted & { readonly workload: string; readonly faults: readonly string[]; readonly seed: number };
}

/** A cell of a plan: all that its runs have in common. */
export interface PlannedCell {
  readonly name: string;
  readonly system: string;
  readonly wanted: Omit<Planned['wanted'], 'seed'>;
  /** What ids of its runs begin and end with, the seed in between. */
  readonly prefix: string;
  readonly suffix: string;
}

/** In larger campaigns not each run has a line of the journal, and folders lie below others. */
const SMALL = 1_000;
const MOST_PIECES = 10_000;
/** No piece is larger: what is lost by a kill is at most one for each that makes runs. */
const LARGEST_PIECE = 500;

/**
 * All runs of a matrix, as a function of their place: seed by seed, so that a campaign cut short has touched every
 * cell. A *piece* is some consecutive seeds of one cell: what is made, counted and written down together. They follow
 * from the matrix alone, so that all parts of a campaign, wherever they are made, have the same. Takes O(cells) memory.
 */
export class Plan {
  readonly cells: readonly PlannedCell[];
  readonly seeds: number;
  readonly firstSeed: number;
  /** Runs in a piece; the last of a cell may have fewer. */
  readonly pieceSize: number;

  constructor(cells: readonly PlannedCell[], { seeds, seed, cluster }: Pick<Matrix, 'seeds' | 'seed' | 'cluster'>) {
    this.cells = cells;
    this.seeds = seeds;
    this.firstSeed = seed;
    const size = Math.ceil((cells.length * seeds) / MOST_PIECES);
    this.pieceSize = cluster === 'simulation' ? Math.max(1, Math.min(LARGEST_PIECE, size)) : 1;
  }

  get length(): number {
    return this.cells.length * this.seeds;
  }

  get pieces(): number {
    return Math.ceil(this.seeds / this.pieceSize) * this.cells.length;
  }

  at(place: number): Planned {
    const { name, system, wanted, prefix, suffix } = this.cells[place % this.cells.length]!;
    const seed = this.firstSeed + Math.floor(place / this.cells.length);
    const id = `${prefix}.${seed}${suffix}`;
    const folder = this.length > SMALL ? `${String(Math.floor(place / SMALL)).padStart(5, '0')}/${id}` : id;
    return { id, folder, place, cell: name, system, wanted: { ...wanted, seed } };
  }

  cellOf(place: number): number {
    return place % this.cells.length;
  }

  pieceOf(place: number): number {
    const block = Math.floor(Math.floor(place / this.cells.length) / this.pieceSize);
    return block * this.cells.length + this.cellOf(place);
  }

  /** How many runs a piece has. */
  sizeOf(piece: number): number {
    return Math.min(this.pieceSize, this.seeds - Math.floor(piece / this.cells.length) * this.pieceSize);
  }

  /** The places of a piece's runs, in order. */
  placesOf(piece: number): readonly number[] {
    const cell = piece % this.cells.length;
    const from = Math.floor(piece / this.cells.length) * this.pieceSize;
    return Array.from({ length: this.sizeOf(piece) }, (_, i) => (from + i) * this.cells.length + cell);
  }

  /**
   * The pieces that one of several machines makes. A cell's seeds stay together where there
   * are enough cells to go round; the evidence of all parts is weighed by `mergeShards`.
   */
  *piecesOf([part, of]: readonly [part: number, of: number] = [1, 1]): Generator<number, undefined> {
    for (let piece = 0; piece < this.pieces; piece++) if (this.partOf(piece, of) === part) yield piece;
    return undefined;
  }

  /** Which of so many machines makes a piece, from 1. */
  partOf(piece: number, of: number): number {
    const { length } = this.cells;
    return ((length >= of ? piece % length : piece) % of) + 1;
  }

  /** How many runs of each cell are in a part. */
  countsOf(shard?: readonly [part: number, of: number]): readonly number[] {
    const counts = this.cells.map(() => (shard ? 0 : this.seeds));
    if (!shard) return counts;
    for (const piece of this.piecesOf(shard)) counts[piece % counts.length]! += this.sizeOf(piece);
    return counts;
  }
}

/** The plan of a matrix. Rejects with `BadInput` for names that do not exist. */
export async function planOf(matrix: Matrix): Promise<Plan> {
  const named = matrix.workloads && (await Promise.all(matrix.workloads.map(chosen)));
  const subjects: { readonly system: string; readonly chosen: Chosen }[] = [];
  for (const says of matrix.systems) {
    const system = await systemFrom(sourceOf(says));
    subjects.push(...workloadsFor(says, system, named).map((chosen) => ({ system: says, chosen })));
  }
  const labels = labelsOf(matrix.systems);
  const groups = matrix.faults.map((group) => group.split(',').map((name) => name.trim()));
  for (const group of groups) faultNames(group);
  const cells = subjects.flatMap(({ system, chosen }) =>
    groups.map((faults) => plannedCell(matrix, [system, labels.get(system)!], chosen, faults)),
  );
  return new Plan(toldApart(cells), matrix);
}

/** All runs of a plan, or those of a part of it. */
export function* runsOf(plan: Plan, shard?: readonly [part: number, of: number]): Generator<Planned, undefined> {
  for (const piece of plan.piecesOf(shard)) for (const place of plan.placesOf(piece)) yield plan.at(place);
  return undefined;
}

/** What is named twice is run once, and cells whose names differ only in what an id cannot have get ids that differ. */
function toldApart(cells: readonly PlannedCell[]): readonly PlannedCell[] {
  const kept = new Map<string, PlannedCell>();
  for (const cell of cells) {
    const same = kept.get(cell.prefix);
    if (same?.name === cell.name) continue;
    const suffix = same ? `-${createHash('sha256').update(cell.name).digest('hex').slice(0, 8)}` : '';
    kept.set(`${cell.prefix}${suffix}`, { ...cell, suffix });
  }
  return [...kept.values()];
}

function plannedCell(
  matrix: Matrix,
  [says, system]: readonly [says: string, label: string],
  { workload: { heeds }, says: workload }: Chosen,
  faults: readonly string[],
): PlannedCell {
  const { cluster, nodes, clients, durationMs, ratePerSecond, keys, callTimeoutMs, rhythm } = matrix;
  const prefix = [system, workload, faults.join('+')]
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
    cluster,
    nodes,
    ...(rhythm === undefined ? {} : { rhythm }),
    ...(callTimeoutMs === undefined ? {} : { callTimeoutMs }),
    options,
    ...(claims ? { claims } : {}),
  };
  return { name: JSON.stringify([system, workload, faults]), system, wanted, prefix, suffix: '' };
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
