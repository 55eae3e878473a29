/** Additions to counters that are missing in the end. */
import type { Anomaly, Checker } from '../checker.ts';
import { type Columns, INFO, OK } from '../history.ts';
import type { Counter } from '../models/counter.ts';
import { anomaly, ofKey, say, verdictOf } from '../monitors/findings.ts';
import { shown } from '../replicated/final-reads.ts';
import { finalReads, groupBy, untold } from './losses.ts';

/**
 * Whether the final reads of each counter can have all in them that was acknowledged: the sum of that,
 * and any part of what never returned. Something is lost where every final read is below what those
 * allow though something was added, or above it though something was taken away. Which additions are
 * missing nobody can tell. Unknown where something was acknowledged and nothing finally read. O(n).
 */
export function lostAdditions(): Checker<Counter> {
  return {
    name: 'lost-writes',
    check({ columns }) {
      const nameOf = (row: number) => columns.fNames[columns.f[row]];
      const isAdd = (row: number) => nameOf(row) === 'add';
      const isRead = (row: number) => nameOf(row) === 'read' && typeof shown(columns, row) === 'number';
      const keyOf = (row: number) => columns.key[row];
      const finals = groupBy(finalReads(columns, isAdd, isRead), keyOf);
      const rows = Array.from({ length: columns.length }, (_, row) => row);
      const counters = groupBy(rows.filter(isAdd), keyOf);
      const acknowledged = [...counters.values()].flat().filter((row) => columns.type[row] === OK);
      if (acknowledged.length > 0 && !acknowledged.some((row) => finals.has(keyOf(row)))) {
        return { type: 'unknown', reason: untold(acknowledged.length, 'additions') };
      }
      return verdictOf([...finals].flatMap(([key, reads]) => judge(columns, counters.get(key) ?? [], reads)));
    },
  };
}

function judge(columns: Columns, adds: readonly number[], reads: readonly number[]): readonly Anomaly[] {
  const amounts = (type: number) =>
    adds.filter((row) => columns.type[row] === type).map((row) => columns.input[row] as number);
  const sum = (of: readonly number[]) => of.reduce((total, one) => total + one, 0);
  const [acked, open] = [amounts(OK), amounts(INFO)];
  const low = sum(acked) + sum(open.filter((one) => one < 0));
  const high = sum(acked) + sum(open.filter((one) => one > 0));
  const values = reads.map((row) => shown(columns, row) as number);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const missing = acked.some((one) => one > 0) ? low - most : 0;
  const kept = acked.some((one) => one < 0) ? least - high : 0;
  if (missing <= 0 && kept <= 0) return [];
  const counter = `the counter${ofKey(columns.keyNames[columns.key[reads[0]]])}`;
  const range = low === high ? `${low}` : `${low} to ${high}`;
  const what =
    missing > 0 ? `at least ${missing} of what was added is lost` : `at least ${kept} of what was taken away is lost`;
  const message = `Of ${acked.length} acknowledged additions some are lost: ${what} of ${counter}, whose final reads show ${missing > 0 ? most : least} where ${range} is possible.`;
  const shownReads = reads.slice(0, 4);
  return [
    anomaly(
      columns,
      'lost-write',
      message,
      shownReads,
      shownReads.map((row) => say(columns, row)),
    ),
  ];
}
