/**
 * What queues, stacks and priority queues have in common: values go in once and come out once.
 *
 * For a value, four times matter: when its insertion began and ended, when its removal began and ended. They
 * are tuned as in Lee and Mathur, "Efficient decrease-and-conquer linearizability monitoring", OOPSLA 2025:
 * nothing is inserted after it came out, nothing begins to come out before it began to go in. Between the end
 * of its insertion and the beginning of its removal a value is certainly inside: its critical interval.
 */
import type { Anomaly } from '../checker.ts';
import { FAIL, INFO, NEVER_COLUMN } from '../history.ts';
import { baseless, PUT_IN } from './begun.ts';
import { anomaly, say, short } from './findings.ts';
import { identity } from './identity.ts';
import { type Finding, unsupportedOperations } from './monitor.ts';
import { hadBegunBy } from './real-time.ts';
import type { Timeline } from './timeline.ts';

/** The values that matter, by place; a value that may never have been inserted and never came out does not. */
export interface Contents {
  readonly timeline: Timeline;
  readonly count: number;
  /** The rows of a value's insertion and removal; -1 where it was never removed. */
  readonly addRow: Int32Array;
  readonly removeRow: Int32Array;
  /** The tuned times. Both of a removal that never was are `NEVER_COLUMN`. */
  readonly addInv: Int32Array;
  readonly addRet: Int32Array;
  readonly removeInv: Int32Array;
  readonly removeRet: Int32Array;
  /** Rows of removals that found nothing, and of removals that never returned. */
  readonly empties: readonly number[];
  readonly pending: readonly number[];
}

/**
 * Pairs insertions with removals. Returns what is wrong with them, or why they cannot be paired, or the contents. O(n).
 */
export function contentsOf(timeline: Timeline, add: string, remove: string): Contents | Finding {
  const unsupported = unsupportedOperations(timeline, [add, remove]);
  if (unsupported) return unsupported;
  const { columns, rows } = timeline;
  const adding = columns.fNames.indexOf(add);
  const insertions = insertionsOf(timeline, adding);
  if ('type' in insertions) return insertions;
  const { added } = insertions;
  const removed = new Int32Array(added.length).fill(-1);
  const empties: number[] = [];
  const pending: number[] = [];
  const anomalies: Anomaly[] = [];
  for (const row of rows) {
    const type = columns.type[row];
    if (columns.f[row] === adding || (type === FAIL && !timeline.refused(row))) continue;
    if (type === INFO) pending.push(row);
    else if (type === FAIL) empties.push(row);
    else if (columns.output[row] === null) empties.push(row);
    else {
      const problem = paired(timeline, row, insertions, removed);
      if (problem) anomalies.push(problem);
    }
  }
  if (anomalies.length > 0) return { type: 'invalid', anomalies };
  return tuned(timeline, added, removed, empties, pending);
}

interface Insertions {
  /** Places in `added` by value, and the rows of the insertions that did not fail. */
  readonly ids: ReadonlyMap<unknown, number>;
  readonly added: readonly number[];
  readonly failed: ReadonlyMap<unknown, number>;
}

function insertionsOf({ columns, rows }: Timeline, adding: number): Insertions | Finding {
  const ids = new Map<unknown, number>();
  const added: number[] = [];
  const failed = new Map<unknown, number>();
  for (const row of rows) {
    if (columns.f[row] !== adding) continue;
    const value = identity(columns.input[row]);
    if (columns.type[row] === FAIL) failed.set(value, row);
    else if (ids.has(value)) return { type: 'unsure', reason: `${short(columns.input[row])} went in twice` };
    else if (value === null)
      return { type: 'unsure', reason: 'null went in, which reads as nothing when it comes out' };
    else ids.set(value, added.push(row) - 1);
  }
  return { ids, added, failed };
}

function paired(
  { columns }: Timeline,
  row: number,
  { ids, added, failed }: Insertions,
  removed: Int32Array,
): Anomaly | undefined {
  const value = identity(columns.output[row]);
  const id = ids.get(value);
  const again = id !== undefined && removed[id] >= 0;
  if (id !== undefined && !again && hadBegunBy(columns, added[id], row)) {
    removed[id] = row;
    return undefined;
  }
  const name = short(columns.output[row]);
  if (again) {
    const rows = [added[id], removed[id], row];
    const steps = rows.map((one) => say(columns, one));
    return anomaly(columns, 'duplicate', `${name} was added once and came out twice.`, rows, steps);
  }
  const origin = { begun: id === undefined ? [] : [added[id]], failed: failed.get(value) ?? -1 };
  return baseless(columns, PUT_IN, `${name} came out`, row, origin);
}

function tuned(
  timeline: Timeline,
  added: readonly number[],
  removed: Int32Array,
  empties: readonly number[],
  pending: readonly number[],
): Contents {
  const { columns, inv, ret } = timeline;
  const kept = [...added.keys()].filter((id) => removed[id] >= 0 || columns.type[added[id]] !== INFO);
  const count = kept.length;
  const addRow = Int32Array.from(kept, (id) => added[id]);
  const removeRow = Int32Array.from(kept, (id) => removed[id]);
  const addInv = new Int32Array(count);
  const addRet = new Int32Array(count);
  const removeInv = new Int32Array(count).fill(NEVER_COLUMN);
  const removeRet = new Int32Array(count).fill(NEVER_COLUMN);
  for (let v = 0; v < count; v++) {
    addInv[v] = inv[addRow[v]];
    addRet[v] = ret[addRow[v]];
    if (removeRow[v] < 0) continue;
    removeRet[v] = ret[removeRow[v]];
    addRet[v] = Math.min(addRet[v], removeRet[v]);
    removeInv[v] = Math.max(inv[removeRow[v]], addInv[v]);
  }
  return { timeline, count, addRow, removeRow, addInv, addRet, removeInv, removeRet, empties, pending };
}

/** These values alone, in this order, on a clock of their own. */
export function part(contents: Contents, values: readonly number[]): Contents {
  const { timeline, addRow, removeRow } = contents;
  const times: number[] = [];
  const columns = [contents.addInv, contents.addRet, contents.removeInv, contents.removeRet];
  for (const v of values) for (const column of columns) if (column[v] !== NEVER_COLUMN) times.push(column[v]);
  const clock = new Map([...new Set(times)].sort((a, b) => a - b).map((time, place) => [time, place]));
  const again = (column: Int32Array): Int32Array =>
    Int32Array.from(values, (v) => (column[v] === NEVER_COLUMN ? NEVER_COLUMN : (clock.get(column[v]) as number)));
  return {
    timeline: { ...timeline, size: clock.size },
    count: values.length,
    addRow: Int32Array.from(values, (v) => addRow[v]),
    removeRow: Int32Array.from(values, (v) => removeRow[v]),
    addInv: again(contents.addInv),
    addRet: again(contents.addRet),
    removeInv: again(contents.removeInv),
    removeRet: again(contents.removeRet),
    empties: [],
    pending: [],
  };
}

/** The rows of a value's operations. */
export function rowsOf({ addRow, removeRow }: Contents, v: number): readonly number[] {
  return removeRow[v] < 0 ? [addRow[v]] : [addRow[v], removeRow[v]];
}

/** The fewest of the values in question whose critical intervals cover the gaps from `from` to `to - 1`, by reach. */
export function coveringValues(
  { count, addRet, removeInv }: Contents,
  from: number,
  to: number,
  inQuestion: (v: number) => boolean = () => true,
): readonly number[] {
  const candidates: number[] = [];
  for (let v = 0; v < count; v++) {
    if (addRet[v] < Math.min(removeInv[v], to) && removeInv[v] > from && inQuestion(v)) candidates.push(v);
  }
  candidates.sort((a, b) => addRet[a] - addRet[b]);
  const chosen: number[] = [];
  let covered = from;
  for (let i = 0; covered < to; ) {
    let best = -1;
    for (; i < candidates.length && addRet[candidates[i]] <= covered; i++) {
      if (best < 0 || removeInv[candidates[i]] > removeInv[best]) best = candidates[i];
    }
    if (best < 0 || removeInv[best] <= covered) break;
    chosen.push(best);
    covered = removeInv[best];
  }
  return chosen;
}

/** `5 was inside from the end of operation 3 to the beginning of operation 8`. */
export function heldSentence({ timeline, addRow, removeRow }: Contents, v: number): string {
  const { columns } = timeline;
  const until = removeRow[v] < 0 ? 'forever' : `to the beginning of ${say(columns, removeRow[v])}`;
  return `${short(columns.input[addRow[v]])} was inside from the end of ${say(columns, addRow[v])} ${until}.`;
}
