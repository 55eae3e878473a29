/**
 * Values that swaps join into chains: which are needed, what may have
 * taken each away, and whether each chain is in order by itself.
 */
import { NEVER_COLUMN, OK } from '../history.ts';
import { ALWAYS, CAS, NOBODY, type RegisterRows } from './register-columns.ts';
import type { Violation } from './zone-verdict.ts';

/** The state of one judgement: everything by value, but `repeated` by key. */
export interface Board {
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

/**
 * Which `cas` took each value away. One that returned surely did; one that did not counts only if its value is
 * needed: read, or expected by one that counts. Two that count and took the same value cannot both have found it.
 */
export function linkSwaps(board: Board): void {
  const { rows, writer, readStart, taker } = board;
  const old = rows.old as Int32Array;
  const counted = new Uint8Array(rows.values);
  const needed: number[] = [];
  for (let v = 0; v < rows.values; v++) {
    if (readStart[v] < 0 && (writer[v] < 0 || rows.type[writer[v]] !== OK)) continue;
    counted[v] = 1;
    needed.push(v);
  }
  for (const v of expectedForNothing(board)) {
    if (counted[v] === 0) needed.push(v);
    counted[v] = 1;
  }
  for (let v = needed.pop(); v !== undefined; v = needed.pop()) {
    const row = writer[v];
    if (row === NOBODY) board.found.push({ kind: 'unwritten', key: rows.keyOfValue[v], value: v });
    if (row < 0 || rows.kind[row] !== CAS) continue;
    const taken = old[row];
    if (taker[taken] === NOBODY) taker[taken] = row;
    else if (writer[taken] !== NOBODY) board.found.push({ kind: 'twice', key: rows.keyOfValue[v], value: v });
    if (counted[taken] === 1) continue;
    counted[taken] = 1;
    board.reason[taken] = row;
    needed.push(taken);
  }
  ownBlocks(board, counted);
}

/** The values that nobody wrote, and that swaps found that returned: also where their own values repeat. */
function* expectedForNothing({ rows, writer, reason }: Board): Generator<number> {
  for (let row = 0; row < rows.length; row++) {
    if (rows.kind[row] !== CAS || rows.type[row] !== OK) continue;
    const taken = (rows.old as Int32Array)[row];
    if (writer[taken] !== NOBODY) continue;
    reason[taken] = row;
    yield taken;
  }
}

/** Makes a block of each value that was there: at first, or written and counted. What nobody wrote stands nowhere. */
function ownBlocks({ writer, block }: Board, counted: Uint8Array): void {
  for (let v = 0; v < block.length; v++) {
    const there = writer[v] === ALWAYS || (counted[v] === 1 && writer[v] !== NOBODY);
    block[v] = there ? v : -1;
  }
}

/** Joins values into chains, checks the order inside each, and measures the blocks. */
export function chainBlocks(board: Board): void {
  const { rows, writer, block, taker, found } = board;
  const placed = new Uint8Array(rows.values);
  for (let head = 0; head < rows.values; head++) {
    if (block[head] < 0) continue;
    if (writer[head] >= 0 && rows.kind[writer[head]] === CAS) continue;
    board.first[head] = NEVER_COLUMN;
    board.last[head] = -1;
    let latest = head;
    const before = found.length;
    for (let v = head; ; v = rows.value[taker[v]]) {
      placed[v] = 1;
      block[v] = head;
      latest = placeInChain(board, head, v, latest);
      if (taker[v] === NOBODY) break;
    }
    if (found.length === before) continue;
    // One cause is enough; and a value that is wrong alone is not compared with others.
    found.length = before + 1;
    block[head] = -1;
  }
  for (let v = 0; v < rows.values; v++) {
    if (block[v] < 0 || placed[v] === 1) continue;
    // Not reached from a write: its chain begins with a value that nobody
    // wrote (already said), or that was taken twice, or is a cycle.
    if (inCycle(board, v)) found.push({ kind: 'cycle', key: rows.keyOfValue[v], value: v });
    block[v] = -1;
  }
}

/**
 * Adds a value's write and reads to its chain. `latest` is the
 * value whose operation began last so far; returns the new one.
 */
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

/**
 * Whether going back from value to value, each expected by the
 * swap that made the one before, returns to where it began.
 */
function inCycle(board: Board, from: number): boolean {
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
