/** Appends and writes of committed transactions that are gone. */
import { type Api, type Columns, type History, OK } from '../history.ts';
import { type Mop, mopsOf, plain, show } from '../transactions/transactions-of.ts';
import { type DurabilityChecker, durability, finalReads, groupBy, type LossReport } from './losses.ts';

/** A write, or an append, of a committed transaction. */
interface Written {
  readonly row: number;
  readonly key: unknown;
  readonly value: unknown;
  /** What the transaction had read of the key before; undefined where it had not. */
  readonly read?: unknown;
}

/** What final reads show of a key: their rows, and the values. */
interface Left {
  readonly reads: number[];
  readonly values: unknown[];
}

/** Whether every append of a committed transaction is in some final read of its list. O(size of the reads). */
export function lostAppends<A extends Api>(): DurabilityChecker<A> {
  return durability('appends', (history) => {
    const left = leftOf(history, 'append');
    const present = new Map([...left].map(([key, { values }]) => [key, new Set(values.flat().map(plain))]));
    const written = writtenOf(history, 'append');
    return reportOf(history.columns, written, left, ({ key, value }) => present.get(key)?.has(plain(value)) === false);
  });
}

/** How to judge writes of transactions that are missing in the end. */
export interface LostWritesOptions {
  /**
   * Whether a write that began after another had ended certainly came later: where strict
   * serializability or strong snapshot isolation is claimed. Without it, any other write
   * may have come later, unless it was what the transaction itself had read before.
   */
  readonly realTime?: boolean;
}

/**
 * Whether every write of a committed transaction is there in the end, or something that can have overwritten it:
 * it is lost where all final reads of the key show what is certainly older. That is the initial null, what the writer
 * had read before it wrote, what those had read before, and so on; and with `realTime` what had been written before the
 * transaction began. A transaction's last write of a key is judged, and values are taken for unique. O(n final values).
 */
export function lostTransactionWrites<A extends Api>({
  realTime = false,
}: LostWritesOptions = {}): DurabilityChecker<A> {
  const report = (history: History<A>) => {
    const { columns } = history;
    const left = leftOf(history, 'w');
    const written = lastOfEach(writtenOf(history, 'w'));
    const ofKey = groupBy(written, ({ key }) => key);
    const isReplaced = new Map(
      [...left].map(([key, { values }]) => {
        const shown = new Set(values.map(plain));
        const versions = new Versions(columns, ofKey.get(key) ?? [], realTime);
        const newer = [...shown].map((value) => versions.newerThan(value));
        return [key, (write: Written) => !shown.has(plain(write.value)) && newer.every((isNewer) => isNewer(write))];
      }),
    );
    return reportOf(columns, written, left, (write) => isReplaced.get(write.key)?.(write) === true);
  };
  return durability('writes', report, replacedText);
}

function replacedText(reads: readonly number[]): string {
  if (reads.length === 1) return 'the final read shows neither it nor what could have replaced it';
  return `none of ${reads.length} final reads shows it or what could have replaced it`;
}

function reportOf(
  columns: Columns,
  written: readonly Written[],
  left: ReadonlyMap<unknown, Left>,
  isLost: (write: Written) => boolean,
): LossReport {
  const judged = written.filter(({ key }) => left.has(key));
  const losses = judged.filter(isLost).map((write) => ({
    row: write.row,
    reads: left.get(write.key)?.reads ?? [],
    what: `${show(write.value)} in ${show(write.key)}, by process ${columns.process[write.row]} (operation ${columns.start[write.row]}),`,
  }));
  return { acknowledged: written.length, judged: judged.length, losses };
}

/** The writes of committed transactions, in their order. */
function writtenOf<A extends Api>(history: History<A>, f: string): readonly Written[] {
  const found: Written[] = [];
  for (let row = 0; row < history.length; row++) {
    if (history.columns.type[row] !== OK) continue;
    const read = new Map<unknown, unknown>();
    const own = new Set<unknown>();
    for (const [kind, name, value] of mops(history, row)) {
      const key = plain(name);
      // What a transaction reads after it wrote is its own.
      if (kind === 'r' && !own.has(key)) read.set(key, value ?? null);
      if (kind !== f) continue;
      own.add(key);
      found.push({ row, key, value, ...(read.has(key) ? { read: read.get(key) } : {}) });
    }
  }
  return found;
}

function lastOfEach(written: readonly Written[]): readonly Written[] {
  return [...new Map(written.map((one) => [`${one.row} ${JSON.stringify(one.key)}`, one])).values()];
}

/** What final reads show of each key, but for what a transaction reads of its own. */
function leftOf<A extends Api>(history: History<A>, f: string): ReadonlyMap<unknown, Left> {
  const has = (row: number, kind: string) => mops(history, row).some((mop) => mop[0] === kind);
  const left = new Map<unknown, Left>();
  for (const row of finalReads(
    history.columns,
    (at) => has(at, f),
    (at) => has(at, 'r'),
  )) {
    const own = new Set<unknown>();
    for (const [kind, key, value] of mops(history, row)) {
      if (kind === f) own.add(plain(key));
      if (kind !== 'r' || own.has(plain(key))) continue;
      const known = left.get(plain(key)) ?? { reads: [], values: [] };
      left.set(plain(key), known);
      known.reads.push(row);
      known.values.push(value ?? (f === 'append' ? [] : null));
    }
  }
  return left;
}

function mops<A extends Api>(history: History<A>, row: number): readonly Mop[] {
  return mopsOf(history as never, row) ?? [];
}

/** What is certain of the order in which a key was written. */
class Versions {
  private readonly columns: Columns;
  private readonly realTime: boolean;
  private readonly readBy: ReadonlyMap<unknown, readonly Written[]>;
  private readonly writers: ReadonlyMap<unknown, readonly Written[]>;
  /** Those that began last first. */
  private readonly byStart: readonly Written[];

  constructor(columns: Columns, written: readonly Written[], realTime: boolean) {
    this.columns = columns;
    this.realTime = realTime;
    const readers = written.filter((one) => 'read' in one);
    this.readBy = groupBy(readers, ({ read }) => plain(read));
    this.writers = groupBy(written, ({ value }) => plain(value));
    this.byStart = written.toReversed();
  }

  /**
   * Whether a write certainly overwrote this value: it had read it,
   * or one that had overwritten it, or began after one of those had ended.
   */
  newerThan(value: unknown): (write: Written) => boolean {
    // Null is what there was at first.
    if (value === null) return () => true;
    const newer = new Set<Written>();
    const open: unknown[] = [value];
    let ended = this.endOf(value);
    let late = 0;
    const add = (one: Written) => {
      if (newer.has(one)) return;
      newer.add(one);
      open.push(plain(one.value));
      if (this.realTime) ended = Math.min(ended, this.columns.end[one.row]);
    };
    for (;;) {
      const at = open.pop();
      const next = this.byStart[late];
      if (at !== undefined) for (const one of this.readBy.get(at) ?? []) add(one);
      else if (next && this.columns.start[next.row] > ended) {
        late++;
        add(next);
      } else return (write) => newer.has(write);
    }
  }

  /**
   * When the value was certainly written, if that counts: of one
   * that several wrote nobody knows when it was written last.
   */
  private endOf(value: unknown): number {
    const [writer, ...others] = this.writers.get(value) ?? [];
    return this.realTime && writer && others.length === 0 ? this.columns.end[writer.row] : Number.POSITIVE_INFINITY;
  }
}
