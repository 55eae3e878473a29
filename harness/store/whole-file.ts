import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { HarnessFailure } from '../failure.ts';

/** Whether a file of this name is what a kill left of one that was being written. */
export function isPart(name: string): boolean {
  return /\.\d+\.part$/.test(name);
}

/** Writes a file in place of what was there, all at once. Throws `HarnessFailure` where it cannot. */
export function writeWhole(file: string, text: string): void {
  // No other process's: where two write the same file, one of both is there, whole.
  const part = `${file}.${process.pid}.part`;
  try {
    writeFileSync(part, text);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw new HarnessFailure(`${file} cannot be written: ${(error as Error).message}`);
  }
}

/** Why a task could not be done; nothing where it was. */
export function failure(task: () => void): readonly string[] {
  try {
    task();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}
