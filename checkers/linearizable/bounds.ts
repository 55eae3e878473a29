/**
 * When values of a register certainly have come and certainly are not gone yet, by what the zones know of their blocks.
 */
import { NEVER_COLUMN } from '../history.ts';
import type { RegisterRows } from './register-columns.ts';
import type { Zones } from './zone-verdict.ts';

/** What the zones know of values and blocks. */
export type Blocks = Pick<Zones, 'writer' | 'taker' | 'block' | 'first' | 'last' | 'readStart' | 'readReturn'>;

/**
 * Bounds by value: its write takes effect after event `after` and before
 * event `before`, and the value is not gone until after event `until`.
 */
export interface Bounds {
  readonly after: Int32Array;
  readonly before: Int32Array;
  readonly until: Int32Array;
}

/** The bounds that follow from a value's own block. Of values that stand in no order they mean nothing. O(values). */
export function boundsOf(rows: RegisterRows, { writer, taker, block, readStart, readReturn }: Blocks): Bounds {
  const after = new Int32Array(rows.values).fill(-1);
  const before = new Int32Array(rows.values).fill(NEVER_COLUMN);
  const until = new Int32Array(rows.values).fill(-1);
  for (let head = 0; head < rows.values; head++) {
    if (block[head] !== head) continue;
    let latest = writer[head] < 0 ? -1 : rows.start[writer[head]];
    let last = head;
    for (let v = head; v >= 0; v = nextValue(rows, taker, v)) {
      after[v] = latest;
      latest = Math.max(latest, readStart[v]);
      if (nextValue(rows, taker, v) >= 0) latest = Math.max(latest, rows.start[taker[v]]);
      until[v] = latest;
      last = v;
    }
    let earliest = NEVER_COLUMN;
    for (let v = last; ; v = (rows.old as Int32Array)[writer[v]]) {
      earliest = Math.min(earliest, readReturn[v], writer[v] < 0 ? -1 : rows.end[writer[v]]);
      before[v] = earliest;
      if (v === head) break;
    }
  }
  return { after, before, until };
}

/** The value that this one was swapped for, or -1. */
export function nextValue(rows: RegisterRows, taker: Int32Array, value: number): number {
  return taker.length === 0 || taker[value] < 0 ? -1 : rows.value[taker[value]];
}

/** How many of these ascending numbers are below a bound. */
export function countBelow(ascending: ArrayLike<number>, bound: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
