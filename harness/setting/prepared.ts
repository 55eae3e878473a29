import type { System } from '../../systems/system.ts';
import type { Workload } from '../../workloads/workload.ts';
import type { Plan, Setting } from './plan.ts';
import type { Source } from './sources.ts';

/** All that a run needs. */
export interface Prepared {
  readonly setting: Setting;
  readonly plan: Plan;
  readonly system: System;
  /** Where children load the same system from. */
  readonly source: Source;
  readonly workload: Workload;
  /** Faults that a mix such as `all` left out, as they cannot be made here: a sentence each. */
  readonly leftOut?: readonly string[];
}

/** What a run may be given beside what determines it. */
export interface RunOptions {
  /** Takes every line of the history as it happens. */
  readonly sink?: (line: string) => void;
  /** Where real processes write their logs. */
  readonly logFolder?: string;
  /** Keeps real processes' disks beside their logs. */
  readonly keep?: boolean;
  /** Takes what programs write to stderr, in whole lines that are safe to show. */
  readonly echo?: (text: string) => void;
}
