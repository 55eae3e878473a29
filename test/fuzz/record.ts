/** What a long comparison has done so far, in one file: killed at any time, it resumes where it was. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Difference, Tally } from './subject.ts';

/** How far the comparison of one subject is. */
export interface Progress {
  done: number;
  /** Processor time, in milliseconds. */
  spent: number;
  readonly tallies: Map<string, Tally>;
  difference: (Difference & { readonly seed: number }) | null;
}

interface Written {
  /** The number of the first history. */
  readonly first: number;
  readonly subjects: Readonly<Record<string, { done: number; spent: number; tallies: Record<string, Tally> }>>;
}

/** Nothing done. */
export const begun = (): Progress => ({ done: 0, spent: 0, tallies: new Map(), difference: null });

/** What the file says of each subject, of a comparison that begins with this number; nothing, if it is not there. */
export function readRecord(file: string, first: number): Map<string, Progress> {
  if (!existsSync(file)) return new Map();
  const written = JSON.parse(readFileSync(file, 'utf8')) as Written;
  if (written.first !== first)
    throw new Error(`${file} has a comparison from seed ${written.first} on, not ${first}: name another file`);
  return new Map(
    Object.entries(written.subjects).map(([name, { done, spent, tallies }]) => [
      name,
      { done, spent, tallies: new Map(Object.entries(tallies)), difference: null },
    ]),
  );
}

/**
 * Writes how far each subject is, at once or not at all, and keeps what the file says of others. A history that differs
 * does not count as done, so that the next comparison begins with it.
 */
export function writeRecord(file: string, first: number, progress: ReadonlyMap<string, Progress>): void {
  const all = new Map([...readRecord(file, first), ...progress]);
  const subjects = Object.fromEntries(
    [...all].map(([name, { done, spent, tallies, difference }]) => [
      name,
      { done: difference === null ? done : done - 1, spent, tallies: Object.fromEntries(tallies) },
    ]),
  );
  writeFileSync(`${file}.new`, `${JSON.stringify({ first, subjects } satisfies Written)}\n`);
  renameSync(`${file}.new`, file);
}
