/**
 * A counterexample on disk: the smallest setting that was found to break a claim, what
 * it breaks, and a hash of all that happens in it, so that a replay can tell whether it was
 * the same run. Plain JSON, meant to be committed to a repository as a regression test.
 */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Anomaly } from 'elle-ts';
import { BadInput, unreadText } from '../failure.ts';
import { meaningOf } from '../faults/meanings.ts';
import { fileText } from '../setting/module-path.ts';
import { modulesIn, settingHere } from '../setting/own-modules.ts';
import { inFile, inFileLater, parsedJson } from '../setting/reading.ts';
import { refuseUncallable, refuseUnfit, counterexample as shape } from '../setting/stored.ts';
import { type Subject, subjectOf } from '../setting/subject.ts';
import { writeWhole } from '../store/whole-file.ts';
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

/** Reads a counterexample's file, from whatever working folder. Throws `BadInput` that says what is wrong with it. */
export function readCounterexample(file: string): Counterexample {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new BadInput(unreadText(file, error));
  }
  return parseCounterexample(text, file);
}

/** Writes a counterexample in place of what was there. Throws `HarnessFailure` where it cannot. */
export function writeCounterexample(example: Counterexample, file: string): void {
  const { setting } = example;
  const told = { ...example, setting: { ...setting, ...modulesIn(dirname(file), setting) } };
  writeWhole(file, `${JSON.stringify(told, null, 2)}\n`);
}

/**
 * Reads the text of a counterexample's file; `file` is what errors
 * name, and where the path of a module begins. Throws `BadInput`.
 */
export function parseCounterexample(text: string, file: string): Counterexample {
  const value = parsedJson(text, file);
  if (typeof value !== 'object' || value === null || (value as { splitbrain?: unknown }).splitbrain !== 1)
    throw new BadInput(`${file} is no counterexample of splitbrain: it has no field "splitbrain": 1`);
  const { setting } = value as { readonly setting?: { readonly plan?: unknown } | null };
  if (!setting?.plan) throw new BadInput(`${file} has no complete setting with a plan`);
  const example = inFile(file, () => {
    shape(value, '');
    const found = value as Counterexample;
    refuseUnfit(found.setting.plan, found.setting, 'setting.plan');
    return found;
  });
  return { ...example, setting: settingHere(dirname(file), example.setting) };
}

/** What it simulates. Rejects with `BadInput` that names its file where that is not to be had, or not called so. */
export async function subjectIn(file: string, { setting }: Counterexample): Promise<Subject> {
  return inFileLater(
    file,
    subjectOf(setting).then((subject) => {
      refuseUnfit(setting.plan, setting, 'setting.plan');
      for (const fault of setting.plan.faults) meaningOf(fault);
      refuseUncallable(setting.plan, subject.workload, 'setting.plan');
      return subject;
    }),
  );
}

/** A name for its file: the system and the anomaly, one smallest counterexample each. */
export function fileNameOf(example: Counterexample): string {
  return `${fileText(example.setting.system)}.${fileText(example.anomaly.name)}.json`;
}
