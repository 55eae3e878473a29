/** What is kept of a campaign: `summary.json`, and all that its index page reads. */
export interface Summary {
  /** The command that repeats it. */
  readonly command: string;
  readonly seed: number;
  /** When it began, as an ISO date; empty where that must not matter. */
  readonly startedAt: string;
  readonly runs: readonly SummaryRun[];
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
  /** Names of the anomalies found, each once. */
  readonly anomalies: readonly string[];
  /** Why an invalid verdict is no surprise, where it is listed as expected. */
  readonly expected?: string;
  readonly operations: number;
  readonly ms: number;
}
