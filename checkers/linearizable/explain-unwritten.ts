/**
 * Values of registers that were read or expected, but that nobody wrote: the one explanation of such a read,
 * for every model. A failed write of the value explains it only where it began before the read had ended.
 */
import type { Anomaly } from '../checker.ts';
import { type Columns, FAIL, type History, INFO, OK } from '../history.ts';
import { type Hints, valueFound } from './explain-initial.ts';
import { phraseWithKey, placed, show } from './words.ts';

/** A history of registers, in which values have numbers; a number belongs to one key. */
export interface Sightings extends Pick<History, 'columns' | 'realTime'> {
  /** The value that a row read or expected, or -1. */
  readonly found: (row: number) => number;
  /** The value that a row wrote, or tried to write, or -1. */
  readonly left: (row: number) => number;
  /** The only row that wrote a value, or a negative number where there is none. */
  readonly writer: (value: number) => number;
  /** Whether nobody wrote it, and it was not there at first. */
  readonly isUnwritten: (value: number) => boolean;
  readonly hints: Hints;
}

/** Who saw which value, as far as that matters. */
interface Seen extends Sightings {
  readonly observers: ReadonlyMap<number, readonly number[]>;
  /** Failed rows by the values that they tried to write. */
  readonly failed: ReadonlyMap<number, readonly number[]>;
}

/** A value that nobody wrote, and the first row that read or expected it. */
interface Finding {
  readonly value: number;
  readonly reader: number;
}

/**
 * The anomalies of these values, or of the first eight that were read or expected
 * without having been written: one for each value, about the first row that saw it.
 * A swap that never returned has seen something only if its own value was seen. O(n).
 */
export function unwrittenReads(sightings: Sightings, values?: readonly number[]): Anomaly[] {
  const seen = whoSawWhat(sightings);
  const all: Finding[] = [];
  for (const [value, rows] of seen.observers) {
    if (!sightings.isUnwritten(value)) continue;
    const reader = rows.find((row) => happened(seen, row));
    if (reader !== undefined) all.push({ value, reader });
  }
  const wanted = values && new Set(values);
  const listed = wanted ? all.filter(({ value }) => wanted.has(value)) : all.slice(0, LISTED);
  const hintOf = sightings.hints(all.map(({ reader }) => reader));
  return listed.map((finding) => told(seen, finding, hintOf(finding.reader)));
}

/** The most such values that a report lists. */
const LISTED = 8;

/**
 * The rows that observed what nobody wrote or what a swap of unknown outcome wrote, and those that tried to write it.
 */
function whoSawWhat(sightings: Sightings): Seen {
  const { columns, found, left, writer, isUnwritten } = sightings;
  const observers = new Map<number, number[]>();
  const failed = new Map<number, number[]>();
  const matters = (value: number): boolean => {
    const row = writer(value);
    return isUnwritten(value) || (row >= 0 && columns.type[row] === INFO && found(row) >= 0);
  };
  const push = (to: Map<number, number[]>, value: number, row: number): void => {
    const rows = to.get(value);
    if (rows) rows.push(row);
    else to.set(value, [row]);
  };
  for (let row = 0; row < columns.length; row++) {
    const [saw, wrote] = [found(row), left(row)];
    if (columns.type[row] === FAIL) {
      if (wrote >= 0 && isUnwritten(wrote)) push(failed, wrote, row);
    } else if (saw >= 0 && matters(saw)) push(observers, saw, row);
  }
  return { ...sightings, observers, failed };
}

/** Whether the row took effect for certain. */
function happened(seen: Seen, row: number): boolean {
  return seen.columns.type[row] === OK || witnessesOf(seen, row) !== undefined;
}

/**
 * For a swap that never returned: the rows that show that it took effect, each by
 * what it saw of the one before, the last of which returned. Nothing where none do.
 */
function witnessesOf(seen: Seen, row: number): number[] | undefined {
  const { columns, left, writer, observers } = seen;
  const before = new Map<number, number>([[row, -1]]);
  const queue = [row];
  for (const swap of queue) {
    if (writer(left(swap)) !== swap) continue;
    for (const observer of observers.get(left(swap)) ?? []) {
      if (before.has(observer)) continue;
      before.set(observer, swap);
      queue.push(observer);
      if (columns.type[observer] !== OK) continue;
      const path: number[] = [];
      for (let at = observer; at !== row; at = before.get(at) as number) path.push(at);
      return path.reverse();
    }
  }
  return undefined;
}

function told(seen: Seen, { value, reader }: Finding, hint: string): Anomaly {
  const { columns, realTime } = seen;
  const failed = seen.failed.get(value)?.find((row) => !realTime || columns.start[row] < columns.end[reader]);
  const witnesses = columns.type[reader] === OK ? [] : (witnessesOf(seen, reader) ?? []);
  const steps = [
    placed(columns, reader),
    ...witnesses.map((row) => `${placed(columns, row)}, so that one took effect`),
  ];
  const rows = [reader, ...witnesses, ...(failed === undefined ? [] : [failed])];
  const operations = [...new Set(rows)].map((row) => columns.start[row]).sort((a, b) => a - b);
  const remedy =
    hint + (nothingRead(columns, reader) ? '; if a read of null says nothing here: --assume-null-unknown' : '');
  if (failed === undefined) {
    const message = `${phraseWithKey(columns, reader)}, but no operation ever wrote ${show(valueFound(columns, reader))}${remedy}`;
    return { name: 'thin-air-read', message, steps, operations };
  }
  const tried = `process ${columns.process[failed]} tried to write it, and that failed: it certainly did not happen`;
  const message = `${phraseWithKey(columns, reader)}, which only a failed operation had tried to write${remedy}`;
  return { name: 'aborted-read', message, steps: [tried, ...steps], operations };
}

function nothingRead(columns: Columns, row: number): boolean {
  return columns.fNames[columns.f[row]] === 'read' && (columns.output[row] ?? null) === null;
}
