/**
 * What shows a dependency beside the two transactions themselves:
 * who read the one after the other, and who wrote what both read.
 */
import { OK } from '../history.ts';
import type { CycleStep } from './cycles.ts';
import { WW } from './edges.ts';
import { type ListTransactions, listAt, rowAt } from './lists.ts';
import { shortened } from './shorten.ts';
import { type Transactions, WRITE } from './transactions-of.ts';

/** Rows that witness a dependency, and what they show, as clauses that can follow a sentence. */
export interface DependencyWitnesses {
  readonly rows: readonly number[];
  readonly says: readonly string[];
}

/** A dependency that needs no witness. */
export const NOTHING: DependencyWitnesses = { rows: [], says: [] };

/**
 * The witnesses of a history's dependencies: without them, a reader who has only the two transactions
 * cannot see that the one comes before the other. Rows of `named` are mentioned already and preferred.
 */
export interface Evidence {
  of(step: CycleStep, named: ReadonlySet<number>): DependencyWitnesses;
  /** The cycle without transactions that it does not need. */
  shortened(steps: readonly CycleStep[]): readonly CycleStep[];
  /** A row that saw what `row` wrote, where nobody knows otherwise whether it happened; -1 where none did. */
  readerOf(row: number, named: ReadonlySet<number>): number;
}

/**
 * Beyond this many named rows the first witness found is taken, named or not: one more operation makes no difference.
 */
const MANY = 64;

/** The first of `rows` that read `key` and passes the test. */
function readerAmong(
  txns: Transactions,
  rows: Iterable<number>,
  key: number,
  will: (place: number) => boolean,
): number {
  for (const row of rows) {
    if (txns.history.columns.type[row] !== OK) continue;
    for (let place = txns.first[row]; place < txns.first[row + 1]; place++)
      if (txns.key[place] === key && txns.effect[place] !== WRITE && txns.version[place] >= 0 && will(place))
        return row;
  }
  return -1;
}

/**
 * Lists: the order of two appends is seen in a list with the first of them. An append that is not in it comes later.
 */
export class ListEvidence implements Evidence {
  private readonly lists: ListTransactions;
  private readonly strays: ReadonlySet<number>;

  constructor(lists: ListTransactions) {
    this.lists = lists;
    this.strays = new Set(lists.strays);
  }

  of({ kind, seen, made }: CycleStep, named: ReadonlySet<number>): DependencyWitnesses {
    const { lists } = this;
    if (kind !== WW || seen < 0) return NOTHING;
    const row = this.readerOfVersion(seen, named);
    if (row < 0) return NOTHING;
    const list = lists.lists[lists.versionKey[seen]];
    const both = readerAmong(lists, [row], lists.versionKey[seen], (place) => lists.full[place] >= made - list.base);
    const read = both === row ? 'read both in this order' : 'read the first of them alone';
    return { rows: [row], says: [`operation ${lists.history.columns.start[row]} ${read}`] };
  }

  shortened(steps: readonly CycleStep[]): readonly CycleStep[] {
    return shortened(this.lists, steps);
  }

  readerOf(row: number, named: ReadonlySet<number>): number {
    const { first, effect, version } = this.lists;
    let reader = -1;
    for (let place = first[row]; place < first[row + 1]; place++) {
      if (effect[place] !== WRITE) continue;
      const found = this.readerOfVersion(version[place], named);
      if (named.has(found)) return found;
      if (reader < 0) reader = found;
    }
    return reader;
  }

  /** Who read a list with the version's element in it. */
  private readerOfVersion(version: number, named: ReadonlySet<number>): number {
    const { lists, strays } = this;
    const key = lists.versionKey[version];
    const list = lists.lists[key];
    const at = version - list.base;
    if (at > list.longest.length) return this.strayReader(key, at);
    const sees = (place: number): boolean => !strays.has(place) && lists.full[place] >= at;
    const reader = named.size > MANY ? -1 : readerAmong(lists, named, key, sees);
    return reader >= 0 ? reader : list.longestRow;
  }

  /** Who read an element that is in no list but those that contradict the longest. */
  private strayReader(key: number, at: number): number {
    const { lists } = this;
    for (const place of lists.strays) {
      if (lists.key[place] !== key) continue;
      const row = rowAt(lists, place);
      const list = listAt(lists.history, row, place - lists.first[row]);
      if (list.some((element) => lists.places.get(key, element) === at)) return row;
    }
    return -1;
  }
}
