/**
 * The baseline: a polygraph as the textbook has it (Papadimitriou, JACM 1979). Every pair of writes of a key is a
 * choice, tried one way and then the other in depth, with a search of the whole graph for a cycle after each.
 */
import { type History, OK } from 'elle-ts';

type Mop = readonly [f: string, key: unknown, value: unknown];
type Edge = readonly [from: number, to: number];

/** Who wrote what, and who read it: the initial value of a key was written by row -1. */
interface Facts {
  readonly writers: Map<unknown, Set<number>>;
  readonly readers: Map<string, number[]>;
  readonly after: Set<number>[];
}

/** Whether the transactions have a strict serial order. */
export function plainOrder(history: History): boolean {
  const facts = factsOf(history);
  const { writers, readers, after } = facts;
  const { start, end } = history.columns;
  after.forEach((later, row) => {
    for (const other of after.keys()) if ((end[row] as number) < (start[other] as number)) later.add(other);
  });
  for (const [key, all] of writers)
    for (const reader of readers.get(`${key} -1`) ?? [])
      for (const row of all) if (row !== reader) after[reader]?.add(row);
  return decide(after, choicesOf(facts));
}

function factsOf(history: History): Facts {
  const { columns } = history;
  const mops = (row: number): readonly Mop[] =>
    (columns.type[row] === OK ? columns.output[row] : columns.input[row]) as readonly Mop[];
  const rows = Array.from({ length: history.length }, (_, row) => row);
  const writer = new Map<string, number>();
  const facts: Facts = { writers: new Map(), readers: new Map(), after: rows.map(() => new Set()) };
  const { writers, readers, after } = facts;
  for (const row of rows)
    for (const [f, key, value] of mops(row)) {
      if (f !== 'w') continue;
      writer.set(`${key} ${value}`, row);
      writers.set(key, (writers.get(key) ?? new Set()).add(row));
    }
  const read = (row: number, key: unknown, value: unknown): void => {
    const from = writer.get(`${key} ${value}`) ?? -1;
    if (from !== row) after[from]?.add(row);
    readers.set(`${key} ${from}`, [...(readers.get(`${key} ${from}`) ?? []), row]);
  };
  for (const row of rows) {
    if (columns.type[row] === OK) for (const [f, key, value] of mops(row)) if (f === 'r') read(row, key, value);
  }
  return facts;
}

type Choice = readonly [readonly Edge[], readonly Edge[]];

function choicesOf({ writers, readers }: Facts): Choice[] {
  const side = (key: unknown, a: number, b: number): Edge[] => [
    [a, b],
    ...(readers.get(`${key} ${a}`) ?? []).filter((reader) => reader !== b).map((reader): Edge => [reader, b]),
  ];
  return [...writers].flatMap(([key, all]) =>
    [...all].flatMap((a) => [...all].filter((b) => a < b).map((b): Choice => [side(key, a, b), side(key, b, a)])),
  );
}

/** Tries one side of each choice and then the other, and goes back where both close a cycle. */
function decide(after: Set<number>[], choices: readonly Choice[]): boolean {
  const taken: { readonly side: 0 | 1; readonly fresh: readonly Edge[] }[] = [];
  const take = (side: 0 | 1): boolean => {
    const choice = choices[taken.length] as Choice;
    const fresh = choice[side].filter(([from, to]) => !after[from]?.has(to));
    for (const [from, to] of fresh) after[from]?.add(to);
    taken.push({ side, fresh });
    return fresh.length === 0 || !hasCycle(after);
  };
  const goBack = (): boolean => {
    for (let last = taken.pop(); last; last = taken.pop()) {
      for (const [from, to] of last.fresh) after[from]?.delete(to);
      if (last.side === 0 && take(1)) return true;
    }
    return false;
  };
  if (hasCycle(after)) return false;
  while (taken.length < choices.length) if (!take(0) && !goBack()) return false;
  return true;
}

function hasCycle(after: readonly Set<number>[]): boolean {
  const waiting = new Int32Array(after.length);
  for (const targets of after) for (const to of targets) waiting[to] = (waiting[to] as number) + 1;
  const ready = [...waiting.keys()].filter((node) => waiting[node] === 0);
  for (const node of ready)
    for (const to of after[node] ?? []) {
      const left = (waiting[to] as number) - 1;
      waiting[to] = left;
      if (left === 0) ready.push(to);
    }
  return ready.length < after.length;
}
