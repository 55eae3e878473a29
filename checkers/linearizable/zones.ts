/**
 * Linearizability of registers whose written values are unique, in linear time, all keys at once.
 *
 * All operations on one value stand next to each other in any linearization. So do all operations on a chain of values, each swapped for the
 * next by a `cas`: a block. Let f be the earliest return in a block and s its latest invocation. The history is linearizable iff
 * every value read or expected has a writer that did not fail, no value is swapped away twice, no chain is a circle, inside each chain no operation returns before one
 * that the chain puts earlier begins, and for no two blocks f(a) < s(b) and f(b) < s(a).
 *
 * Necessity: f(a) < s(b) says that some operation of a ended before one of b began, so a's block comes first; both cannot. Sufficiency: blocks
 * with f < s (forward) are disjoint in time and are placed at their instants; in the others all operations overlap, so each is one instant that lies outside every forward block.
 * Writes and swaps that never returned count as returning never, and only where somebody saw their value: one that nobody saw can be left out of any legal order.
 *
 * Refused swaps are judged after that (refused.ts).
 *
 * Gibbons and Korach, "Testing shared memories", SIAM Journal on Computing 26(4), 1997. Chains are ours.
 */
import { FAIL, NEVER_COLUMN, OK } from '../history.ts';
import { judgeRefusals } from './refused.ts';
import { CAS, READ, REFUSED, type RegisterRows } from './register-columns.ts';

/**
 * What can be wrong with registers: with one value (`value`), or between two blocks, named by a value of each, or with the swap in `row` that was refused
 * though the value was there all the while.
 */
export type Violation =
  | { readonly kind: 'unwritten' | 'future' | 'circle' | 'twice'; readonly key: number; readonly value: number }
  | { readonly kind: 'order'; readonly key: number; readonly value: number; readonly earlier: number }
  | { readonly kind: 'refused'; readonly key: number; readonly value: number; readonly row: number }
  | { readonly kind: 'blocks'; readonly key: number; readonly value: number; readonly other: number };

/** The verdict of the zones: at most one violation a key and kind, and the keys which they cannot judge. */
export interface Zones {
  readonly violations: readonly Violation[];
  /** 1 for a key with repeated values, which must be searched. */
  readonly repeated: Uint8Array;
  /** 1 for a key whose reads and writes are right, but whose refused swaps the zones do not decide: it must be searched. */
  readonly open: Uint8Array;
  /** The row that made each value, -1 for none and -2 for what was there at first. */
  readonly writer: Int32Array;
  /** The row of the `cas` that took each value away, or -1; only where there are any. */
  readonly taker: Int32Array;
  /** For each value the row of the `cas` that makes it count, or -1 where it was read or its writer returned; only where there are any swaps. */
  readonly reason: Int32Array;
  /** For each value the first of its block, or -1 where it stands in no order: never written, or never seen. */
  readonly block: Int32Array;
  /** For each block its earliest return and its latest invocation. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** For each value the earliest return and the latest invocation of its reads: `NEVER_COLUMN` and -1 where there are none. */
  readonly readReturn: Int32Array;
  readonly readStart: Int32Array;
}

/** Nobody made the value. */
const NOBODY = -1;
/** The value was there at first. */
export const ALWAYS = -2;

/** The state of one judgement: everything by value, but `repeated` by key. */
interface Board {
  readonly rows: RegisterRows;
  readonly writer: Int32Array;
  readonly readReturn: Int32Array;
  readonly readStart: Int32Array;
  readonly taker: Int32Array;
  readonly reason: Int32Array;
  readonly repeated: Uint8Array;
  readonly block: Int32Array;
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly found: Violation[];
}

/** Judges registers. Exact for every key that is neither `repeated` nor `open`. Time and memory linear in rows, values and events; 24 bytes a value. */
export function zones(rows: RegisterRows): Zones {
  const swaps = rows.old !== undefined;
  const board: Board = {
    rows,
    writer: new Int32Array(rows.values).fill(NOBODY),
    readReturn: new Int32Array(rows.values).fill(NEVER_COLUMN),
    readStart: new Int32Array(rows.values).fill(-1),
    taker: swaps ? new Int32Array(rows.values).fill(NOBODY) : new Int32Array(0),
    reason: swaps ? new Int32Array(rows.values).fill(-1) : new Int32Array(0),
    repeated: new Uint8Array(rows.keys),
    block: new Int32Array(rows.values).fill(-1),
    first: new Int32Array(rows.values),
    last: new Int32Array(rows.values),
    found: [],
  };
  for (let key = 0; key < rows.keys; key++) board.writer[rows.initial[key]] = ALWAYS;
  gather(board);
  if (swaps) {
    linkSwaps(board);
    chainBlocks(board);
  } else singleBlocks(board);
  sweep(board);
  const { rows: _, found, ...plain } = board;
  const { repeated } = plain;
  const violations = once(found.filter(({ key }) => repeated[key] === 0));
  if (!rows.kind.includes(REFUSED)) return { ...plain, violations, open: new Uint8Array(rows.keys) };
  const refused = judgeRefusals(rows, { ...plain, violations });
  return { ...plain, violations: [...violations, ...refused.violations], open: refused.open };
}

/** One pass over the rows: who made each value, and when it was read. */
function gather(board: Board): void {
  const { rows, writer, readReturn, readStart, repeated } = board;
  const { kind, type, value, start, end, keyOfValue, length } = rows;
  for (let row = 0; row < length; row++) {
    const v = value[row];
    if (kind[row] === READ) {
      if (type[row] !== OK) continue;
      if (end[row] < readReturn[v]) readReturn[v] = end[row];
      if (start[row] > readStart[v]) readStart[v] = start[row];
    } else if (kind[row] <= CAS && type[row] !== FAIL) {
      if (writer[v] === NOBODY) writer[v] = row;
      else repeated[keyOfValue[v]] = 1;
    }
  }
}

/** Without swaps every value is a block of its own. */
function singleBlocks(board: Board): void {
  const { rows, writer, readReturn, readStart, block, first, last, found } = board;
  for (let v = 0; v < rows.values; v++) {
    const row = writer[v];
    const seen = readStart[v] >= 0;
    if (row === NOBODY) {
      if (seen) found.push({ kind: 'unwritten', key: rows.keyOfValue[v], value: v });
      continue;
    }
    if (row !== ALWAYS && !seen && rows.type[row] !== OK) continue;
    const made = row === ALWAYS ? -1 : rows.start[row];
    const done = row === ALWAYS ? -1 : rows.end[row];
    block[v] = v;
    first[v] = Math.min(done, readReturn[v]);
    last[v] = Math.max(made, readStart[v]);
    if (readReturn[v] < made) found.push({ kind: 'future', key: rows.keyOfValue[v], value: v });
  }
}

/**
 * Which `cas` took each value away. One that returned surely did; one that did not counts only if its value is needed: read, or expected by one that
 * counts. Two that count and took the same value cannot both have found it.
 */
function linkSwaps(board: Board): void {
  const { rows, writer, readStart, taker } = board;
  const old = rows.old as Int32Array;
  const counted = new Uint8Array(rows.values);
  const needed: number[] = [];
  for (let v = 0; v < rows.values; v++) {
    if (readStart[v] < 0 && (writer[v] < 0 || rows.type[writer[v]] !== OK)) continue;
    counted[v] = 1;
    needed.push(v);
  }
  for (let v = needed.pop(); v !== undefined; v = needed.pop()) {
    const row = writer[v];
    if (row === NOBODY) board.found.push({ kind: 'unwritten', key: rows.keyOfValue[v], value: v });
    if (row < 0 || rows.kind[row] !== CAS) continue;
    const taken = old[row];
    if (taker[taken] !== NOBODY) board.found.push({ kind: 'twice', key: rows.keyOfValue[v], value: v });
    else taker[taken] = row;
    if (counted[taken] === 1) continue;
    counted[taken] = 1;
    board.reason[taken] = row;
    needed.push(taken);
  }
  for (let v = 0; v < rows.values; v++) board.block[v] = counted[v] === 1 || writer[v] === ALWAYS ? v : -1;
}

/** Joins values into chains, checks the order inside each, and measures the blocks. */
function chainBlocks(board: Board): void {
  const { rows, writer, block, taker, found } = board;
  const placed = new Uint8Array(rows.values);
  for (let head = 0; head < rows.values; head++) {
    if (block[head] < 0 || writer[head] === NOBODY) continue;
    if (writer[head] >= 0 && rows.kind[writer[head]] === CAS) continue;
    board.first[head] = NEVER_COLUMN;
    board.last[head] = -1;
    let latest = head;
    for (let v = head; ; v = rows.value[taker[v]]) {
      placed[v] = 1;
      block[v] = head;
      latest = placeInChain(board, head, v, latest);
      if (taker[v] === NOBODY) break;
    }
  }
  for (let v = 0; v < rows.values; v++) {
    if (block[v] < 0 || placed[v] === 1 || writer[v] === NOBODY) continue;
    // Not reached from a write: its chain begins with a value that nobody wrote (already said), or that was taken twice, or is a circle.
    if (inCircle(board, v)) found.push({ kind: 'circle', key: rows.keyOfValue[v], value: v });
    block[v] = -1;
  }
}

/** Adds a value's write and reads to its chain. `latest` is the value whose operation began last so far; answers the new one. */
function placeInChain(board: Board, head: number, v: number, latest: number): number {
  const { rows, writer, readReturn, readStart, first, last, found } = board;
  const row = writer[v];
  const made = row === ALWAYS ? -1 : rows.start[row];
  const done = row === ALWAYS ? -1 : rows.end[row];
  const key = rows.keyOfValue[v];
  let latestNow = latest;
  if (done < last[head]) found.push({ kind: 'order', key, value: v, earlier: latest });
  if (made > last[head]) {
    last[head] = made;
    latestNow = v;
  }
  if (readReturn[v] < last[head])
    found.push(
      latestNow === v ? { kind: 'future', key, value: v } : { kind: 'order', key, value: v, earlier: latestNow },
    );
  if (readStart[v] > last[head]) {
    last[head] = readStart[v];
    latestNow = v;
  }
  first[head] = Math.min(first[head], done, readReturn[v]);
  return latestNow;
}

/** Whether going back from value to value, each expected by the swap that made the one before, returns to where it began. */
function inCircle(board: Board, from: number): boolean {
  const { rows, writer } = board;
  const old = rows.old as Int32Array;
  let v = from;
  for (let step = 0; step < rows.values; step++) {
    const row = writer[v];
    if (row < 0 || rows.kind[row] !== CAS) return false;
    v = old[row];
    if (v === from) return true;
  }
  return false;
}

/** One pass over time: every block is met at the beginning of its zone and compared with the forward zone that is open on its key. */
function sweep(board: Board): void {
  const { rows, block, first, last, found } = board;
  const at = new Int32Array(rows.events).fill(-1);
  const open = new Int32Array(rows.keys).fill(-1);
  const holder = new Int32Array(rows.keys).fill(-1);
  for (let v = 0; v < rows.values; v++) {
    if (block[v] !== v) continue;
    const begin = Math.min(first[v], last[v]);
    if (begin >= 0) at[begin] = v;
    else {
      open[rows.keyOfValue[v]] = last[v];
      holder[rows.keyOfValue[v]] = v;
    }
  }
  for (let event = 0; event < rows.events; event++) {
    const v = at[event];
    if (v < 0) continue;
    const key = rows.keyOfValue[v];
    if (first[v] < open[key]) found.push({ kind: 'blocks', key, value: v, other: holder[key] });
    if (first[v] < last[v] && last[v] > open[key]) {
      open[key] = last[v];
      holder[key] = v;
    }
  }
}

/** The first violation of each kind on each key. */
function once(found: readonly Violation[]): readonly Violation[] {
  const seen = new Set<string>();
  return found.filter((violation) => {
    const name = `${violation.key} ${violation.kind}`;
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}
