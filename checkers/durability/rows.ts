/** Rows of committed transactions that are gone, or back. */
import { type Api, type Columns, FAIL, type History, OK } from '../history.ts';
import type { PredicateMop, Rows } from '../models/predicate-registers.ts';
import { mopsOf } from '../transactions/transactions-of.ts';
import { type DurabilityChecker, durability, finalReads, groupBy, type Loss, type LossReport } from './losses.ts';

/** A row's last change by a transaction; null where it was deleted. */
interface Change {
  readonly row: number;
  readonly key: string;
  readonly value: unknown;
}

/**
 * Whether every row that a committed transaction has left is there in the end, or something that can have replaced it:
 * its change is lost where a final read of all rows shows the row otherwise, and no transaction that may have come
 * later left it so. Any other may have come later, but what was there at first; the second checker,
 * `lost-writes-in-real-time`, takes those that had ended before the change began for earlier: where strict
 * serializability or strong snapshot isolation is claimed. O(n + changes of a row, squared).
 */
export function lostRows<A extends Api>(): readonly DurabilityChecker<A>[] {
  const by = (realTime: boolean) =>
    durability<A>('changes of rows', (history) => report(history, realTime), replacedText);
  return [by(false), { ...by(true), name: 'lost-writes-in-real-time' }];
}

function replacedText(reads: readonly number[]): string {
  return `${reads.length === 1 ? 'the final read' : `a final read (${reads.length} are)`} shows neither it nor what could have replaced it`;
}

function report<A extends Api>(history: History<A>, realTime: boolean): LossReport {
  const plain = history as unknown as History;
  const { columns } = history;
  const all = changesIn(plain);
  const ofKey = groupBy(all, ({ key }) => key);
  const changed = new Set(all.map(({ row }) => row));
  const finals = finalReads(
    columns,
    (row) => changed.has(row),
    (row) => allRows(plain, row) !== undefined,
  ).map((read) => ({ read, rows: allRows(plain, read) as Rows }));
  const acknowledged = all.filter(({ row }) => columns.type[row] === OK);
  const losses = acknowledged.flatMap((change): Loss[] => {
    const mayBeLeft = (ofKey.get(change.key) as Change[]).filter((one) => mayBe(columns, one, change, realTime));
    const reads = finals
      .filter(({ rows }) => !mayBeLeft.some(({ value }) => value === (rows[change.key] ?? null)))
      .map(({ read }) => read);
    return reads.length > 0 ? [{ row: change.row, reads, what: told(columns, change) }] : [];
  });
  return { acknowledged: acknowledged.length, judged: finals.length > 0 ? acknowledged.length : 0, losses };
}

/** Whether the row can be as `one` left it though `change` was committed: they are the same, or `one` came later. */
function mayBe({ end, start }: Columns, one: Change, change: Change, realTime: boolean): boolean {
  return one.row === change.row || !realTime || (end[one.row] as number) > (start[change.row] as number);
}

function told({ process, start }: Columns, { row, key, value }: Change): string {
  const what = value === null ? `that ${key} was deleted` : `${JSON.stringify(value)} in ${key}`;
  return `${what}, by process ${process[row]} (operation ${start[row]}),`;
}

/** The last change of each row by each transaction that may have happened. */
function changesIn(history: History): Change[] {
  const changes: Change[] = [];
  for (let row = 0; row < history.length; row++) {
    if (history.columns.type[row] === FAIL) continue;
    const last = new Map<string, Change>();
    for (const mop of (mopsOf(history, row) ?? []) as readonly unknown[] as readonly PredicateMop[]) {
      if (mop[0] === 'r' || mop[0] === 'rp') continue;
      const key = String(mop[1]);
      last.set(key, { row, key, value: mop[0] === 'delete' ? null : mop[2] });
    }
    changes.push(...last.values());
  }
  return changes;
}

/** What a transaction that only read shows of all rows; undefined where it shows no such thing. */
function allRows(history: History, row: number): Rows | undefined {
  const mops = (mopsOf(history, row) ?? []) as readonly unknown[] as readonly PredicateMop[];
  if (mops.some(([f]) => f !== 'r' && f !== 'rp')) return undefined;
  return mops.find(([f, asked, found]) => f === 'rp' && asked === 'true' && found !== null)?.[2] as Rows | undefined;
}
