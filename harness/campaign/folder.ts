/**
 * A campaign's folder: one campaign's, one process's at a time, and
 * resumable. A run is finished once its run.json is there, whole.
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { BadInput, HarnessFailure } from '../failure.ts';
import { isOwnModule, moduleHash } from '../setting/module-path.ts';
import { newFolder } from '../store/store.ts';
import { version } from '../store/version.ts';
import type { CellRun } from './cells.ts';
import type { Matrix } from './matrix.ts';

/**
 * Makes the folder with the matrix in it, or opens that of the
 * campaign that is resumed. Throws `BadInput` where it is another's.
 */
export function openFolder(matrix: Matrix, out: string | undefined, resume: boolean): string {
  const text = campaignText(matrix);
  if (resume && out === undefined) throw new BadInput('to resume a campaign, name its folder with --out');
  if (!resume || out === undefined || isUntouched(out)) {
    if (resume && out !== undefined) rmSync(out, { recursive: true, force: true });
    const folder = newFolder(out, 'campaign');
    writeWhole(join(folder, 'campaign.json'), text);
    return folder;
  }
  const file = join(out, 'campaign.json');
  if (!existsSync(file)) throw new BadInput(`${out} holds no campaign that could be resumed`);
  const difference = differenceOf(readFileSync(file, 'utf8'), text);
  if (difference !== undefined) throw new BadInput(`${out} is of another campaign: ${file} differs${difference}`);
  return out;
}

/**
 * What campaign.json says: all that determines the runs, the text of
 * modules too. What is known, and how long one waits, may change.
 */
export function campaignText(matrix: Matrix): string {
  const { expectations: _, budget: __, ...what } = matrix;
  const modules = Object.fromEntries(ownModulesOf(what).map((says) => [says, moduleHash(says)]));
  return `${JSON.stringify({ splitbrain: version, ...what, modules }, null, 2)}\n`;
}

/** The modules of the user's own that a matrix names. */
export function ownModulesOf({
  systems,
  workloads = [],
  faults,
}: Pick<Matrix, 'systems' | 'workloads' | 'faults'>): readonly string[] {
  return [...systems, ...workloads, ...faults.flatMap((group) => group.split(','))].filter(isOwnModule);
}

/**
 * How one campaign.json differs from another, as words after
 * "differs"; undefined where both say the same, in whatever order.
 */
export function differenceOf(a: string, b: string): string | undefined {
  if (a === b) return undefined;
  try {
    const [one, other] = [a, b].map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>);
    const names = Object.keys({ ...one, ...other }).filter((name) => !isDeepStrictEqual(one?.[name], other?.[name]));
    return names.length > 0 ? ` in ${names.join(', ')}` : undefined;
  } catch {
    return '';
  }
}

/** Whether there is nothing yet to be resumed: a campaign may have been killed before it had written what it was. */
function isUntouched(out: string): boolean {
  return !existsSync(out) || readdirSync(out).every((name) => name === 'campaign.json.part');
}

/**
 * Takes the folder for this process; returns how it is given back.
 * Throws `BadInput` where another process that lives has it.
 */
export function takeFolder(folder: string): () => void {
  const file = join(folder, PID);
  const taken = () => writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
  try {
    taken();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new HarnessFailure(`${file} cannot be written: ${(error as Error).message}`);
    refuseBusy(folder);
    rmSync(file, { force: true });
    taken();
  }
  return () => rmSync(file, { force: true });
}

const PID = 'running.pid';

/** Throws `BadInput` where another process that lives writes to the folder. */
export function refuseBusy(folder: string): void {
  if (!existsSync(join(folder, PID))) return;
  const pid = Number(readFileSync(join(folder, PID), 'utf8'));
  if (lives(pid))
    throw new BadInput(
      `${folder} is being written to by process ${pid}: wait for it, or name another folder with --out`,
    );
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

/** What a finished run left; nothing where it never began, was cut short, or is damaged. */
export function finishedRun(path: string, id: string): CellRun | undefined {
  try {
    const read = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8')) as unknown;
    return isJudgedRun(read) && read.run.id === id ? read : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value is a run with all that its cell needs of it. */
export function isJudgedRun(value: unknown): value is CellRun {
  const { run, tally, claims, functions, kinds } = (value ?? {}) as Partial<CellRun>;
  const lists = [run?.anomalies, claims, functions, kinds];
  return typeof run?.id === 'string' && typeof run.verdict === 'string' && !!tally && lists.every(Array.isArray);
}

/**
 * Marks a run as finished, all at once: a kill leaves the mark or does
 * not. Where it cannot be written, the run is an error that says so.
 */
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
