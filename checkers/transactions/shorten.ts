/** Cycles with fewer transactions on them, of the same kind. */
import type { CycleStep } from './cycles.ts';
import { RT, RW, SO, WR, WW } from './edges.ts';
import { type ListTransactions, placeOfRead } from './lists.ts';
import type { Transactions } from './transactions-of.ts';

/** Longer cycles stay as they are: nobody reads them step by step. */
const LONGEST = 24;

/**
 * The cycle with a step in time in the place of several where the order of a session or real time, if they are on
 * the cycle already, says the same. Anti-dependencies are left alone: how many there are is the kind of the cycle.
 */
export function straightened(txns: Transactions, steps: readonly CycleStep[]): readonly CycleStep[] {
  if (steps.length > LONGEST) return steps;
  let cycle = steps;
  for (let shorter: readonly CycleStep[] | null = cycle; shorter !== null; shorter = shortcut(txns, cycle))
    cycle = shorter;
  return cycle;
}

function shortcut(txns: Transactions, cycle: readonly CycleStep[]): readonly CycleStep[] | null {
  for (let length = cycle.length - 1; length > 1; length--)
    for (let at = 0; at < cycle.length; at++) {
      const turned = [...cycle.slice(at), ...cycle.slice(0, at)];
      const part = turned.slice(0, length);
      const kind = part.some((step) => step.kind === RW)
        ? -1
        : timeBetween(txns, cycle, part[0].from, part[length - 1].to);
      if (kind < 0) continue;
      return [{ from: part[0].from, to: part[length - 1].to, kind, seen: -1, made: -1 }, ...turned.slice(length)];
    }
  return null;
}

/** The kind of the step by which time leads from one row to another, of those that are on the cycle; -1 for none. */
function timeBetween(
  { history, session }: Transactions,
  cycle: readonly CycleStep[],
  from: number,
  to: number,
): number {
  const { start, end } = history.columns;
  if (end[from] >= start[to]) return -1;
  const has = (kind: number): boolean => cycle.some((step) => step.kind === kind);
  if (session[from] === session[to] && session[from] >= 0 && (has(SO) || has(RT))) return SO;
  return has(RT) ? RT : -1;
}

/**
 * The cycle without list transactions that it does not need. The edges lead from each append to the next of its
 * key, but an append precedes all that come later in the list, a list shows every append in it, and a reader
 * precedes all that came after what it read. No two anti-dependencies follow one another that did not before.
 */
export function shortened(lists: ListTransactions, steps: readonly CycleStep[]): readonly CycleStep[] {
  let cycle = steps;
  for (let at = 0; at < cycle.length && cycle.length > 2; ) {
    const step = cycle[at];
    const next = cycle[(at + 1) % cycle.length];
    const merged = mergedStep(lists, step, next, cycle[(at + 2) % cycle.length], cycle.at(at - 1) as CycleStep);
    if (!merged) at++;
    else if (at + 1 < cycle.length) cycle = [...cycle.slice(0, at), merged, ...cycle.slice(at + 2)];
    else cycle = [...cycle.slice(1, at), merged];
  }
  return cycle;
}

/**
 * Two steps as one, where the second continues in the list in which the first ended; null where they cannot be joined.
 */
function mergedStep(
  lists: ListTransactions,
  one: CycleStep,
  next: CycleStep,
  after: CycleStep,
  before: CycleStep,
): CycleStep | null {
  if (one.seen < 0 || next.seen < 0 || lists.versionKey[one.seen] !== lists.versionKey[next.seen]) return null;
  if (one.made < 0 || next.seen < one.made || one.from === next.to) return null;
  const ends = { from: one.from, to: next.to };
  if (next.kind === WW && one.kind === WW) return { ...ends, kind: WW, seen: one.seen, made: next.made };
  if (next.kind === WW && one.kind === RW && after.kind !== RW && before.kind !== RW)
    return { ...ends, kind: RW, seen: one.seen, made: next.made };
  // Of a transaction's appends only the last may be the end of what is read.
  if (next.kind !== WR || one.kind !== WW || lists.intermediate[one.seen] === 1) return null;
  const place = placeOfRead(lists, next.to, next.seen);
  return place >= 0 ? { ...ends, kind: WR, seen: next.seen, made: one.seen } : null;
}
