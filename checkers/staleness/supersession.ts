/**
 * When a register's value is certainly superseded: once a write that began after every write
 * of that value had returned has itself returned. Both measures and checkers of staleness
 * rest on this and on nothing else, so what they say is a lower bound whatever the system did.
 */
import { type Columns, FAIL, NEVER_COLUMN, OK } from '../history.ts';
import { CAS, READ, type RegisterRows, WRITE } from '../linearizable/register-columns.ts';
import { registerRows } from '../linearizable/register-rows.ts';

/** The operations on registers, with when each value was last written. */
export interface Supersession {
  readonly rows: RegisterRows;
  /**
   * For each value the return of its last write that may have happened: -1 for what was there
   * at first, `NEVER_COLUMN` where such a write never returned or where nobody wrote the value.
   */
  readonly written: Int32Array;
}

/** Reads and writes of a history; `undefined` where it has other operations than those of registers. Linear time. */
export function supersession(columns: Columns, initial: unknown): Supersession | undefined {
  if (columns.fNames.some((f) => f !== 'read' && f !== 'write' && f !== 'cas')) return undefined;
  const rows = registerRows(columns, initial);
  const written = new Int32Array(rows.values).fill(-1);
  const known = new Uint8Array(rows.values);
  for (const value of rows.initial) known[value] = 1;
  for (let row = 0; row < rows.length; row++) {
    if (rows.kind[row] === READ || rows.type[row] === FAIL) continue;
    const value = rows.value[row];
    known[value] = 1;
    if (rows.end[row] > written[value]) written[value] = rows.end[row];
  }
  for (let value = 0; value < rows.values; value++) if (known[value] === 0) written[value] = NEVER_COLUMN;
  return { rows, written };
}

/** Whether the row is a read that returned. */
export function isRead(rows: RegisterRows, row: number): boolean {
  return rows.kind[row] === READ && rows.type[row] === OK;
}

/** Whether the row is a write, or a swap, that returned. */
export function isWrite(rows: RegisterRows, row: number): boolean {
  return (rows.kind[row] === WRITE || rows.kind[row] === CAS) && rows.type[row] === OK;
}

/** The rows of each key, in the order of their starts. */
export function rowsByKey(rows: RegisterRows): readonly (readonly number[])[] {
  const byKey: number[][] = Array.from({ length: rows.keys }, () => []);
  for (let row = 0; row < rows.length; row++) byKey[rows.keyOfValue[rows.value[row]]].push(row);
  return byKey;
}

/** The place of the first of the rows that starts after this event. */
export function firstAfter(rows: RegisterRows, sorted: readonly number[], event: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows.start[sorted[middle]] > event) high = middle;
    else low = middle + 1;
  }
  return low;
}
