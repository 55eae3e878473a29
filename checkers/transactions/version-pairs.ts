/** The pairs of versions of one key of which something tells the order, and what tells it. */
import { NEVER_COLUMN } from '../history.ts';
import { precedence, type Span } from './precedence.ts';
import { type Touch, versionsOf } from './touches.ts';
import type { RegisterTransactions } from './transactions-of.ts';

/** What may be assumed of the versions of each key. */
export interface VersionAssumptions {
  /** Versions follow real time: one that was touched before another was begun came first. */
  readonly linearizableKeys?: boolean;
  /** Versions follow the order in which each process touched them. */
  readonly sequentialKeys?: boolean;
  /** A transaction's writes follow what it read of the same key, even where another model would not say so. */
  readonly wfrKeys?: boolean;
  /** Transactions wrote in the order of these numbers, by the `start` of the operation. */
  readonly transactionOrder?: ReadonlyMap<number, number>;
}

/**
 * What tells the order: a transaction read the one and wrote the other,
 * a process or real time touched the one first, or `transactionOrder`.
 */
export type Why = 'read' | 'process' | 'realtime' | 'order';

/** Told of each pair; the rows are those that touched the first and the second version, and may be the same. */
export type Visit = (before: number, after: number, why: Why, first: number, second: number) => void;

/** Whether anything is assumed. */
export function isAssumed({
  linearizableKeys,
  sequentialKeys,
  wfrKeys,
  transactionOrder,
}: VersionAssumptions): boolean {
  return Boolean(linearizableKeys || sequentialKeys || wfrKeys || transactionOrder);
}

/** Visits the pairs of one key: enough of them that all others follow. A version is never paired with itself. */
export function pairsOfKey(
  registers: RegisterTransactions,
  touches: readonly Touch[],
  assume: VersionAssumptions,
  visit: Visit,
): void {
  for (const { first, last, row } of touches) if (first !== last) visit(first, last, 'read', row, row);
  if (assume.sequentialKeys) sequentialPairs(registers, touches, visit);
  if (assume.linearizableKeys) linearizablePairs(registers, touches, visit);
  if (assume.transactionOrder) orderedPairs(registers, touches, assume.transactionOrder, visit);
}

function sequentialPairs({ session }: RegisterTransactions, touches: readonly Touch[], visit: Visit): void {
  const latest = new Map<number, Touch>();
  for (const touch of touches) {
    if (session[touch.row] < 0) continue;
    const before = latest.get(session[touch.row]);
    latest.set(session[touch.row], touch);
    if (!before) continue;
    for (const earlier of versionsOf(before))
      for (const later of versionsOf(touch))
        if (earlier !== later) visit(earlier, later, 'process', before.row, touch.row);
  }
}

/** When a version was in use, and by whom first and last. */
interface Use extends Span {
  ended: number;
  begun: number;
  endedBy: number;
  begunBy: number;
}

function linearizablePairs(registers: RegisterTransactions, touches: readonly Touch[], visit: Visit): void {
  for (const [before, after] of precedence(usesOf(registers, touches)))
    visit(before.version, after.version, 'realtime', before.endedBy, after.begunBy);
}

function usesOf(registers: RegisterTransactions, touches: readonly Touch[]): Use[] {
  const { start, end } = registers.history.columns;
  const uses = new Map<number, Use>();
  for (const touch of touches)
    for (const version of versionsOf(touch)) {
      const use = uses.get(version) ?? { version, ended: NEVER_COLUMN, begun: -1, endedBy: -1, begunBy: -1 };
      uses.set(version, use);
      if (end[touch.row] < use.ended) [use.ended, use.endedBy] = [end[touch.row], touch.row];
      if (start[touch.row] > use.begun) [use.begun, use.begunBy] = [start[touch.row], touch.row];
    }
  return [...uses.values()];
}

function orderedPairs(
  registers: RegisterTransactions,
  touches: readonly Touch[],
  order: ReadonlyMap<number, number>,
  visit: Visit,
): void {
  const { start } = registers.history.columns;
  const ranked = touches
    .filter(({ row, last }) => order.has(start[row]) && registers.writer[last] === row)
    .map(({ row, last }) => ({ row, last, rank: order.get(start[row]) as number }))
    .sort((a, b) => a.rank - b.rank);
  for (let i = 1; i < ranked.length; i++)
    visit(ranked[i - 1].last, ranked[i].last, 'order', ranked[i - 1].row, ranked[i].row);
}
