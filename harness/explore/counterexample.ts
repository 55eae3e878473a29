/** A counterexample on disk. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { BadInput, unreadText } from '../failure.ts';
import { meaningOf } from '../faults/meanings.ts';
import { fileText } from '../setting/module-path.ts';
import { modulesIn, settingHere } from '../setting/own-modules.ts';
import { inFileLater } from '../setting/reading.ts';
import { refuseUncallable, refuseUnfit } from '../setting/stored.ts';
import { type Subject, subjectOf } from '../setting/subject.ts';
import { writeWhole } from '../store/whole-file.ts';
import { type Counterexample, counterexampleIn } from './counterexample-text.ts';

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
  const example = counterexampleIn(text, file);
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
