/** A campaign's folder: one campaign's, one process's at a time, and resumable. A run is finished once its run.json is there, whole. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadInput, HarnessFailure } from '../failure.ts';
import { newFolder } from '../store.ts';
import type { CellRun } from './cells.ts';
import type { Matrix } from './matrix.ts';

/** Makes the folder with the matrix in it, or opens that of the campaign that is resumed. Throws `BadInput` where it is another's. */
export function openFolder(matrix: Matrix, out: string | undefined, resume: boolean): string {
  // What is known and how long one waits may change while a campaign goes on; what is run may not.
  const { expectations: _, budget: __, ...what } = matrix;
  const text = `${JSON.stringify(what, null, 2)}\n`;
  if (resume && out === undefined) throw new BadInput('to resume a campaign, name its folder with --out');
  if (!resume || out === undefined || isUntouched(out)) {
    if (resume && out !== undefined) rmSync(out, { recursive: true, force: true });
    const folder = newFolder(out, 'campaign');
    writeWhole(join(folder, 'campaign.json'), text);
    return folder;
  }
  const file = join(out, 'campaign.json');
  if (!existsSync(file)) throw new BadInput(`${out} holds no campaign that could be resumed`);
  if (readFileSync(file, 'utf8') !== text) throw new BadInput(`${out} is of another campaign: ${file} differs`);
  return out;
}

/** Whether there is nothing yet to be resumed: a campaign may have been killed before it had written what it was. */
function isUntouched(out: string): boolean {
  return !existsSync(out) || readdirSync(out).every((name) => name === 'campaign.json.part');
}

/** Takes the folder for this process; answers how it is given back. Throws `BadInput` where another process that lives has it. */
export function takeFolder(folder: string): () => void {
  const file = join(folder, 'running.pid');
  const taken = () => writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
  try {
    taken();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new HarnessFailure(`${file} cannot be written: ${(error as Error).message}`);
    const pid = Number(readFileSync(file, 'utf8'));
    if (lives(pid))
      throw new BadInput(
        `${folder} is being written to by process ${pid}: wait for it, or name another folder with --out`,
      );
    rmSync(file, { force: true });
    taken();
  }
  return () => rmSync(file, { force: true });
}

function lives(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What a finished run left; nothing where it never began, or was cut short. */
export function finishedRun(path: string, id: string): CellRun | undefined {
  try {
    const read = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8')) as CellRun;
    return read.run.id === id ? read : undefined;
  } catch {
    return undefined;
  }
}

/** Marks a run as finished, all at once: a kill leaves the mark or does not. Where it cannot be written, the run is an error that says so. */
export function markFinished(path: string, made: CellRun): CellRun {
  if (made.run.verdict === 'error') return made;
  try {
    writeWhole(join(path, 'run.json'), `${JSON.stringify(made)}\n`);
    return made;
  } catch (error) {
    return { run: { ...made.run, verdict: 'error', says: (error as Error).message, anomalies: [], operations: 0 } };
  }
}

/** Writes a file in place of what was there, all at once. Throws `HarnessFailure` where it cannot. */
export function writeWhole(file: string, text: string): void {
  try {
    writeFileSync(`${file}.part`, text);
    renameSync(`${file}.part`, file);
  } catch (error) {
    rmSync(`${file}.part`, { force: true });
    throw new HarnessFailure(`${file} cannot be written: ${(error as Error).message}`);
  }
}
