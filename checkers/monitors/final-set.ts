/** A set judged by its last read. */
import type { Anomaly, Checker, Verdict } from '../checker.ts';
import { worst } from '../checker.ts';
import { type Columns, FAIL, OK } from '../history.ts';
import type { Elements } from '../models/set.ts';
import { ADDED, baseless, type Origin, untimed, untimedReason } from './begun.ts';
import { anomaly, ofKey, say, short, verdictOf } from './findings.ts';
import { identity } from './identity.ts';
import { endedBefore, MARK_FINAL, NO_REAL_TIME } from './real-time.ts';
import { rowsByKey } from './timeline.ts';

/**
 * Whether the last read shows every element that was in before it began, and each once,
 * and no read shows one that nobody had begun to add by its end. Elements whose addition
 * crashed may be there or not. Where reads are marked as final, each of them is a last one.
 * Unknown where nothing was read after all. O(size of the reads). Keys are one set each.
 */
export function finalSet(): Checker<Elements> {
  return {
    name: 'set',
    check: ({ columns }) => worst([{ type: 'valid' }, ...rowsByKey(columns).map((rows) => judge(columns, rows))]),
  };
}

function judge(columns: Columns, rows: readonly number[]): Verdict {
  const reads = rows.filter(
    (row) =>
      columns.type[row] === OK && columns.fNames[columns.f[row]] === 'read' && Array.isArray(columns.output[row]),
  );
  const origins = originsOf(columns, rows);
  const { anomalies, early } = made(columns, reads, origins);
  const last = lastOf(columns, reads);
  const verdict = verdictOf([...anomalies, ...absent(columns, rows, last), ...repeated(columns, last)]);
  if (verdict.type === 'invalid') return verdict;
  const key = ofKey(columns.keyNames[columns.key[rows[0]]]);
  if (last.length === 0) {
    const known = columns.realTime || columns.final.size > 0 || reads.length === 0;
    const reason = known ? `the set was never read${key}` : `${NO_REAL_TIME}, so no read is the last; ${MARK_FINAL}`;
    return { type: 'unknown', reason };
  }
  return early === undefined ? verdict : { type: 'unknown', reason: untimedReason(columns, early) };
}

/**
 * The reads that are marked as final, where any operation is;
 * otherwise the one that began last, if anything tells which that was.
 */
function lastOf({ final, realTime }: Columns, reads: readonly number[]): readonly number[] {
  if (final.size > 0) return reads.filter((row) => final.has(row));
  return realTime ? reads.slice(-1) : [];
}

/** By element, the additions of it. */
type Origins = ReadonlyMap<unknown, Origin>;

function originsOf(columns: Columns, rows: readonly number[]): Origins {
  const origins = new Map<unknown, { begun: number[]; failed: number }>();
  for (const row of rows) {
    if (columns.fNames[columns.f[row]] !== 'add') continue;
    const name = identity(columns.input[row]);
    const origin = origins.get(name) ?? { begun: [], failed: -1 };
    origins.set(name, origin);
    if (columns.type[row] === FAIL) origin.failed = row;
    else origin.begun.push(row);
  }
  return origins;
}

const NOBODY: Origin = { begun: [], failed: -1 };

/**
 * Elements that were shown when nobody had begun to add them;
 * and a read of which nobody can tell, where there is no real time.
 */
function made(
  columns: Columns,
  reads: readonly number[],
  origins: Origins,
): { anomalies: readonly Anomaly[]; early?: number | undefined } {
  const soonest = new Map<unknown, { readonly element: unknown; readonly row: number }>();
  let early: number | undefined;
  for (const row of reads)
    for (const element of columns.output[row] as readonly unknown[]) {
      const name = identity(element);
      const before = soonest.get(name);
      if (!before || columns.end[row] < columns.end[before.row]) soonest.set(name, { element, row });
      if (early === undefined && untimed(columns, origins.get(name) ?? NOBODY, row)) early = row;
    }
  const anomalies = [...soonest].flatMap(
    ([name, { element, row }]) =>
      baseless(columns, ADDED, `A read shows ${short(element)}`, row, origins.get(name) ?? NOBODY) ?? [],
  );
  return { anomalies, early };
}

/** Elements that were in before a last read began which does not show them. */
function absent(columns: Columns, rows: readonly number[], last: readonly number[]): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
  const lost = new Set<unknown>();
  for (const read of last) {
    const shown = new Set((columns.output[read] as readonly unknown[]).map(identity));
    for (const row of rows) {
      if (columns.type[row] !== OK || columns.fNames[columns.f[row]] !== 'add') continue;
      const name = identity(columns.input[row]);
      if (shown.has(name) || lost.has(name) || !endedBefore(columns, row, read)) continue;
      lost.add(name);
      const message = `The last read does not show ${short(columns.input[row])}, which was in before.`;
      anomalies.push(anomaly(columns, 'lost', message, [row, read], [say(columns, row), say(columns, read)]));
    }
  }
  return anomalies;
}

/** Elements that a last read shows more than once. */
function repeated(columns: Columns, last: readonly number[]): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
  for (const read of last) {
    const counts = new Map<unknown, { readonly element: unknown; times: number }>();
    for (const element of columns.output[read] as readonly unknown[]) {
      const count = counts.get(identity(element)) ?? { element, times: 0 };
      counts.set(identity(element), count);
      count.times++;
    }
    for (const { element, times } of counts.values()) {
      if (times < 2) continue;
      const message = `The last read shows ${short(element)} ${times} times.`;
      anomalies.push(anomaly(columns, 'duplicate', message, [read], [say(columns, read)]));
    }
  }
  return anomalies;
}
