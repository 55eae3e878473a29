/**
 * The baseline: a polygraph as the textbook has it (Papadimitriou, JACM 1979). Every pair of writes of a key is a
 * choice, tried one way and then the other in depth, with a search of the whole graph for a cycle after each.
 */
import { type History, OK } from 'elle-ts';

type Mop = readonly [f: string, key: unknown, value: unknown];
type Edge = readonly [from: number, to: number];

/** Whether the transactions have a strict serial order. */
export function plainOrder(history: History): boolean {
  const { columns } = history;
  const mops = (row: number): readonly Mop[] =>
    (columns.type[row] === OK ? columns.output[row] : columns.input[row]) as readonly Mop[];
  const writer = new Map<string, number>();
  const writers = new Map<unknown, Set<number>>();
  const readers = new Map<string, number[]>();
  const rows = Array.from({ length: history.length }, (_, row) => row);
  for (const row of rows)
    for (const [f, key, value] of mops(row)) {
      if (f !== 'w') continue;
      writer.set(`${key} ${value}`, row);
      writers.set(key, (writers.get(key) ?? new Set()).add(row));
    }
  const after: Set<number>[] = rows.map(() => new Set());
  for (const row of rows) {
    for (const other of rows) if ((columns.end[row] as number) < (columns.start[other] as number)) after[row]?.add(other);
    if (columns.type[row] !== OK) continue;
    for (const [f, key, value] of mops(row)) {
      if (f !== 'r') continue;
      const from = writer.get(`${key} ${value}`);
      if (from !== undefined && from !== row) after[from]?.add(row);
      const id = `${key} ${from ?? -1}`;
      readers.set(id, [...(readers.get(id) ?? []), row]);
    }
  }
  for (const [key, all] of writers)
    for (const reader of readers.get(`${key} -1`) ?? []) for (const row of all) if (row !== reader) after[reader]?.add(row);
  const choices: (readonly [readonly Edge[], readonly Edge[]])[] = [];
  const side = (key: unknown, a: number, b: number): Edge[] => [
    [a, b],
    ...(readers.get(`${key} ${a}`) ?? []).filter((reader) => reader !== b).map((reader): Edge => [reader, b]),
  ];
  for (const [key, all] of writers)
    for (const a of all) for (const b of all) if (a < b) choices.push([side(key, a, b), side(key, b, a)]);
  return decide(after, choices, 0);
}

function decide(after: Set<number>[], choices: readonly (readonly [readonly Edge[], readonly Edge[]])[], at: number): boolean {
  const choice = choices[at];
  if (!choice) return !hasCycle(after);
  for (const side of choice) {
    const fresh = side.filter(([from, to]) => !after[from]?.has(to));
    for (const [from, to] of fresh) after[from]?.add(to);
    if ((fresh.length === 0 || !hasCycle(after)) && decide(after, choices, at + 1)) return true;
    for (const [from, to] of fresh) after[from]?.delete(to);
  }
  return false;
}

function hasCycle(after: readonly Set<number>[]): boolean {
  const waiting = new Int32Array(after.length);
  for (const targets of after) for (const to of targets) waiting[to] = (waiting[to] as number) + 1;
  const ready = [...waiting.keys()].filter((node) => waiting[node] === 0);
  for (const node of ready) for (const to of after[node] ?? []) {
      const left = (waiting[to] as number) - 1;
      waiting[to] = left;
      if (left === 0) ready.push(to);
    }
  return ready.length < after.length;
}
