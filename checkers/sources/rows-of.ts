import type { Columns } from '../history.ts';

/** The rows of operations that are named by their starts, without those that are none. O(log n) each. */
export function rowsOf({ start, length }: Columns, operations: readonly number[]): number[] {
  return operations.flatMap((operation) => {
    const row = rowAt(start, length, operation);
    return row < 0 ? [] : [row];
  });
}

/** The row of the operation that began then, or -1. */
function rowAt(start: Int32Array, length: number, operation: number): number {
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (start[middle] < operation) low = middle + 1;
    else high = middle;
  }
  return start[low] === operation ? low : -1;
}
