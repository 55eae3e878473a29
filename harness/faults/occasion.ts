import type { Draw } from '../../workloads/workload.ts';
import type { Fault } from './fault.ts';
import type { NamedFault, Scene } from './meaning.ts';
import type { Need, Rhythm } from './rhythm.ts';

/** What a schedule is drawn from. */
export interface Occasion {
  readonly draw: Draw;
  /** Names of consecutive seeds go through all kinds, targets and pairs evenly. */
  readonly seed: number;
  /** Names of faults or of mixes, as `--faults` takes them. */
  readonly names: readonly string[];
  readonly scene: Scene;
  readonly rhythm: Rhythm;
  readonly need: Need;
  /** Faults that modules of the user's own draw. */
  readonly own?: Readonly<Record<string, NamedFault>>;
}

export interface Schedule {
  /** In the order in which they begin. Removing one moves no other. */
  readonly faults: readonly Fault[];
  /** Names for which there was no time. */
  readonly leftOut: readonly string[];
}
