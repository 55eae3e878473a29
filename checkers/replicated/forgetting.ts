/** Sets whose replicas never forget. */
import type { Anomaly } from '../checker.ts';
import { type Columns, FAIL, OK } from '../history.ts';
import { anomaly, say, short } from '../monitors/findings.ts';
import { identity } from '../monitors/identity.ts';
import { shown } from './final-reads.ts';
import { replicaOf, sweep } from './replica-order.ts';

/** Reads that miss what their replica had acknowledged or shown before. O(size of the reads). */
export function forgets(columns: Columns, rows: readonly number[]): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
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
    anomalies.push(forgotten(columns, rows, name, witness, row));
  };
  const end = (row: number): void => {
    if (columns.type[row] !== OK) return;
    const added = columns.fNames[columns.f[row]] === 'add';
    if (!added && !isRead(row)) return;
    const replica = replicaOf(columns, row);
    const seen = known.get(replica) ?? new Map<unknown, number>();
    known.set(replica, seen);
    const content = added ? [columns.input[row]] : (shown(columns, row) as readonly unknown[]);
    for (const element of content) {
      if (!seen.has(identity(element))) seen.set(identity(element), row);
    }
  };
  sweep(columns, rows, begin, end);
  return anomalies;
}

/** Named with an addition of the element, without which the read that shows it would be another anomaly. */
function forgotten(columns: Columns, rows: readonly number[], name: unknown, witness: number, read: number): Anomaly {
  const isAdd = (row: number): boolean =>
    columns.fNames[columns.f[row]] === 'add' && columns.type[row] !== FAIL && identity(columns.input[row]) === name;
  const add = isAdd(witness) ? witness : rows.find(isAdd);
  const shows = add === undefined ? name : columns.input[add];
  const steps = [`${say(columns, witness)} ended before ${say(columns, read)} began, at the same replica.`];
  const named = [...(add === undefined ? [] : [add]), witness, read];
  return anomaly(columns, 'nonmonotonic-read', `A replica forgot ${short(shows)}.`, named, steps);
}
