/**
 * A counterexample: the smallest setting that was found to break a claim, what
 * it breaks, and a hash of all that happens in it, so that a replay can tell whether it was
 * the same run. Plain JSON, meant to be committed to a repository as a regression test.
 */
import type { Anomaly } from 'elle-ts';
import { BadInput } from '../failure.ts';
import { inFile, parsedJson } from '../setting/reading.ts';
import { refuseUnfit, counterexample as shape } from '../setting/stored.ts';
import type { Planned } from './trial.ts';

export interface Counterexample {
  readonly splitbrain: 1;
  readonly says: string;
  readonly anomaly: Pick<Anomaly, 'name' | 'message' | 'steps' | 'operations'>;
  /**
   * The setting, with its plan. Its modules are named as from the working folder; in a file, as from the file's folder.
   */
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

/**
 * The counterexample that this text of a file is, its modules named as from the file's folder;
 * `file` is what errors name. Throws `BadInput`.
 */
export function counterexampleIn(text: string, file: string): Counterexample {
  const value = parsedJson(text, file);
  if (typeof value !== 'object' || value === null || (value as { splitbrain?: unknown }).splitbrain !== 1)
    throw new BadInput(`${file} is no counterexample of splitbrain: it has no field "splitbrain": 1`);
  const { setting } = value as { readonly setting?: { readonly plan?: unknown } | null };
  if (!setting?.plan) throw new BadInput(`${file} has no complete setting with a plan`);
  return inFile(file, () => {
    shape(value, '');
    const found = value as Counterexample;
    refuseUnfit(found.setting.plan, found.setting, 'setting.plan');
    return found;
  });
}
