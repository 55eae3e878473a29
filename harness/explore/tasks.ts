/** What a search hands to its threads, and what it gets back. */
import type { Anomaly } from 'elle-ts';
import type { Claim } from '../../systems/system.ts';
import type { Planned } from './trial.ts';

/** Seeds of one subject. */
export interface Task {
  readonly system: string;
  readonly workload: string;
  /** What the system is held to in place of its own claims. */
  readonly claims?: readonly Claim[];
  readonly strategy: string;
  /** Tells its search from others, from whose runs nothing is to be learnt: its first seed. */
  readonly search?: number;
  readonly seeds: readonly number[];
  /** Runs every setting twice and compares. */
  readonly verify: boolean;
}

/** What a thread makes of it. Findings it tells one by one, as they come: a thread may end. */
export interface Batch {
  readonly runs: number;
  readonly operations: number;
  readonly findings: readonly Found[];
  readonly errors: readonly { readonly seed: number; readonly says: string }[];
  readonly leaks: readonly { readonly seed: number; readonly says: string }[];
  /** What was reached: marks and kinds of message. */
  readonly coverage: readonly string[];
}

export interface Found {
  readonly system: string;
  readonly workload: string;
  readonly anomaly: string;
  readonly message: string;
  readonly steps: Anomaly['steps'];
  readonly operations: Anomaly['operations'];
  readonly seed: number;
  readonly planned: Planned;
  /** A hash of every message of the run. */
  readonly trace: number;
}

/** What a thread is given: seeds to run, or a finding to shrink. */
export type Order = { readonly explore: Task } | { readonly shrink: Found };
