/** Sets whose replicas never forget. */
import type { Anomaly } from '../checker.ts';
import { type Columns, FAIL, OK } from '../history.ts';
import { anomaly, say, short } from '../monitors/findings.ts';
import { identity } from '../monitors/identity.ts';
import { shown } from './final-reads.ts';
import { replicaOf, sweep } from './replica-order.ts';

/** Reads that miss what their replica had acknowledged or shown before, of what anybody added. O(size of the reads). */
export function forgets(columns: Columns, rows: readonly number[]): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
  const added = additionsOf(columns, rows);
  const known = new Map<number, Map<unknown, number>>();
  const isRead = (row: number): boolean =>
    columns.fNames[columns.f[row]] === 'read' && columns.type[row] === OK && Array.isArray(shown(columns, row));
  const begin = (row: number): void => {
    if (!isRead(row)) return;
    const before = known.get(replicaOf(columns, row));
    if (!before) return;
    const here = new Set((shown(columns, row) as readonly unknown[]).map(identity));
    if (before.size <= here.size && [...before.keys()].every((name) => here.has(name))) return;
    const [name, witness] = [...before].find(([element]) => !here.has(element)) as [unknown, number];
    anomalies.push(forgotten(columns, added.get(name) as number, witness, row));
  };
  const end = (row: number): void => {
    if (columns.type[row] !== OK) return;
    const isAdd = columns.fNames[columns.f[row]] === 'add';
    if (!isAdd && !isRead(row)) return;
    const replica = replicaOf(columns, row);
    const seen = known.get(replica) ?? new Map<unknown, number>();
    known.set(replica, seen);
    const content = isAdd ? [columns.input[row]] : (shown(columns, row) as readonly unknown[]);
    for (const element of content) {
      const name = identity(element);
      if (!seen.has(name) && added.has(name)) seen.set(name, row);
    }
  };
  sweep(columns, rows, begin, end);
  return anomalies;
}

/** By element, the first addition that did not fail. */
function additionsOf(columns: Columns, rows: readonly number[]): ReadonlyMap<unknown, number> {
  const added = new Map<unknown, number>();
  for (const row of rows) {
    if (columns.fNames[columns.f[row]] !== 'add' || columns.type[row] === FAIL) continue;
    const name = identity(columns.input[row]);
    if (!added.has(name)) added.set(name, row);
  }
  return added;
}

/** Named with an addition of the element, without which the read that shows it would be another anomaly. */
function forgotten(columns: Columns, add: number, witness: number, read: number): Anomaly {
  const steps = [`${say(columns, witness)} ended before ${say(columns, read)} began, at the same replica.`];
  const message = `A replica forgot ${short(columns.input[add])}.`;
  const isAdd = columns.fNames[columns.f[witness]] === 'add';
  return anomaly(columns, 'nonmonotonic-read', message, isAdd ? [witness, read] : [add, witness, read], steps);
}
