import type { ClusterName } from '../clusters/names.ts';
import type { Pairs } from '../judging/pairs.ts';
import type { FigureSum } from './figure-sum.ts';
import type { Figures } from './figures.ts';

/** What is kept of a campaign: `summary.json`, and all that its index page reads. */
export interface Summary {
  /** Of this form: results of another one are refused. */
  readonly version: number;
  /** The command that repeats it. */
  readonly command: string;
  readonly seed: number;
  /** When it began, as an ISO date; empty where that must not matter. */
  readonly startedAt: string;
  /**
   * The runs that come first in the plan, in a small campaign all, and for each cell and each kind of
   * result the first three that showed it. All runs are in runs.jsonl.
   */
  readonly runs: readonly SummaryRun[];
  readonly cells: readonly Cell[];
  /** What was measured, cell by cell, over all runs of each. */
  readonly figures: readonly FigureSum[];
  /** How long the runs of each cell took together, which differs from machine to machine. */
  readonly ms: readonly number[];
  /** How many runs there are. */
  readonly made: number;
  /** Kinds of fault that lay on each other in any run. Absent where none did. */
  readonly pairs?: Pairs;
  /**
   * What a person should know though it fails nothing: an expected
   * anomaly that did not appear, an expectation that has expired.
   */
  readonly notes: readonly string[];
  /** How many runs were asked for: of the campaign, or of the shard that this is. */
  readonly planned: number;
  /** Why runs that were planned were not made, a sentence each. */
  readonly unmade?: readonly string[];
  /** Of a merge: where runs should be that may have been made and are in none of its shards, a sentence each. */
  readonly missing?: readonly string[];
  /** The exit code is no verdict (`--no-gate`). */
  readonly gate?: false;
  /** Which part of the campaign this is, where it is not all of it: `[2, 5]` is the second of five. */
  readonly shard?: readonly [part: number, of: number];
}

/** One run of a campaign. */
export interface SummaryRun {
  readonly id: string;
  /** The run's folder, relative to the campaign's; empty where there is none. */
  readonly folder: string;
  /** What its cell calls the system: programs by their names. */
  readonly system: string;
  /** How the campaign names it, where that differs: `bin:lin-kv:./node.py`. */
  readonly source?: string;
  readonly workload: string;
  readonly faults: readonly string[];
  readonly cluster: ClusterName;
  readonly seed: number;
  /** `error` where the harness failed and nothing can be said of the system. */
  readonly verdict: 'valid' | 'invalid' | 'unknown' | 'error';
  /** One sentence: why the verdict is what it is. */
  readonly says: string;
  /** Names of the anomalies found that break a claim, each once. */
  readonly anomalies: readonly string[];
  /** Why an invalid verdict is no surprise, where it is listed as expected. */
  readonly expected?: string;
  readonly operations: number;
  readonly ms: number;
  /** The command that repeats it. */
  readonly command?: string;
  /** What was measured; absent where the harness failed. */
  readonly figures?: Figures;
}

/** A system with a workload under some faults: where evidence is weighed, over all its runs. */
export interface Cell {
  readonly system: string;
  readonly workload: string;
  readonly faults: readonly string[];
  readonly verdict: SummaryRun['verdict'];
  readonly says: string;
  /** How many runs ended how; of those that were refuted, how many were no surprise. */
  readonly verdicts: Readonly<Record<SummaryRun['verdict'] | 'expected', number>>;
  /** How many runs it should have had. */
  readonly planned: number;
  /** How many of them were made and judged: not those that failed. */
  readonly judged: number;
  readonly operations: number;
  /** No run of it was made, and nothing can be said of it: its verdict is `unknown`. */
  readonly notRun?: true;
  /** It has fewer runs than were planned, where all are required: that is too little, whatever they showed. */
  readonly lacking?: true;
  /** k of n seeds: how many runs showed each anomaly. */
  readonly anomalies: Readonly<Record<string, number>>;
  readonly expected?: string;
  /**
   * Whether this verdict counts for the exit code: not where the system is broken on
   * purpose, or claims nothing under these faults, and not where a shard saw too little.
   */
  readonly gates: boolean;
}
