/**
 * The baseline: dependencies of transactions over lists as a graph of maps and sets, with an edge for
 * everything that real time orders and is not ordered by others in between, and a search in depth
 * for any cycle. As plainly as it can be written; it names no cycle and judges no other model.
 */
import { type History, INFO, OK } from 'elle-ts';

type Mop = readonly [f: string, key: unknown, value: unknown];

/** Whether the transactions depend on one another, or follow in time, in a cycle. */
export function plainCycle(history: History): boolean {
  const after = new Map<number, Set<number>>();
  const edge = (from: number | undefined, to: number | undefined): void => {
    if (from === undefined || to === undefined || from === to) return;
    const known = after.get(from) ?? new Set();
    after.set(from, known);
    known.add(to);
  };
  dependencies(history, edge);
  realTime(history, edge);
  return hasCycle(after);
}

function mopsOf({ columns }: History, row: number): readonly Mop[] {
  return (columns.type[row] === OK ? columns.output[row] : columns.input[row]) as readonly Mop[];
}

/** Who appended what was read, who read it before the next was appended, and who appended one after the other. */
function dependencies(history: History, edge: (from: number | undefined, to: number | undefined) => void): void {
  const writer = new Map<string, number>();
  const longest = new Map<unknown, readonly unknown[]>();
  for (let row = 0; row < history.length; row++)
    for (const [f, key, value] of mopsOf(history, row)) {
      if (f === 'append') writer.set(`${key} ${value}`, row);
      else if (Array.isArray(value) && value.length > (longest.get(key)?.length ?? 0)) longest.set(key, value);
    }
  for (const [key, list] of longest)
    for (let i = 1; i < list.length; i++) edge(writer.get(`${key} ${list[i - 1]}`), writer.get(`${key} ${list[i]}`));
  for (let row = 0; row < history.length; row++)
    for (const [, key, value] of mopsOf(history, row)) {
      if (!Array.isArray(value)) continue;
      edge(writer.get(`${key} ${value.at(-1)}`), row);
      edge(row, writer.get(`${key} ${longest.get(key)?.[value.length]}`));
    }
}

/** Edges from each transaction to those that begin after it has ended, but for those that another lies between. */
function realTime({ columns }: History, edge: (from: number, to: number) => void): void {
  const events: { at: number; row: number; begins: boolean }[] = [];
  for (let row = 0; row < columns.length; row++) {
    events.push({ at: columns.start[row] as number, row, begins: true });
    if (columns.type[row] !== INFO) events.push({ at: columns.end[row] as number, row, begins: false });
  }
  events.sort((a, b) => a.at - b.at);
  const before = new Map<number, readonly number[]>();
  let ended: readonly number[] = [];
  for (const { row, begins } of events) {
    if (begins) {
      before.set(row, ended);
      for (const other of ended) edge(other, row);
    } else ended = [...ended.filter((other) => !before.get(row)?.includes(other)), row];
  }
}

function hasCycle(after: ReadonlyMap<number, ReadonlySet<number>>): boolean {
  const state = new Map<number, 'open' | 'done'>();
  for (const root of after.keys()) {
    if (state.has(root)) continue;
    state.set(root, 'open');
    const path = [{ node: root, left: after.get(root)?.values() }];
    while (path.length > 0) {
      const { node, left } = path[path.length - 1] as (typeof path)[number];
      const next = left?.next();
      if (!next || next.done) {
        state.set(node, 'done');
        path.pop();
      } else if (state.get(next.value) === 'open') return true;
      else if (!state.has(next.value)) {
        state.set(next.value, 'open');
        path.push({ node: next.value, left: after.get(next.value)?.values() });
      }
    }
  }
  return false;
}
