/**
 * The order of a growing set's additions and reads that inclusion gives: the additions of what the smallest
 * read shows, that read, the additions of what the next larger one shows besides, and so on.
 */
import type { Anomaly } from '../checker.ts';
import { FAIL, NEVER_COLUMN } from '../history.ts';
import { anomaly, say, short } from './findings.ts';
import { identity } from './identity.ts';
import { explains } from './monitor.ts';
import type { Timeline } from './timeline.ts';

/** The elements by place, their additions taken together. */
export interface Additions {
  readonly ids: ReadonlyMap<unknown, number>;
  /**
   * The row that began first, and the one that ended first (-1 where none
   * did); whether any was added again, or was refused because it was there.
   */
  readonly first: number[];
  readonly ended: number[];
  readonly again: boolean;
  readonly failed: ReadonlyMap<unknown, number>;
}

/** A read, and the places of the elements that it shows. */
export interface Read {
  readonly row: number;
  readonly elements: readonly number[];
}

/** Additions (by element) and reads (by row) that may be in any order among themselves. */
export interface Group {
  readonly added: readonly number[];
  readonly reads: readonly number[];
}

/** The order that inclusion gives: groups of additions and reads, one after the other. */
export function groupsOf(additions: Additions, reads: readonly Read[], shownBy: Int32Array): readonly Group[] {
  const added: number[][] = Array.from({ length: reads.length + 1 }, () => []);
  shownBy.forEach((by, element) => {
    if (by >= 0) added[by].push(element);
    else if (additions.ended[element] >= 0) added[reads.length].push(element);
  });
  const groups: { added: number[]; reads: number[] }[] = [];
  reads.forEach(({ row, elements }, at) => {
    const same = at > 0 && reads[at - 1].elements.length === elements.length;
    if (same) groups[groups.length - 1].reads.push(row);
    else groups.push({ added: added[at], reads: [row] });
  });
  return [...groups, { added: added[reads.length], reads: [] }];
}

/** The first operation that ended before one began that should come before it. */
export function misplaced(
  timeline: Timeline,
  additions: Additions,
  groups: readonly Group[],
  shownBy: Int32Array,
): Anomaly | undefined {
  const { inv, ret } = timeline;
  const { first, ended } = additions;
  let latest = -1;
  let witness = -1;
  for (const { added, reads } of groups) {
    const early = added.find((element) => ended[element] >= 0 && latest >= 0 && ret[ended[element]] < inv[latest]);
    if (early !== undefined) return missed(timeline, additions, early, latest, witness, shownBy);
    for (const element of added) if (latest < 0 || inv[first[element]] > inv[latest]) latest = first[element];
    const earlyRead = reads.find((row) => ret[row] !== NEVER_COLUMN && latest >= 0 && ret[row] < inv[latest]);
    if (earlyRead !== undefined) return backwards(timeline, additions, earlyRead, latest);
    for (const row of reads) if (latest < 0 || inv[row] > inv[latest]) latest = row;
    witness = reads[0];
  }
  return undefined;
}

/**
 * An element that was in before something began which a read shows without it, or before a read began which misses it.
 */
function missed(
  { columns }: Timeline,
  { first, ended }: Additions,
  element: number,
  latest: number,
  witness: number,
  shownBy: Int32Array,
): Anomaly {
  const row = ended[element];
  const name = shownBy[element] < 0 ? 'lost' : 'stale-read';
  // A refusal alone does not show that anybody added the element.
  const added = columns.type[row] === FAIL ? [first[element], row] : [row];
  const steps = [`${say(columns, row)} ended before ${say(columns, latest)} began.`];
  if (columns.f[latest] !== columns.f[row]) {
    return anomaly(
      columns,
      name,
      `A read does not show ${short(columns.input[row])}, which was in before it began.`,
      [...added, latest],
      steps,
    );
  }
  steps.push(`${say(columns, witness)} shows ${short(columns.input[latest])} and not ${short(columns.input[row])}.`);
  const message = `A read shows ${short(columns.input[latest])}, but not ${short(columns.input[row])}, which was in before.`;
  return anomaly(columns, name, message, [...added, latest, witness], steps);
}

/** A read that ended before an addition began which it shows, or before a read began which shows less. */
function backwards({ columns }: Timeline, { ids, first }: Additions, row: number, latest: number): Anomaly {
  const steps = [`${say(columns, row)} ended before ${say(columns, latest)} began.`];
  if (columns.f[row] === columns.f[latest]) {
    const less = new Set((columns.output[latest] as readonly unknown[]).map(identity));
    const gone = (columns.output[row] as readonly unknown[]).find((element) => !less.has(identity(element)));
    const add = first[ids.get(identity(gone)) as number];
    return anomaly(columns, 'stale-read', 'A later read shows less.', [add, row, latest], steps);
  }
  const message = `A read shows ${short(columns.input[latest])} before any client began to add it.`;
  return anomaly(columns, 'unexpected', message, [row, latest], steps);
}

/** The order of the groups, replayed. */
export function orderOf(timeline: Timeline, groups: readonly Group[], { first, ended }: Additions): readonly number[] {
  const { columns, inv } = timeline;
  const early = (rows: readonly number[]): number[] => [...rows].sort((a, b) => inv[a] - inv[b]);
  const one = (element: number): number => (ended[element] >= 0 ? ended[element] : first[element]);
  const order = groups.flatMap(({ added, reads }) => [...early(added.map(one)), ...early(reads)]);
  const add = columns.fNames.indexOf('add');
  const elements = new Set<unknown>();
  const legal = (row: number): boolean => {
    if (columns.f[row] === add) elements.add(identity(columns.input[row]));
    const content = columns.output[row] as readonly unknown[];
    return (
      columns.f[row] === add ||
      (content.length === elements.size && content.every((element) => elements.has(identity(element))))
    );
  };
  if (!explains(timeline, order, legal))
    throw new Error('a set history was judged valid but its order does not replay');
  return order;
}
