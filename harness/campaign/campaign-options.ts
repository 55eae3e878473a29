/** Options and progress of a campaign. */
import type { Ledger } from './ledger.ts';
import type { OnRun } from './make.ts';
import type { Matrix, Plan, Planned } from './matrix.ts';
import type { CellRun } from './sum.ts';
import type { Cell, SummaryRun } from './summary.ts';

/**
 * `all` runs, `broken`: the first three of each cell and each kind of result that was not held, or `none`, which
 * holds for simulated runs alone: these can be made again from what is known of them, and others cannot.
 */
export type Keep = 'all' | 'broken' | 'none';

export const KEEPS: readonly Keep[] = ['all', 'broken', 'none'];

/** What has the runs of a campaign made elsewhere, and hands them to its ledger. */
export type Makers = (work: {
  readonly matrix: Matrix;
  readonly plan: Plan;
  readonly folder: string;
  readonly ledger: Ledger;
  /** Places in the plan, in the order in which they should be made; none are given any more once it is to stop. */
  readonly places: Generator<number, undefined>;
  /** Says that a run was counted. */
  readonly counted: (run: SummaryRun, place: number) => void;
  /** Whether nothing more is wanted. */
  readonly isOver: () => boolean;
}) => Promise<void>;

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
  /** Which runs keep their folders, by default all. */
  readonly keep?: Keep;
  /** Called with every run that is made here, with its figures: for callers that need more than its cell's sums. */
  readonly onMade?: (made: CellRun, place: number) => void;
  /** Where workers of a queue leave the folders of runs with processes: a folder that all machines share. */
  readonly store?: string;
  /** Has the runs made elsewhere. */
  readonly makers?: Makers;
}

/** How far a campaign is, after each run. */
export interface CampaignProgress {
  readonly done: number;
  readonly of: number;
  readonly last: SummaryRun;
  /** What all runs of the cell of `last` came to, once the last of them has been made. */
  readonly cell?: Pick<Cell, 'verdicts' | 'anomalies'>;
}

/** What a thread is asked to do. */
export interface RunTask {
  readonly planned: Planned;
  readonly path: string | undefined;
}
