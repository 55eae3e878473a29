/**
 * A counterexample on disk: the smallest setting that was found to break a claim, what it breaks, and a hash of all that happens in it, so that
 * a replay can tell whether it was the same run. Plain JSON, meant to be committed to a repository as a regression test.
 */
import type { Anomaly } from 'elle-ts';
import { BadInput } from '../failure.ts';
import type { Planned } from './trial.ts';

export interface Counterexample {
  readonly splitbrain: 1;
  readonly says: string;
  readonly anomaly: Pick<Anomaly, 'name' | 'message' | 'steps' | 'operations'>;
  /** The setting, with its plan. */
  readonly setting: Planned;
  /** A hash of every message and its times in the simulation. */
  readonly trace: string;
  /** What it was found with: another version of a system may well run differently. */
  readonly versions: { readonly splitbrain: string; readonly node: string };
  /** The size of what it was shrunk from, and whether nothing more can be left out. */
  readonly shrunk: {
    readonly seed: number;
    readonly calls: number;
    readonly faults: number;
    readonly runs: number;
    readonly minimal: boolean;
  };
}

/** Reads a counterexample. Throws `BadInput` that says what is wrong with the file. */
export function parseCounterexample(text: string, file: string): Counterexample {
  let parsed: Partial<Counterexample>;
  try {
    parsed = JSON.parse(text) as Partial<Counterexample>;
  } catch (error) {
    throw new BadInput(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (parsed === null || typeof parsed !== 'object' || parsed.splitbrain !== 1) {
    throw new BadInput(`${file} is no counterexample of splitbrain: it has no field "splitbrain": 1`);
  }
  const { setting, anomaly, trace } = parsed;
  if (
    !setting?.plan ||
    !Array.isArray(setting.plan.calls) ||
    !Array.isArray(setting.plan.faults) ||
    !Array.isArray(setting.nodes)
  ) {
    throw new BadInput(`${file} has no complete setting with a plan`);
  }
  if (typeof anomaly?.name !== 'string' || typeof trace !== 'string')
    throw new BadInput(`${file} names no anomaly or no trace`);
  return parsed as Counterexample;
}

/** A name for its file: the system and the anomaly, one smallest counterexample each. */
export function fileNameOf(example: Counterexample): string {
  return `${example.setting.system}.${example.anomaly.name}.json`.replace(/[^\w.-]+/g, '-');
}
