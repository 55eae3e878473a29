/**
 * Durability: whether an acknowledged update is still there in the end. An update is lost where reads that were made
 * after everything else find neither it nor anything that can have overwritten or removed it. What each datatype
 * means by that stands in a file of its own; here is what they share: which reads count, and how losses are reported.
 */
import type { Anomaly, Checker, Verdict } from '../checker.ts';
import { type Api, type Columns, type History, OK } from '../history.ts';
import { anomaly, say, verdictOf } from '../monitors/findings.ts';

/** An acknowledged update that is lost, by row, and the final reads that prove it. */
export interface Loss {
  readonly row: number;
  readonly reads: readonly number[];
  /** What is lost, where the operation holds more than that: one append of a transaction. */
  readonly what?: string;
}

/** The losses of a history, and how many updates were judged. */
export interface LossReport {
  readonly acknowledged: number;
  /** The acknowledged updates of which something was finally read, so that a loss would have shown. */
  readonly judged: number;
  readonly losses: readonly Loss[];
}

/** A checker named `lost-writes`, and the counts behind its verdict. */
export interface DurabilityChecker<A extends Api> extends Checker<A> {
  report(history: History<A>): LossReport;
}

/**
 * Judges by a report. `noun` is what is lost: "elements"; `missed` says what the reads of a
 * loss prove. Unknown where something was acknowledged and no final read shows anything of it.
 */
export function durability<A extends Api>(
  noun: string,
  report: (history: History<A>) => LossReport,
  missed = readsText,
): DurabilityChecker<A> {
  return {
    name: 'lost-writes',
    report,
    check(history): Verdict {
      const found = report(history);
      const { acknowledged, judged, losses } = found;
      if (losses.length > 0) return verdictOf(anomaliesOf(history.columns, noun, found, missed));
      if (acknowledged === 0 || judged > 0) return { type: 'valid' };
      return { type: 'unknown', reason: untold(acknowledged, noun) };
    },
  };
}

/** Why nothing can be said of what was acknowledged. */
export function untold(acknowledged: number, noun: string): string {
  return `${acknowledged} ${noun} were acknowledged, and no final read tells what became of any`;
}

function anomaliesOf(
  columns: Columns,
  noun: string,
  { acknowledged, losses }: LossReport,
  missed: (reads: readonly number[]) => string,
): readonly Anomaly[] {
  const count =
    losses.length === 1
      ? `1 of ${acknowledged} acknowledged ${noun} is lost`
      : `${losses.length} of ${acknowledged} acknowledged ${noun} are lost`;
  return losses.map(({ row, reads, what }, i) => {
    const told = `${what ?? say(columns, row)} was acknowledged, and ${missed(reads)}.`;
    const steps = [say(columns, row), ...reads.slice(0, READS).map((read) => say(columns, read))];
    const rows = [row, ...reads.slice(0, READS)];
    return anomaly(columns, 'lost-write', i === 0 ? `${count}: ${told}` : told, rows, steps);
  });
}

/** The most reads that are named for one loss. */
const READS = 4;

function readsText(reads: readonly number[]): string {
  return reads.length === 1 ? 'the final read does not show it' : `none of ${reads.length} final reads shows it`;
}

/**
 * The rows of reads that say what is left: those marked as final, or else those
 * that began after every update that returned had. An update that never returned
 * may come into effect after any read, and keeps none from being final. O(n).
 */
export function finalReads(
  columns: Columns,
  isUpdate: (row: number) => boolean,
  isRead: (row: number) => boolean,
): readonly number[] {
  const rows: number[] = [];
  const marked = columns.final.size > 0;
  let quiet = -1;
  if (!marked)
    for (let row = 0; row < columns.length; row++)
      if (columns.type[row] === OK && isUpdate(row)) quiet = Math.max(quiet, columns.end[row]);
  for (let row = 0; row < columns.length; row++) {
    const isFinal = marked ? columns.final.has(row) : columns.start[row] > quiet;
    if (isFinal && columns.type[row] === OK && isRead(row)) rows.push(row);
  }
  return rows;
}

/** Items by a key of theirs. */
export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** A checker of the whole datatype as one of durability: of what it finds, the anomalies of these names. */
export function lossesAmong<A extends Api>(checker: Checker<A>, names: readonly string[]): Checker<A> {
  return {
    name: 'lost-writes',
    check(history) {
      const verdict = checker.check(history);
      if (verdict.type !== 'invalid') return verdict;
      const [first, ...rest] = verdict.anomalies.filter(({ name }) => names.includes(name));
      return first ? { type: 'invalid', anomalies: [first, ...rest] } : { type: 'valid' };
    },
  };
}
