/**
 * A campaign's folder: one campaign's, one process's at a time, and
 * resumable. What is done stands in its journal.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { BadInput } from '../failure.ts';
import { moduleHash } from '../setting/module-path.ts';
import { isOwnModule } from '../setting/own-module.ts';
import { isWriterFile, takeFolder } from '../store/folder-lock.ts';
import { newFolder } from '../store/store.ts';
import { version } from '../store/version.ts';
import { isPart, writeWhole } from '../store/whole-file.ts';
import type { Matrix } from './matrix.ts';

/** A folder that is this process's until it is released. */
interface Taken {
  readonly folder: string;
  release(): void;
}

/**
 * Makes the folder with the matrix in it, or opens that of the campaign that is resumed, and takes it
 * for this process. Throws `BadInput` where it is another campaign's, or another process writes there.
 */
export function openFolder(matrix: Matrix, out: string | undefined, resume: boolean): Taken {
  const text = campaignText(matrix);
  if (resume && out === undefined) throw new BadInput('to resume a campaign, name its folder with --out');
  const folder = resume && out !== undefined && existsSync(out) ? out : newFolder(out, 'campaign');
  const release = takeFolder(folder);
  try {
    if (isUntouched(folder)) writeWhole(join(folder, 'campaign.json'), text);
    else refuseOther(folder, text);
    return { folder, release };
  } catch (error) {
    release();
    throw error;
  }
}

function refuseOther(folder: string, text: string): void {
  const file = join(folder, 'campaign.json');
  if (!existsSync(file)) throw new BadInput(`${folder} holds no campaign that could be resumed`);
  const difference = differenceOf(readFileSync(file, 'utf8'), text);
  if (difference !== undefined) throw new BadInput(`${folder} is of another campaign: ${file} differs${difference}`);
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
function isUntouched(folder: string): boolean {
  return readdirSync(folder).every((name) => isPart(name) || isWriterFile(name));
}
