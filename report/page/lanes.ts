import type { Operations } from './operations.ts';

/** How operations are sorted into lanes. */
export type Grouping = 'client' | 'process' | 'key' | 'node';

/** Who made the calls: the clients, and after them a worker for each node that asks it the final calls. */
export interface Crew {
  readonly clients: number;
  readonly nodes: readonly string[];
}

/** Operations of one group that overlap lie in rows of their own, up to this many; beyond it they share the last. */
const MOST_ROWS = 10;

/**
 * The lanes of the timeline: a row is operations one after the other; a group is the rows of one process, key or node.
 */
export interface Lanes {
  readonly groups: readonly { readonly name: string; readonly first: number; readonly rows: number }[];
  readonly rows: number;
  /** Operations by row: row `i` has `order[begin[i]]` to `order[begin[i + 1] - 1]`, in the order of their starts. */
  readonly order: Int32Array;
  readonly begin: Int32Array;
  /** The row of each operation. */
  readonly rowOf: Int32Array;
}

/**
 * Sorts all operations into lanes: linear but for the number of rows
 * a group needs. By client, processes are folded into their `crew`.
 */
export function lanesOf(ops: Operations, by: Grouping, crew: Crew): Lanes {
  const { ids, names } = grouped(ops, by, crew);
  const ends: number[][] = names.map(() => []);
  const rowIn = new Int32Array(ops.length);
  for (let i = 0; i < ops.length; i++) rowIn[i] = freeRow(ends[ids[i]!]!, ops.columns.startNs[i]!, ops.endNs(i));
  const groups: { name: string; first: number; rows: number }[] = [];
  let rows = 0;
  names.forEach((name, id) => {
    const used = Math.max(1, ends[id]!.length);
    groups.push({ name, first: rows, rows: used });
    rows += used;
  });
  const rowOf = new Int32Array(ops.length);
  const begin = new Int32Array(rows + 1);
  for (let i = 0; i < ops.length; i++) {
    const row = groups[ids[i]!]!.first + rowIn[i]!;
    rowOf[i] = row;
    begin[row + 1]!++;
  }
  for (let row = 0; row < rows; row++) begin[row + 1]! += begin[row]!;
  const next = begin.slice();
  const order = new Int32Array(ops.length);
  for (let i = 0; i < ops.length; i++) order[next[rowOf[i]!]!++] = i;
  return { groups, rows, order, begin, rowOf };
}

/** The first place in `order` at or after `begin[row]` whose operation ends after `ns`. */
export function firstEndingAfter(lanes: Lanes, ops: Operations, row: number, ns: number): number {
  let low = lanes.begin[row]!;
  let high = lanes.begin[row + 1]!;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ops.endNs(lanes.order[middle]!) < ns) low = middle + 1;
    else high = middle;
  }
  return low;
}

function freeRow(ends: number[], start: number, end: number): number {
  for (let row = 0; row < ends.length; row++) {
    if (ends[row]! > start) continue;
    ends[row] = end;
    return row;
  }
  if (ends.length < MOST_ROWS) return ends.push(end) - 1;
  const last = ends.length - 1;
  ends[last] = Math.max(ends[last]!, end);
  return last;
}

function grouped(ops: Operations, by: Grouping, crew: Crew): { ids: Int32Array; names: string[] } {
  const { columns } = ops;
  if (by === 'client') {
    const named = (worker: number) =>
      worker < crew.clients ? `client ${worker}` : `final ${crew.nodes[worker - crew.clients]}`;
    return numbered(ops, (row) => columns.worker[row]!, named);
  }
  if (by === 'process')
    return numbered(
      ops,
      (row) => columns.process[row]!,
      (process) => `process ${process}`,
    );
  return by === 'key'
    ? sorted(columns.key, columns.keyNames, 'no key')
    : sorted(columns.node, columns.nodeNames, 'no node');
}

function numbered(
  ops: Operations,
  numberOf: (row: number) => number,
  named: (number: number) => string,
): { ids: Int32Array; names: string[] } {
  const seen = new Set<number>();
  for (let row = 0; row < ops.length; row++) seen.add(numberOf(row));
  const inOrder = [...seen].sort((a, b) => a - b);
  const places = new Map(inOrder.map((number, place) => [number, place]));
  const ids = new Int32Array(ops.length);
  for (let row = 0; row < ops.length; row++) ids[row] = places.get(numberOf(row))!;
  return { ids, names: inOrder.map(named) };
}

function sorted(column: Int32Array, names: readonly string[], none: string): { ids: Int32Array; names: string[] } {
  const collator = new Intl.Collator('en', { numeric: true });
  const inOrder = names.map((_, place) => place).sort((a, b) => collator.compare(names[a]!, names[b]!));
  const hasNone = column.includes(-1);
  const places = new Int32Array(names.length);
  inOrder.forEach((place, at) => {
    places[place] = at;
  });
  return {
    ids: column.map((place) => (place < 0 ? names.length : places[place]!)),
    names: [...inOrder.map((place) => names[place]!), ...(hasNone ? [none] : [])],
  };
}
