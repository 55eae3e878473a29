/**
 * The data dependencies of list transactions: consecutive elements (ww), the last element read and its reader (wr), a
 * reader and the append that comes next (rw). Appends that nobody read come after everything that was read.
 *
 * Linear in the micro-operations: where many readers precede many unread appends, virtual nodes stand for the product.
 */

import { AntiDependencies } from './anti-dependencies.ts';
import { EdgeList, RW, WR, WW } from './edges.ts';
import { type ListTransactions, listAt, rowAt } from './lists.ts';
import { COMMITTED, isCommitted, WRITE } from './transactions-of.ts';

/** The unread appends of each key, one version a transaction: their order among themselves is open. */
export type Unread = ReadonlyMap<number, readonly number[]>;

/** The dependencies, and what remains open. */
export function listEdges(lists: ListTransactions): { readonly edges: EdgeList; readonly unread: Unread } {
  const edges = new EdgeList(lists.rows, lists.rows, lists.effect.length * 2 + lists.rows * 4);
  const next = nextWriters(lists);
  const unread = unreadAppends(lists);
  lists.lists.forEach((list, key) => {
    let before = -1;
    for (let version = list.base + 1; version <= list.base + list.longest.length; version++) {
      if (!isCommitted(lists, version)) continue;
      if (before >= 0 && lists.writer[before] !== lists.writer[version])
        edges.add(lists.writer[before], lists.writer[version], WW, before, version);
      before = version;
    }
    if (before < 0) return;
    for (const version of unread.get(key) ?? [])
      if (lists.writer[version] !== lists.writer[before])
        edges.add(lists.writer[before], lists.writer[version], WW, before, version);
  });
  const elsewhere = readElsewhere(lists);
  const tails = new Map(
    [...unread].map(([key, versions]) => [
      key,
      new AntiDependencies(
        edges,
        lists.writer,
        versions.filter((version) => !elsewhere.has(version)),
      ),
    ]),
  );
  const reads: Reads = { next, tails, strays: new Set(lists.strays) };
  for (let row = 0; row < lists.rows; row++) if (lists.status[row] === COMMITTED) readEdges(lists, row, reads, edges);
  return { edges, unread };
}

/** For each version read, the next one that a committed transaction wrote; 0 for none. */
function nextWriters(lists: ListTransactions): Int32Array {
  const next = new Int32Array(lists.versions);
  for (const list of lists.lists) {
    let after = 0;
    for (let version = list.base + list.longest.length; version >= list.base; version--) {
      next[version] = after;
      if (isCommitted(lists, version)) after = version;
    }
  }
  return next;
}

/** The last version that is in a longest list: unread ones are numbered after it. */
function lastObserved(lists: ListTransactions): number {
  const last = lists.lists.at(-1);
  return last ? last.base + last.longest.length : -1;
}

/** Versions that only reads which contradict the longest list have: they were read, but their place is not known. */
function readElsewhere(lists: ListTransactions): Set<number> {
  const versions = new Set<number>();
  for (const place of lists.strays) {
    const list = lists.lists[lists.key[place]];
    const row = rowAt(lists, place);
    for (const element of listAt(lists.history, row, place - lists.first[row]))
      versions.add(list.base + lists.places.get(lists.key[place], element));
  }
  return versions;
}

function unreadAppends(lists: ListTransactions): Map<number, number[]> {
  const unread = new Map<number, number[]>();
  for (let version = lastObserved(lists) + 1; version < lists.versions; version++) {
    if (!isCommitted(lists, version)) continue;
    const list = unread.get(lists.versionKey[version]) ?? [];
    // Versions are numbered in the order of rows, so those of one transaction stand together.
    if (list.length === 0 || lists.writer[list[list.length - 1]] !== lists.writer[version]) list.push(version);
    unread.set(lists.versionKey[version], list);
  }
  return unread;
}

/** What follows each version that was read: the next one that was read too, or all that nobody read. */
interface Reads {
  readonly next: Int32Array;
  readonly tails: ReadonlyMap<number, AntiDependencies>;
  /** Reads that contradict the longest list, which therefore does not say which elements they lack. */
  readonly strays: ReadonlySet<number>;
}

function readEdges(lists: ListTransactions, row: number, { next, tails, strays }: Reads, edges: EdgeList): void {
  const { effect, version, first, key, writer } = lists;
  const observed = lastObserved(lists);
  for (let place = first[row]; place < first[row + 1]; place++) {
    const read = version[place];
    if (effect[place] === WRITE || read < 0) continue;
    if (writer[read] >= 0 && writer[read] !== row && lists.status[writer[read]] === COMMITTED)
      edges.add(writer[read], row, WR, read, read);
    // It is not known what came after an element that is not in the longest list.
    if (read > observed || strays.has(place)) continue;
    const after = next[read];
    if (after > 0) {
      if (writer[after] !== row) edges.add(row, writer[after], RW, read, after);
    } else tails.get(key[place])?.addReader(row, read);
  }
}
