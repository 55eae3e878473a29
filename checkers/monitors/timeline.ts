import { type Columns, FAIL, NEVER_COLUMN } from '../history.ts';

/**
 * The objects of a history, apart from each other, each on a clock of its own.
 *
 * Linearizability is local (Herlihy and Wing, TOPLAS 1990), so a monitor judges one key at a time. Within a key the
 * events are numbered 0, 1, 2... without holes: endpoints are then places in arrays, and sorting intervals is a scan.
 */
export interface Timeline {
  readonly columns: Columns;
  /** The object's key, or undefined where operations carry none. */
  readonly key: string | undefined;
  /** The object's operations in the order of their starts, failed ones too. */
  readonly rows: Int32Array;
  /** Tells the rows of failures that are observations; all other failures did not happen. */
  readonly refused: (row: number) => boolean;
  /**
   * By row: when it began and ended on the object's own clock; `NEVER_COLUMN`
   * for the end of an `info`, meaningless for what did not happen.
   */
  readonly inv: Int32Array;
  readonly ret: Int32Array;
  /** How many events the clock counts. */
  readonly size: number;
}

/** The rows of each key, in the order of first use. O(n). */
export function rowsByKey(columns: Columns): readonly (readonly number[])[] {
  const byKey = new Map<number, number[]>();
  for (let row = 0; row < columns.length; row++) {
    const rows = byKey.get(columns.key[row]);
    if (rows) rows.push(row);
    else byKey.set(columns.key[row], [row]);
  }
  return [...byKey.values()];
}

/**
 * The history's timelines, one a key in the order of first use; without real time
 * everything on them is at once. `refused` tells the rows of failures that are
 * observations. O(n), or O(n log n) where event indices are sparse or not unique.
 */
export function timelines(columns: Columns, refused: (row: number) => boolean = () => false): readonly Timeline[] {
  const { length: n, key } = columns;
  const keys = columns.keyNames.length + 1;
  const counts = new Int32Array(keys);
  for (let row = 0; row < n; row++) counts[key[row] + 1]++;
  const rows = Array.from(counts, (count) => new Int32Array(count));
  const filled = new Int32Array(keys);
  const order: number[] = [];
  for (let row = 0; row < n; row++) {
    const at = key[row] + 1;
    if (filled[at] === 0) order.push(at);
    rows[at][filled[at]++] = row;
  }
  const happened = (row: number): boolean => columns.type[row] !== FAIL || refused(row);
  const { inv, ret, sizes } = clocks(columns, keys, happened);
  return order.map((at) => ({
    columns,
    key: columns.keyNames[at - 1],
    rows: rows[at],
    refused,
    inv,
    ret,
    size: sizes[at],
  }));
}

function clocks(
  columns: Columns,
  keys: number,
  happened: (row: number) => boolean,
): { inv: Int32Array; ret: Int32Array; sizes: Int32Array } {
  const { length: n, key } = columns;
  const inv = new Int32Array(n);
  const ret = new Int32Array(n).fill(NEVER_COLUMN);
  const sizes = new Int32Array(keys);
  const ordered = columns.realTime ? (scattered(columns, happened) ?? sorted(columns, happened)) : undefined;
  const events = ordered ?? atOnce(columns, happened);
  for (let i = 0; i < events.length; i++) {
    const event = events[i];
    if (event < 0) continue;
    const row = event >> 1;
    const time = sizes[key[row] + 1]++;
    if ((event & 1) === 0) inv[row] = time;
    else ret[row] = time;
  }
  return { inv, ret, sizes };
}

/**
 * Events by place: `2 row` for a start, `2 row + 1` for an end,
 * -1 for none. Undefined where places are too sparse or taken twice.
 */
function scattered(columns: Columns, happened: (row: number) => boolean): Int32Array | undefined {
  const { length: n, start, end } = columns;
  const { first, last } = extent(columns, happened);
  const span = last - first + 1;
  if (span > 16 * n + 64) return undefined;
  const events = new Int32Array(Math.max(0, span)).fill(-1);
  for (let row = 0; row < n; row++) {
    if (!happened(row)) continue;
    const began = start[row] - first;
    const ended = end[row] - first;
    if (events[began] >= 0) return undefined;
    events[began] = 2 * row;
    if (end[row] === NEVER_COLUMN) continue;
    if (ended < 0 || events[ended] >= 0) return undefined;
    events[ended] = 2 * row + 1;
  }
  return events;
}

function extent(
  { length: n, start, end }: Columns,
  happened: (row: number) => boolean,
): { first: number; last: number } {
  let first = n > 0 ? start[0] : 0;
  let last = first - 1;
  for (let row = 0; row < n; row++) {
    if (!happened(row)) continue;
    first = Math.min(first, start[row]);
    last = Math.max(last, start[row], end[row] === NEVER_COLUMN ? first : end[row]);
  }
  return { first, last };
}

/** All begin before any ends: nothing is known to be before anything. */
function atOnce({ length: n, end }: Columns, happened: (row: number) => boolean): Int32Array {
  const events = new Int32Array(2 * n).fill(-1);
  for (let row = 0; row < n; row++) {
    if (!happened(row)) continue;
    events[row] = 2 * row;
    if (end[row] !== NEVER_COLUMN) events[n + row] = 2 * row + 1;
  }
  return events;
}

/** The same by sorting. Of equal indices the starts come first: operations that touch are concurrent. */
function sorted({ length: n, start, end }: Columns, happened: (row: number) => boolean): Int32Array {
  const events: number[] = [];
  for (let row = 0; row < n; row++) {
    if (!happened(row)) continue;
    events.push(2 * row);
    if (end[row] !== NEVER_COLUMN) events.push(2 * row + 1);
  }
  const time = (event: number): number => (event & 1 ? end : start)[event >> 1];
  return Int32Array.from(events.sort((a, b) => time(a) - time(b) || (a & 1) - (b & 1) || a - b));
}
