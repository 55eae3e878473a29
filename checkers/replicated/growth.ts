/**
 * Whether what a replica has seen grows: versions that are vectors, as reads name them, never shrink along a replica.
 */
import type { Anomaly } from '../checker.ts';
import { type Columns, OK } from '../history.ts';
import { anomaly, say } from '../monitors/findings.ts';
import { versionOf } from './final-reads.ts';
import { replicaOf, sweep } from './replica-order.ts';

/** Of each entry of a vector the most that was shown, and the read that showed it. */
type Highest = ReadonlyMap<string, { readonly count: number; readonly row: number }>;

/**
 * Reads whose version lacks what a read that had ended before at the same
 * replica showed. Other versions than vectors are not judged. O(n) a node.
 */
export function shrunkVersions(columns: Columns, rows: readonly number[]): readonly Anomaly[] {
  const vectors = new Map<number, Readonly<Record<string, number>>>();
  for (const row of rows) {
    const version = columns.type[row] === OK ? versionOf(columns, row) : undefined;
    if (isVector(version)) vectors.set(row, version);
  }
  if (vectors.size < 2) return [];
  const anomalies: Anomaly[] = [];
  const shown = new Map<number, Highest>();
  const floors = new Map<number, Highest>();
  const begin = (row: number): void => {
    const floor = shown.get(replicaOf(columns, row));
    if (floor) floors.set(row, floor);
  };
  const end = (row: number): void => {
    const vector = vectors.get(row) as Readonly<Record<string, number>>;
    for (const [node, { count, row: before }] of floors.get(row) ?? []) {
      if ((vector[node] ?? 0) >= count) continue;
      const steps = [`${say(columns, before)} ended before ${say(columns, row)} began, at the same replica.`];
      const message = `A replica went back from ${node}:${count} to ${node}:${vector[node] ?? 0}.`;
      anomalies.push(anomaly(columns, 'nonmonotonic-read', message, [before, row], steps));
      break;
    }
    const replica = replicaOf(columns, row);
    shown.set(replica, raised(shown.get(replica), vector, row));
  };
  sweep(columns, [...vectors.keys()], begin, end);
  return anomalies;
}

function raised(highest: Highest = new Map(), vector: Readonly<Record<string, number>>, row: number): Highest {
  const news = Object.entries(vector).filter(([node, count]) => count > (highest.get(node)?.count ?? 0));
  if (news.length === 0) return highest;
  return new Map([...highest, ...news.map(([node, count]) => [node, { count, row }] as const)]);
}

/** Whether a version is a vector: a count for each of some names. */
export function isVector(version: unknown): version is Readonly<Record<string, number>> {
  if (typeof version !== 'object' || version === null || Array.isArray(version)) return false;
  return Object.values(version).every((count) => typeof count === 'number');
}
