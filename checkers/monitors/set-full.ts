/**
 * What became of each element that was added to a set, from reads of the whole set: seen for good, lost, or never seen.
 *
 * Weaker than linearizability, and of more use where a system promises less: how long elements took to appear, and which are gone.
 * An absence counts only if the read began after the element was known to be in; a read concurrent with the addition proves nothing.
 */
import type { Anomaly, Checker } from '../checker.ts';
import { type Columns, FAIL, type History, NEVER_COLUMN, OK } from '../history.ts';
import type { Elements } from '../models/set.ts';
import { anomaly, say, short, verdictOf } from './findings.ts';
import { identity } from './identity.ts';
import { rowsByKey } from './timeline.ts';

export interface SetFullOptions {
  /** Whether an element that was known and not seen for a while, and then seen for good, is wrong too. */
  readonly linearizable?: boolean;
}

/** An element's story. Operations by row; latencies in ms, of which `stale` is before it was seen for good, `lost` before it was last seen. */
export interface ElementStory {
  readonly element: unknown;
  readonly outcome: 'stable' | 'lost' | 'never-read';
  readonly added: number;
  readonly known?: number;
  readonly lastPresent?: number;
  readonly lastAbsent?: number;
  readonly latencyMs?: number;
}

export interface SetFullReport {
  readonly attempted: number;
  readonly stories: readonly ElementStory[];
  /** Elements that some read shows more than once, with the most often and that read's row. */
  readonly duplicated: ReadonlyMap<
    unknown,
    { readonly element: unknown; readonly times: number; readonly row: number }
  >;
  /** Elements that a read shows though none added them, with the read's row. */
  readonly unexpected: ReadonlyMap<unknown, { readonly element: unknown; readonly row: number }>;
}

/**
 * Whether no added element was lost, doubled or made up. Unknown where no element was ever seen for good: then nothing was learned.
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
      if (
        verdict.type === 'invalid' ||
        reports.some(({ stories }) => stories.some(({ outcome }) => outcome === 'stable'))
      )
        return verdict;
      return { type: 'unknown', reason: 'no element was ever read, so nothing was learned about any' };
    },
  };
}

/** The stories behind the verdict, a report a key in the order of first use. */
export function setFullReports({ columns }: History<Elements>): readonly SetFullReport[] {
  return rowsByKey(columns).map((rows) => reportOf(columns, rows));
}

function complaints(columns: Columns, report: SetFullReport, options: SetFullOptions): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
  for (const { element, row } of report.unexpected.values()) {
    anomalies.push(
      anomaly(columns, 'unexpected', `A read shows ${short(element)}, which nobody added.`, [row], [say(columns, row)]),
    );
  }
  for (const { element, times, row } of report.duplicated.values()) {
    anomalies.push(
      anomaly(columns, 'duplicate', `A read shows ${short(element)} ${times} times.`, [row], [say(columns, row)]),
    );
  }
  for (const story of report.stories) {
    if (story.outcome === 'lost') anomalies.push(gone(columns, story));
    else if (options.linearizable && (story.latencyMs ?? 0) > 0) anomalies.push(stale(columns, story));
  }
  return anomalies;
}

function gone(columns: Columns, { element, added, known, lastAbsent }: ElementStory): Anomaly {
  const rows = [added, known as number, lastAbsent as number];
  const steps = [
    `${say(columns, known as number)} shows that ${short(element)} was in.`,
    `${say(columns, lastAbsent as number)} began afterwards and does not show it, nor does any read that began later.`,
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
  const unexpected = new Map<unknown, { element: unknown; row: number }>();
  for (const row of reads) {
    const counts = new Map<unknown, number>();
    for (const element of columns.output[row] as readonly unknown[]) {
      const name = identity(element);
      const times = (counts.get(name) ?? 0) + 1;
      counts.set(name, times);
      if (times > Math.max(1, duplicated.get(name)?.times ?? 0)) duplicated.set(name, { element, times, row });
      const born = elements.get(name);
      if (!born) unexpected.set(name, unexpected.get(name) ?? { element, row });
      else witness(columns, born, row);
    }
  }
  absences(columns, elements, reads);
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
}

function bornOf(columns: Columns, rows: readonly number[]): Map<unknown, Born> {
  const elements = new Map<unknown, Born>();
  for (const row of rows) {
    if (columns.fNames[columns.f[row]] !== 'add' || columns.type[row] === FAIL) continue;
    const element = columns.input[row];
    const name = identity(element);
    const born = elements.get(name) ?? { element, added: row, known: -1, lastPresent: -1, lastAbsent: -1 };
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
  if (row > born.lastPresent) born.lastPresent = row;
}

/** The last read that misses each element: from the last read backwards, only what all reads so far show is still in question. */
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

function storyOf(columns: Columns, { element, added, known, lastPresent, lastAbsent }: Born): ElementStory {
  const base = {
    element,
    added,
    ...(known < 0 ? {} : { known }),
    ...(lastPresent < 0 ? {} : { lastPresent }),
    ...(lastAbsent < 0 ? {} : { lastAbsent }),
  };
  const since = (row: number): number =>
    row < 0 ? 0 : Math.max(0, Math.floor((columns.startNs[row] + 1 - columns.endNs[known]) / 1e6));
  // Rows are in the order of starts, so the later row began later.
  if (lastPresent >= 0 && lastPresent > lastAbsent) return { ...base, outcome: 'stable', latencyMs: since(lastAbsent) };
  const knownAt = known < 0 ? NEVER_COLUMN : columns.end[known];
  if (lastAbsent > lastPresent && columns.start[lastAbsent] > knownAt) {
    return { ...base, outcome: 'lost', latencyMs: since(lastPresent) };
  }
  return { ...base, outcome: 'never-read' };
}
