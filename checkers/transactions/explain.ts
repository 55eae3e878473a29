/**
 * Cycles in words: a sentence for each step, with what was read and written, and the operations that prove it.
 */
import type { Anomaly } from '../checker.ts';
import type { Cycle } from './classify.ts';
import type { Overlook } from './constraints.ts';
import type { Step } from './cycles.ts';
import { type EdgeList, RT, SEEN, SO, WR, WW } from './edges.ts';
import { graphOf } from './graph.ts';
import type { Lists } from './lists.ts';
import { Paths } from './paths.ts';
import { type Finding, mopsOf, show, type Transactions, WRITE } from './transactions-of.ts';

/** A list as a person wants to see it: whole when short, else its end. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (!Array.isArray(value)) return show(value);
  if (value.length === 0) return 'the empty list';
  const tail = value.slice(-4).map(show).join(' ');
  return value.length > 4 ? `[... ${tail}]` : `[${tail}]`;
}

/** The value of the micro-operation in which `row` read or wrote `version`. */
function valueIn(txns: Transactions, row: number, version: number, write: boolean): unknown {
  for (let place = txns.first[row]; place < txns.first[row + 1]; place++)
    if (txns.version[place] === version && (txns.effect[place] === WRITE) === write)
      return mopsOf(txns.history, row)?.[place - txns.first[row]]?.[2];
  return undefined;
}

/** The version of `key` that `row` wrote first, where an edge does not say which. */
function writtenIn(txns: Transactions, row: number, key: number): number {
  for (let place = txns.first[row]; place < txns.first[row + 1]; place++)
    if (txns.key[place] === key && txns.effect[place] === WRITE) return txns.version[place];
  return -1;
}

function reason(txns: Transactions, step: Step, lists: boolean, from: string, to: string): string {
  const { process } = txns.history.columns;
  if (step.kind === SO) return `process ${process[step.from]} made ${from} and then ${to}`;
  if (step.kind === RT) return `${from} had ended when ${to} began`;
  if (step.kind === SEEN) return seenReason(txns, step, lists, from, to);
  const key = txns.versionKey[step.seen];
  const name = show(txns.keys[key]);
  const wrote = lists ? 'appended' : 'wrote';
  if (step.kind === WR) {
    const value = shown(valueIn(txns, step.to, step.seen, false));
    return lists
      ? `${to} read ${name} = ${value}, of which ${from} appended the last`
      : `${to} read ${name} = ${value}, which ${from} wrote`;
  }
  const made = step.made >= 0 ? step.made : writtenIn(txns, step.to, key);
  const later = shown(valueIn(txns, step.to, made, true));
  if (step.kind === WW) {
    const earlier = shown(valueIn(txns, step.from, step.seen, true));
    return `${to} ${wrote} ${name} = ${later} after ${from} ${wrote} ${earlier}`.replace(
      `appended ${name} = ${later}`,
      `appended ${later} to ${name}`,
    );
  }
  const value = shown(valueIn(txns, step.from, step.seen, false));
  return lists
    ? `${from} read ${name} = ${value}, without ${later}, which ${to} appended`
    : `${from} read ${name} = ${value}, which ${to} overwrote with ${later}`;
}

/** Why a write that a third transaction saw came before the one that it read. */
function seenReason(txns: Transactions, step: Step, lists: boolean, from: string, to: string): string {
  const { start } = txns.history.columns;
  const name = show(txns.keys[txns.versionKey[step.seen]]);
  const value = shown(valueIn(txns, step.made, step.seen, false));
  return `operation ${start[step.made]} had seen ${from}, which ${lists ? 'appends to' : 'writes'} ${name}, and yet read ${name} = ${value} from ${to}`;
}

const meanings: readonly (readonly [string, string])[] = [
  ['G0', 'transactions overwrite one another in a circle'],
  ['G1c', 'information flows in a circle'],
  ['G-single', 'a transaction sees part of another and overlooks the rest'],
  ['G-nonadjacent', 'transactions overlook one another without having been concurrent'],
  ['G2', 'each of these transactions overlooks what the next wrote'],
];

/** A cycle as an anomaly; `rowOf` maps the cycle's nodes to rows of the history. */
export function explainCycle(
  txns: Transactions,
  cycle: Cycle,
  rowOf: (node: number) => number,
  lists: boolean,
): Anomaly {
  const { start } = txns.history.columns;
  const steps = cycle.steps.map((step) => ({ ...step, from: rowOf(step.from), to: rowOf(step.to) }));
  const names = new Map<number, string>();
  for (const step of steps) if (!names.has(step.from)) names.set(step.from, `T${names.size + 1}`);
  const name = (row: number): string => names.get(row) ?? `operation ${start[row]}`;
  const who = [...names].map(([row, called]) => `${called} is operation ${start[row]}`).join(', ');
  const meaning = meanings.find(([prefix]) => cycle.name.startsWith(prefix))?.[1] ?? 'transactions are in a circle';
  return {
    name: cycle.name,
    message: `${names.size} transactions form a cycle: ${meaning} (${who})`,
    steps: [
      ...steps.map(
        (step) =>
          `${name(step.from)} is before ${name(step.to)}: ${reason(txns, step, lists, name(step.from), name(step.to))}`,
      ),
      `so ${name(steps[0].from)} would be before itself`,
    ],
    operations: [...new Set([...names.keys(), ...steps.flatMap((step) => witnesses(txns, step))])].map(
      (row) => start[row],
    ),
  };
}

/** Who shows a step that the two transactions do not show by themselves: who saw the one and not the other, or read the list that has both. */
function witnesses(txns: Transactions, { kind, seen, made }: Step): readonly number[] {
  if (kind === SEEN) return made >= 0 ? [made] : [];
  const list = kind === WW && seen >= 0 ? (txns as Partial<Lists>).lists?.[txns.versionKey[seen]] : undefined;
  return list && list.longestRow >= 0 ? [list.longestRow] : [];
}

/** A transaction that saw another, and found a key that the other writes as it was in the beginning. */
export function explainOverlook(
  txns: Transactions,
  name: string,
  { reader, seen, version }: Overlook,
  edges: EdgeList,
): Anomaly {
  const { start } = txns.history.columns;
  const path = heardOf(edges, seen, reader);
  const key = show(txns.keys[txns.versionKey[version]]);
  return {
    name,
    message: `a transaction saw another that writes ${key}, and yet read ${key} as it was in the beginning`,
    steps: [
      `operation ${start[seen]} wrote ${key}`,
      ...path
        .slice(1)
        .map(
          (row, i) => `operation ${start[row]} read from operation ${start[path[i]]}, or followed it in its session`,
        ),
      `operation ${start[reader]} read ${key} with nothing of it`,
    ],
    operations: path.map((row) => start[row]),
  };
}

/** The transactions by which `reader` had heard of `seen`: each read from the one before, or came after it in its session. */
function heardOf(edges: EdgeList, seen: number, reader: number): readonly number[] {
  const from = edges.from.slice(0, edges.length);
  for (let i = 0; i < edges.length; i++) if (edges.kind[i] !== WR && edges.kind[i] !== SO) from[i] = -1;
  const graph = graphOf(edges.nodes, edges.length, from, edges.to);
  const path = new Paths(graph, () => false).path(seen, reader) ?? [];
  return [seen, ...path.map((edge) => edges.to[edge]), ...(path.length === 0 ? [reader] : [])];
}

/** Transactions for whose writes there is no order. */
export function explainNoOrder(txns: Transactions, name: string, model: string, rows: readonly number[]): Anomaly {
  const { start } = txns.history.columns;
  return {
    name,
    message: `whatever the order of their writes, these ${rows.length} transactions are not ${model}: each order closes a cycle of dependencies`,
    steps: rows.map(
      (row) => `operation ${start[row]} did ${(mopsOf(txns.history, row) ?? []).map(mopText).join(', ')}`,
    ),
    operations: rows.map((row) => start[row]),
  };
}

function mopText([f, key, value]: readonly [string, unknown, unknown?]): string {
  if (f === 'r') return `read ${show(key)} = ${shown(value)}`;
  return f === 'w' ? `write ${show(key)} = ${shown(value)}` : `append ${shown(value)} to ${show(key)}`;
}

/** A finding as an anomaly. */
export function explainFinding(txns: Transactions, finding: Finding): Anomaly {
  const { start } = txns.history.columns;
  const { name, message, steps, rows } = finding;
  return { name, message, steps, operations: [...new Set(rows)].map((row) => start[row]) };
}
