import type { Figures } from './figures.ts';

/** What is kept of a campaign: `summary.json`, and all that its index page reads. */
export interface Summary {
  /** The command that repeats it. */
  readonly command: string;
  readonly seed: number;
  /** When it began, as an ISO date; empty where that must not matter. */
  readonly startedAt: string;
  readonly runs: readonly SummaryRun[];
  readonly cells: readonly Cell[];
  /** What a person should know though it fails nothing: an expected anomaly that did not appear, an expectation that has expired. */
  readonly notes: readonly string[];
}

/** One run of a campaign. */
export interface SummaryRun {
  readonly id: string;
  /** The run's folder, relative to the campaign's. */
  readonly folder: string;
  readonly system: string;
  readonly workload: string;
  readonly faults: readonly string[];
  readonly cluster: 'simulation' | 'processes';
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
  /** Ids of its runs. */
  readonly runs: readonly string[];
  /** k of n seeds: how many runs showed each anomaly. */
  readonly anomalies: Readonly<Record<string, number>>;
  readonly expected?: string;
  /** Whether this verdict counts for the exit code: not where the system is broken on purpose, or claims nothing under these faults. */
  readonly gates: boolean;
}
