/** Elements that were added, or put into a text, and are gone though nobody removed them. */
import { type Columns, FAIL, type History, OK } from '../history.ts';
import type { Elements } from '../models/set.ts';
import { identity } from '../monitors/identity.ts';
import { shown } from '../replicated/final-reads.ts';
import type { ReplicatedList } from '../replicated/list.ts';
import { inserted, removed } from '../replicated/list-order.ts';
import { type DurabilityChecker, durability, finalReads, groupBy, type LossReport } from './losses.ts';

/** How to judge elements that are missing in the end. */
export interface LostElementsOptions {
  /**
   * Which removals excuse an element's absence: those that had not ended when it was
   * added (the default), or all of them, where what is once removed can never come back.
   */
  readonly removals?: 'later' | 'all';
}

/**
 * Whether every acknowledged element of a set is in some final read of its key,
 * unless a removal of it that may have happened excuses it. O(size of the reads).
 */
export function lostElements(options: LostElementsOptions = {}): DurabilityChecker<Elements> {
  return durability('elements', (history) => report(history as never, 'add', (input) => [input], options));
}

/** The same of the elements of a text, each of which was put there once: of a run all must be there. */
export function lostInsertions(): DurabilityChecker<ReplicatedList> {
  return durability('insertions', (history) => {
    const { columns } = history as unknown as History;
    const elementsOf = (_: unknown, row: number) =>
      columns.fNames[columns.f[row]] === 'insert'
        ? inserted(columns, row).map(({ value }) => value)
        : removed(columns, row);
    return report(history as never, 'insert', elementsOf, { removals: 'all' });
  });
}

function report(
  { columns }: History,
  adding: string,
  elementsIn: (input: unknown, row: number) => readonly unknown[],
  { removals = 'later' }: LostElementsOptions,
): LossReport {
  const nameOf = (row: number) => columns.fNames[columns.f[row]];
  const isRead = (row: number) => nameOf(row) === 'read' && Array.isArray(shown(columns, row));
  const finals = groupBy(
    finalReads(columns, (row) => nameOf(row) !== 'read', isRead),
    (row) => columns.key[row],
  );
  const left = new Map([...finals].map(([key, reads]) => [key, elementsOf(columns, reads)]));
  const gone = new Map<string, number>();
  const added: number[] = [];
  const idOf = (row: number, element: unknown) => `${columns.key[row]} ${typeof element} ${String(identity(element))}`;
  for (let row = 0; row < columns.length; row++) {
    if (nameOf(row) === adding && columns.type[row] === OK) added.push(row);
    if (nameOf(row) !== 'remove' || columns.type[row] === FAIL) continue;
    for (const element of elementsIn(columns.input[row], row)) {
      const id = idOf(row, element);
      gone.set(id, Math.max(gone.get(id) ?? -1, columns.end[row]));
    }
  }
  const isExcused = (row: number, element: unknown) => {
    const end = gone.get(idOf(row, element));
    return end !== undefined && (removals === 'all' || end > columns.start[row]);
  };
  const judged = added.filter((row) => left.has(columns.key[row]));
  const losses = judged
    .filter((row) =>
      elementsIn(columns.input[row], row).some(
        (element) => !left.get(columns.key[row])?.has(identity(element)) && !isExcused(row, element),
      ),
    )
    .map((row) => ({ row, reads: finals.get(columns.key[row]) ?? [] }));
  return { acknowledged: added.length, judged: judged.length, losses };
}

function elementsOf(columns: Columns, reads: readonly number[]): ReadonlySet<unknown> {
  return new Set(reads.flatMap((row) => (shown(columns, row) as readonly unknown[]).map(identity)));
}
