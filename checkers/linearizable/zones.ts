/**
 * Linearizability of registers whose written values are unique, in linear time, all keys at once.
 *
 * All operations on one value stand next to each other in any linearization. So do all operations on
 * a chain of values, each swapped for the next by a `cas`: a block. Let f be the earliest return in a block
 * and s its latest invocation. The history is linearizable iff every value read or expected has a writer
 * that did not fail, no value is swapped away twice, no chain is a cycle, inside each chain no operation
 * returns before one that the chain puts earlier begins, and for no two blocks f(a) < s(b) and f(b) < s(a).
 *
 * Necessity: f(a) < s(b) says that some operation of a ended before one of b began, so a's block
 * comes first; both cannot. Sufficiency: blocks with f < s (forward) are disjoint in time and are
 * placed at their instants; in the others all operations overlap, so each is one instant that lies
 * outside every forward block. Writes and swaps that never returned have no return, and count
 * only where somebody saw their value: one that nobody saw can be left out of any legal order.
 *
 * Refused swaps are judged after that (refused.ts).
 *
 * Gibbons and Korach, "Testing shared memories", SIAM Journal on Computing 26(4), 1997. Chains are ours.
 */
import { FAIL, NEVER_COLUMN, OK } from '../history.ts';
import { type Board, chainBlocks, linkSwaps } from './chains.ts';
import { judgeRefusals } from './refused.ts';
import { ALWAYS, CAS, NOBODY, READ, REFUSED, type RegisterRows } from './register-columns.ts';
import type { Violation, Zones } from './zone-verdict.ts';

/**
 * Judges registers. Exact for every key that is neither `repeated` nor `open`.
 * Time and memory linear in rows, values and events; 24 bytes a value.
 */
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
  const violations = once(found.filter((violation) => isCertain(board, violation)));
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
    if (readReturn[v] >= made) continue;
    found.push({ kind: 'future', key: rows.keyOfValue[v], value: v });
    // A block that is wrong alone is not compared with others.
    block[v] = -1;
  }
}

/**
 * One pass over time: every block is met at the beginning of its
 * zone and compared with the forward zone that is open on its key.
 */
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

/**
 * Whether a violation stands though values repeat on its key: nobody wrote a value that was
 * read, or that a swap found which returned. Of all others it takes unique values to be sure.
 */
function isCertain({ rows, repeated, readStart, reason }: Board, { kind, key, value }: Violation): boolean {
  if (repeated[key] === 0) return true;
  if (kind !== 'unwritten') return false;
  return readStart[value] >= 0 || (reason[value] >= 0 && rows.type[reason[value]] === OK);
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
