/**
 * Orders that explain containers' histories: the constructive halves of the theorems.
 *
 * An operation may take effect in any gap between two events of its interval.
 * Removals that found nothing are put into gaps at which nothing need be inside; they
 * cut time into segments, and each value lies in one of them with both its operations.
 */
import { NEVER_COLUMN } from '../history.ts';
import type { Contents } from './container.ts';
import { freeGaps } from './empties.ts';

/**
 * Where a value's operations may lie: gaps, from and to, inclusive. What never came out is removed after all events.
 */
interface Room {
  readonly addFrom: Int32Array;
  readonly addTo: Int32Array;
  readonly removeFrom: Int32Array;
  readonly removeTo: Int32Array;
  /** By value, how many of the gaps at which nothing was found lie before it. */
  readonly segment: Int32Array;
  /** The gap of each removal that found nothing, ascending, and its row. */
  readonly empties: readonly { readonly gap: number; readonly row: number }[];
}

/**
 * One operation in an order: the segment (a half more for what
 * lies between two), the gap, and what decides within a gap.
 */
interface PlacedOperation {
  readonly row: number;
  readonly keys: readonly number[];
}

function sorted(placed: PlacedOperation[]): readonly number[] {
  placed.sort((a, b) => {
    for (let i = 0; i < a.keys.length; i++) if (a.keys[i] !== b.keys[i]) return a.keys[i] - b.keys[i];
    return 0;
  });
  return placed.map(({ row }) => row);
}

function roomOf(contents: Contents): Room {
  const { timeline, count, addInv, addRet, removeInv, removeRet } = contents;
  const { size, inv } = timeline;
  const free = freeGaps(contents);
  const empties = contents.empties
    .map((row) => ({ gap: free.indexOf(1, inv[row]), row }))
    .sort((a, b) => a.gap - b.gap);
  const cuts = [...new Set(empties.map(({ gap }) => gap))];
  const segment = new Int32Array(count);
  const room = {
    addFrom: addInv.slice(),
    addTo: addRet.map((time) => time - 1),
    removeFrom: removeInv.map((time) => Math.min(time, size)),
    removeTo: removeRet.map((time) => (time === NEVER_COLUMN ? size : time - 1)),
    segment,
    empties,
  };
  for (let v = 0; v < count; v++) {
    const at = firstAtLeast(cuts, room.removeFrom[v]);
    segment[v] = at;
    const from = at > 0 ? cuts[at - 1] : 0;
    const to = at < cuts.length ? cuts[at] : size;
    narrow(room, v, from, to);
  }
  return room;
}

/** Keeps both operations of a value between two gaps. */
function narrow({ addFrom, addTo, removeFrom, removeTo }: Room, v: number, from: number, to: number): void {
  addFrom[v] = Math.max(addFrom[v], from);
  removeFrom[v] = Math.max(removeFrom[v], from);
  addTo[v] = Math.min(addTo[v], to);
  removeTo[v] = Math.min(removeTo[v], to);
}

function firstAtLeast(ascending: readonly number[], bound: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

function placedEmpties({ empties }: Room): PlacedOperation[] {
  let cut = -1;
  let before = -1;
  return empties.map(({ gap, row }) => {
    if (gap !== before) cut++;
    before = gap;
    return { row, keys: [cut + 0.5, gap, 0, 0, 0, 0] };
  });
}

/**
 * First in, first out: values one after another, always one before which none of the others had
 * to go in or out; each operation as early as its interval and those before it allow. O(n log n).
 */
export function fifoOrder(contents: Contents): readonly number[] {
  const room = roomOf(contents);
  const { addFrom, addTo, removeFrom, removeTo, segment } = room;
  const span = contents.timeline.size + 1;
  const at = (times: Int32Array) => (v: number) => times[v] + span * segment[v];
  const placed = placedEmpties(room);
  let added = -1;
  let removed = -1;
  succession(contents.count, at(addFrom), at(addTo), at(removeFrom), at(removeTo)).forEach((v, place) => {
    added = Math.max(added, at(addFrom)(v));
    removed = Math.max(removed, added, at(removeFrom)(v));
    placed.push({ row: contents.addRow[v], keys: [segment[v], added - span * segment[v], 0, place, 0, 0] });
    if (contents.removeRow[v] < 0) return;
    placed.push({ row: contents.removeRow[v], keys: [segment[v], removed - span * segment[v], 1, place, 0, 0] });
  });
  return sorted(placed);
}

/** An order of values in which no later one had to be added, or removed, before an earlier one. */
function succession(
  count: number,
  addFrom: (v: number) => number,
  addTo: (v: number) => number,
  removeFrom: (v: number) => number,
  removeTo: (v: number) => number,
): readonly number[] {
  const by = (time: (v: number) => number): Uint32Array =>
    Uint32Array.from({ length: count }, (_, v) => v).sort((a, b) => time(a) - time(b));
  const gates = [
    { open: by(addFrom), from: addFrom, due: by(addTo), to: addTo },
    { open: by(removeFrom), from: removeFrom, due: by(removeTo), to: removeTo },
  ].map((gate) => ({ ...gate, next: 0, first: 0 }));
  const passed = new Uint8Array(count);
  const gone = new Uint8Array(count);
  const ready: number[] = [];
  const order: number[] = [];
  const admit = (): void => {
    for (const gate of gates) {
      while (gate.first < count && gone[gate.due[gate.first]]) gate.first++;
      const limit = gate.first < count ? gate.to(gate.due[gate.first]) : Number.POSITIVE_INFINITY;
      for (; gate.next < count && gate.from(gate.open[gate.next]) <= limit; gate.next++) {
        if (++passed[gate.open[gate.next]] === 2) ready.push(gate.open[gate.next]);
      }
    }
  };
  admit();
  for (let v = ready.pop(); v !== undefined; v = ready.pop()) {
    gone[v] = 1;
    order.push(v);
    admit();
  }
  return order;
}

/**
 * Largest first: each value goes in as late as it may and out in the first gap at which nothing larger is inside. In a
 * gap, first what came before goes out, the larger first, then values pass through, then others come in. O(n log n).
 */
export function priorityOrder(
  contents: Contents,
  priority: Float64Array,
  free: (v: number) => number,
): readonly number[] {
  const { count, addRow, addRet, removeRow, removeInv } = contents;
  const placed: PlacedOperation[] = placedEmpties(roomOf(contents)).map(({ row, keys }) => ({
    row,
    keys: [keys[1], 1, 0, 0],
  }));
  const gapOf = new Int32Array(count).fill(NEVER_COLUMN);
  const byPriority = Uint32Array.from(priority.keys()).sort((a, b) => priority[b] - priority[a]);
  for (const v of byPriority) if (removeInv[v] !== NEVER_COLUMN) gapOf[v] = free(v);
  for (let v = 0; v < count; v++) {
    const out = gapOf[v];
    const into = Math.min(addRet[v] - 1, out);
    const passes = into === out;
    placed.push({ row: addRow[v], keys: [into, passes ? 2 : 3, passes ? v : 0, 0] });
    if (removeRow[v] >= 0)
      placed.push({ row: removeRow[v], keys: passes ? [out, 2, v, 1] : [out, 0, -priority[v], 0] });
  }
  return sorted(placed);
}

/** How much work the order of a stack may take, in gaps looked at, before none is given. */
const EFFORT = 300_000_000;

/**
 * Last in, first out: in rounds, every value that can be outermost among those left goes in as late and out
 * as early as a gap allows in which nothing else that is left need be inside. Pairs of one round never cross;
 * what is left lies between their gaps. O(n) for each level of values inside values; none where that is too much.
 */
export function lifoOrder(contents: Contents): readonly number[] | undefined {
  const { timeline, count } = contents;
  const room = roomOf(contents);
  const { addFrom, addTo, removeFrom, removeTo } = room;
  const into = new Int32Array(count);
  const out = new Int32Array(count);
  const round = new Int32Array(count);
  let left = Array.from({ length: count }, (_, v) => v);
  for (let level = 1; left.length > 0; level++) {
    if (level * (timeline.size + left.length) > EFFORT) return undefined;
    const gaps = neighbours(contents, left);
    const rest: number[] = [];
    for (const v of left) {
      into[v] = gaps.atMost[addTo[v]];
      out[v] = gaps.atLeast[Math.max(removeFrom[v], into[v])];
      round[v] = level;
      if (into[v] >= addFrom[v] && out[v] <= removeTo[v]) continue;
      // Between the free gaps around the operation that has none lies the other one too.
      const inside = into[v] >= addFrom[v] ? removeFrom[v] : addFrom[v];
      narrow(room, v, gaps.atMost[inside], gaps.atLeast[inside]);
      rest.push(v);
    }
    if (rest.length === left.length) return undefined;
    left = rest;
  }
  return nested(contents, room, { into, out, round });
}

/** Pairs of gaps that never cross, and by which round each was found, as one order. */
function nested(
  { count, addRow, removeRow }: Contents,
  room: Room,
  { into, out, round }: { into: Int32Array; out: Int32Array; round: Int32Array },
): readonly number[] {
  const { segment } = room;
  const placed = placedEmpties(room);
  for (let v = 0; v < count; v++) {
    const passes = into[v] === out[v];
    const within = passes ? [1, v, 0, 0] : [2, -out[v], round[v], v];
    placed.push({ row: addRow[v], keys: [segment[v], into[v], ...within] });
    if (removeRow[v] < 0) continue;
    const leaving = passes ? [1, v, 1, 0] : [0, -into[v], -round[v], -v];
    placed.push({ row: removeRow[v], keys: [segment[v], out[v], ...leaving] });
  }
  return sorted(placed);
}

/**
 * For each gap the nearest one, before and after, at which none
 * of these values is certainly inside; itself if it is such.
 */
function neighbours(
  { timeline, addRet, removeInv }: Contents,
  values: readonly number[],
): { atMost: Int32Array; atLeast: Int32Array } {
  const { size } = timeline;
  const cover = new Int32Array(size + 2);
  for (const v of values) {
    const leaves = Math.min(removeInv[v], size);
    if (addRet[v] >= leaves) continue;
    cover[addRet[v]]++;
    cover[leaves]--;
  }
  const atMost = new Int32Array(size + 1);
  const atLeast = new Int32Array(size + 1);
  let last = -1;
  for (let gap = 0, inside = 0; gap <= size; gap++) {
    inside += cover[gap];
    if (inside === 0) last = gap;
    atMost[gap] = last;
  }
  let next = size;
  for (let gap = size; gap >= 0; gap--) {
    if (atMost[gap] === gap) next = gap;
    atLeast[gap] = next;
  }
  return { atMost, atLeast };
}
