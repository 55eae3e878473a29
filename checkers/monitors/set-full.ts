/**
 * What became of each element that was added to a set, from reads
 * of the whole set: seen until the end, lost, or never seen.
 *
 * Weaker than linearizability, and of more use where a system promises less: how long
 * elements took to appear, and which are gone. An absence counts only if the read began
 * after the element was known to be in; a read concurrent with the addition proves nothing.
 */
import type { Anomaly, Checker } from '../checker.ts';
import { type Columns, FAIL, type History, NEVER_COLUMN, OK } from '../history.ts';
import type { Elements } from '../models/set.ts';
import { ADDED, baseless, type Origin, untimed, untimedReason } from './begun.ts';
import { anomaly, say, short, verdictOf } from './findings.ts';
import { identity } from './identity.ts';
import { endedBefore, hadBegunBy, MARK_FINAL, NO_REAL_TIME } from './real-time.ts';
import { rowsByKey } from './timeline.ts';

/** How to judge the story of each element. */
export interface SetFullOptions {
  /** Whether an element that was known, then missed by a read, and then seen until the end, is wrong too. */
  readonly linearizable?: boolean;
}

/**
 * An element's story. Operations by row; latencies in ms, of which `stale`
 * is before it was seen until the end, `lost` before it was last seen.
 */
export interface ElementStory {
  readonly element: unknown;
  readonly outcome: 'stable' | 'lost' | 'never-read';
  readonly added: number;
  readonly known?: number;
  readonly lastPresent?: number;
  /** Where it was lost: the last read that misses it, or one that is marked as final. */
  readonly lastAbsent?: number;
  readonly latencyMs?: number;
}

/** What became of the elements of one set. */
export interface SetFullReport {
  readonly attempted: number;
  readonly stories: readonly ElementStory[];
  /** Elements that some read shows more than once, with the most often and that read's row. */
  readonly duplicated: ReadonlyMap<
    unknown,
    { readonly element: unknown; readonly times: number; readonly row: number }
  >;
  /**
   * Elements that a read shows though nobody had begun to add them
   * by its end, with the read's row and the additions that there are.
   */
  readonly unexpected: ReadonlyMap<
    unknown,
    { readonly element: unknown; readonly row: number; readonly origin: Origin }
  >;
}

/**
 * Whether no added element was lost, duplicated or invented. Unknown where no element was ever seen until the end.
 * O(size of the reads), where going through all pairs of reads and elements is usual. Keys are one set each.
 */
export function setFull(options: SetFullOptions = {}): Checker<Elements> {
  return {
    name: 'set-full',
    check(history) {
      const { columns } = history;
      const reports = setFullReports(history);
      const anomalies = reports.flatMap((report) => complaints(columns, report, options));
      const verdict = verdictOf(anomalies);
      if (verdict.type === 'invalid') return verdict;
      const unsure = untold(columns);
      if (unsure !== undefined) return { type: 'unknown', reason: unsure };
      if (reports.some(({ stories }) => stories.some(({ outcome }) => outcome === 'stable'))) return verdict;
      return { type: 'unknown', reason: 'no element was ever read, so nothing was learned about any' };
    },
  };
}

/**
 * Why nothing is affirmed where there is no real time, unless each
 * read is of the last round or shows what its process had added.
 */
function untold(columns: Columns): string | undefined {
  if (columns.realTime) return undefined;
  if (columns.final.size === 0) return `${NO_REAL_TIME}, so no read is the last; ${MARK_FINAL}`;
  for (const rows of rowsByKey(columns)) {
    const origins = originsOf(columns, rows);
    const early = rows.find(
      (row) =>
        isRead(columns, row) &&
        (columns.output[row] as readonly unknown[]).some((element) =>
          untimed(columns, origins.get(identity(element)) ?? { begun: [], failed: -1 }, row),
        ),
    );
    if (early !== undefined) return untimedReason(columns, early);
  }
  return undefined;
}

/** The stories behind the verdict, a report a key in the order of first use. */
export function setFullReports({ columns }: History<Elements>): readonly SetFullReport[] {
  return rowsByKey(columns).map((rows) => reportOf(columns, rows));
}

function complaints(columns: Columns, report: SetFullReport, options: SetFullOptions): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
  const shows = (element: unknown): string => `A read shows ${short(element)}`;
  for (const { element, row, origin } of report.unexpected.values()) {
    const problem = baseless(columns, ADDED, shows(element), row, origin);
    if (problem) anomalies.push(problem);
  }
  for (const { element, times, row } of report.duplicated.values()) {
    anomalies.push(anomaly(columns, 'duplicate', `${shows(element)} ${times} times.`, [row], [say(columns, row)]));
  }
  for (const story of report.stories) {
    if (story.outcome === 'lost') anomalies.push(gone(columns, story));
    else if (options.linearizable && (story.latencyMs ?? 0) > 0) anomalies.push(stale(columns, story));
  }
  return anomalies;
}

function gone(columns: Columns, { element, added, known, lastAbsent }: ElementStory): Anomaly {
  const rows = [added, known as number, lastAbsent as number];
  const last = columns.final.has(lastAbsent as number)
    ? 'is marked as final and does not show it.'
    : 'began afterwards and does not show it, nor does any read that began later.';
  const steps = [
    `${say(columns, known as number)} shows that ${short(element)} was in.`,
    `${say(columns, lastAbsent as number)} ${last}`,
  ];
  return anomaly(columns, 'lost', `${short(element)} was in the set and is gone.`, rows, steps);
}

function stale(columns: Columns, { element, added, known, lastAbsent, latencyMs }: ElementStory): Anomaly {
  const rows = [added, known as number, lastAbsent as number];
  const steps = [
    `${say(columns, known as number)} shows that ${short(element)} was in.`,
    `${say(columns, lastAbsent as number)} began ${latencyMs} ms later and does not show it.`,
  ];
  return anomaly(columns, 'stale-read', `A read misses ${short(element)}, which was known to be in.`, rows, steps);
}

function reportOf(columns: Columns, rows: readonly number[]): SetFullReport {
  const elements = bornOf(columns, rows);
  const reads = rows.filter((row) => isRead(columns, row));
  const duplicated = new Map<unknown, { element: unknown; times: number; row: number }>();
  const unexpected = new Map<unknown, { element: unknown; row: number; origin: Origin }>();
  for (const row of reads) {
    const counts = new Map<unknown, number>();
    for (const element of columns.output[row] as readonly unknown[]) {
      const name = identity(element);
      const times = (counts.get(name) ?? 0) + 1;
      counts.set(name, times);
      if (times > Math.max(1, duplicated.get(name)?.times ?? 0)) duplicated.set(name, { element, times, row });
      const born = elements.get(name);
      if (born && hadBegunBy(columns, born.added, row)) witness(columns, born, row);
      else if (!unexpected.has(name))
        unexpected.set(name, { element, row, origin: originOf(columns, rows, name, born) });
    }
  }
  absences(columns, elements, reads);
  missedInTheEnd(columns, elements, reads);
  const stories = [...elements.values()].map((born) => storyOf(columns, born));
  return { attempted: elements.size, stories, duplicated, unexpected };
}

/** What is known of an element while reads are gone through. */
interface Born {
  readonly element: unknown;
  readonly added: number;
  known: number;
  lastPresent: number;
  lastAbsent: number;
  /** A read that is marked as final and misses it although it was known. */
  gone: number;
}

/** By element, the additions of it that did not fail. */
function originsOf(columns: Columns, rows: readonly number[]): ReadonlyMap<unknown, Origin> {
  const origins = new Map<unknown, { begun: number[]; failed: number }>();
  for (const row of rows) {
    if (columns.fNames[columns.f[row]] !== 'add' || columns.type[row] === FAIL) continue;
    const name = identity(columns.input[row]);
    const origin = origins.get(name) ?? { begun: [], failed: -1 };
    origins.set(name, origin);
    origin.begun.push(row);
  }
  return origins;
}

/** What may have brought about an element that a read shows too soon. */
function originOf(columns: Columns, rows: readonly number[], name: unknown, born: Born | undefined): Origin {
  if (born) return { begun: [born.added], failed: -1 };
  const isAdd = (row: number): boolean =>
    columns.fNames[columns.f[row]] === 'add' && identity(columns.input[row]) === name;
  return { begun: [], failed: rows.find(isAdd) ?? -1 };
}

function bornOf(columns: Columns, rows: readonly number[]): Map<unknown, Born> {
  const elements = new Map<unknown, Born>();
  for (const row of rows) {
    if (columns.fNames[columns.f[row]] !== 'add' || columns.type[row] === FAIL) continue;
    const element = columns.input[row];
    const name = identity(element);
    const born = elements.get(name) ?? { element, added: row, known: -1, lastPresent: -1, lastAbsent: -1, gone: -1 };
    elements.set(name, born);
    if (columns.type[row] === OK && (born.known < 0 || columns.end[row] < columns.end[born.known])) born.known = row;
  }
  return elements;
}

function isRead(columns: Columns, row: number): boolean {
  return columns.type[row] === OK && columns.fNames[columns.f[row]] === 'read' && Array.isArray(columns.output[row]);
}

function witness(columns: Columns, born: Born, row: number): void {
  if (born.known < 0 || columns.end[row] < columns.end[born.known]) born.known = row;
  const later = columns.realTime ? row > born.lastPresent : born.lastPresent < 0 || columns.final.has(row);
  if (later) born.lastPresent = row;
}

/**
 * The last read that misses each element: from the last read
 * backwards, only what all reads so far show is still in question.
 */
function absences(columns: Columns, elements: ReadonlyMap<unknown, Born>, reads: readonly number[]): void {
  let unresolved = [...elements.values()];
  for (let i = reads.length - 1; i >= 0 && unresolved.length > 0; i--) {
    const row = reads[i];
    const shown = new Set((columns.output[row] as readonly unknown[]).map(identity));
    const still: Born[] = [];
    for (const born of unresolved) {
      if (shown.has(identity(born.element))) still.push(born);
      else if (columns.end[row] > columns.start[born.added]) born.lastAbsent = row;
    }
    unresolved = still;
  }
}

/** What is known must be in every read of the last round, where one is marked: whichever of these reads began last. */
function missedInTheEnd(columns: Columns, elements: ReadonlyMap<unknown, Born>, reads: readonly number[]): void {
  for (const row of reads) {
    if (!columns.final.has(row)) continue;
    const shown = new Set((columns.output[row] as readonly unknown[]).map(identity));
    for (const [name, born] of elements) {
      if (shown.has(name) || born.known < 0) continue;
      if (columns.final.has(born.known) || endedBefore(columns, born.known, row)) born.gone = row;
    }
  }
}

function storyOf(columns: Columns, born: Born): ElementStory {
  const { element, added, known, lastPresent, gone } = born;
  const lastAbsent = gone >= 0 ? gone : born.lastAbsent;
  const base = {
    element,
    added,
    ...(known < 0 ? {} : { known }),
    ...(lastPresent < 0 ? {} : { lastPresent }),
    ...(lastAbsent < 0 ? {} : { lastAbsent }),
  };
  const since = (row: number): number =>
    row < 0 ? 0 : Math.max(0, Math.floor((columns.startNs[row] + 1 - columns.endNs[known]) / 1e6));
  if (gone >= 0) return { ...base, outcome: 'lost', latencyMs: since(lastPresent) };
  if (!columns.realTime) {
    const stable = lastPresent >= 0 && columns.final.has(lastPresent);
    return { ...base, outcome: stable ? 'stable' : 'never-read' };
  }
  // Rows are in the order of starts, so the later row began later.
  if (lastPresent >= 0 && lastPresent > lastAbsent) return { ...base, outcome: 'stable', latencyMs: since(lastAbsent) };
  const knownAt = known < 0 ? NEVER_COLUMN : columns.end[known];
  if (lastAbsent > lastPresent && columns.start[lastAbsent] > knownAt) {
    return { ...base, outcome: 'lost', latencyMs: since(lastPresent) };
  }
  return { ...base, outcome: 'never-read' };
}
