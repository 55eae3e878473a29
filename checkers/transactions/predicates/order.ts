/**
 * Searches for an order of transactions over rows that a model's rule allows: one is placed after another, and what
 * it saw is compared with what was left before it. Exact, bounded by steps; a state that led nowhere is not entered
 * again. What is known of the order beforehand keeps the search short. Under snapshot isolation starts and commits are
 * placed, else transactions, whose start and commit are one.
 */
import { NEVER_COLUMN } from '../../history.ts';
import type { Known } from './known.ts';
import type { RowHistory, RowTransaction, RowValue, Sight } from './rows.ts';
import { type Before, deletesCertainly, type RowRule } from './rules.ts';

/** An order of commits, that there is none, or that the steps ran out. */
export type FoundOrder = { readonly order: readonly number[] } | 'none' | 'unknown';

/** What the times of operations say. */
export function timeOf({ history: { columns }, txns }: RowHistory, time: RowRule['time']): Before {
  const ended = (txn: RowTransaction): number => columns.end[txn.row] as number;
  return (a, b) => {
    const [one, other] = [txns[a] as RowTransaction, txns[b] as RowTransaction];
    if (time === 'none' || ended(one) === NEVER_COLUMN) return false;
    if (time === 'session' && one.session !== other.session) return false;
    return ended(one) < (columns.start[other.row] as number);
  };
}

/** `known` is what every order agrees with. */
export function findRowOrder(rows: RowHistory, rule: RowRule, known: Known, budget: number): FoundOrder {
  // First with only those indeterminate transactions that a waiting reader needs, within a tenth of the budget.
  if (known.useful.size > 0) {
    const quick = new OrderSearch(rows, rule, known, true);
    if (quick.run(budget / 10) === true) return { order: quick.order };
  }
  const search = new OrderSearch(rows, rule, known, false);
  const found = search.run(budget);
  return found === true ? { order: search.order } : found;
}

type Writes = ReadonlyMap<number, RowValue>;

/** One thing to do next: a transaction starts, commits, or both. */
interface Move {
  readonly txn: number;
  readonly starts: boolean;
  /** What it writes, where it commits. */
  readonly commits: Writes | null;
}

/** A state of the search: what may be done in it, and what was done to come here. */
interface Place {
  readonly came: Move | null;
  /** The next candidate to be looked at, and what the last one may still do. */
  candidate: number;
  moves: Move[];
  /** The candidates that need not have happened, once those that have cannot go on. */
  optional?: readonly number[];
}

/** So many of those that wait are asked what would help them. */
const MOST_WAITING = 8;

class OrderSearch {
  readonly order: number[] = [];
  private readonly rows: RowHistory;
  private readonly rule: RowRule;
  private readonly known: Known;
  /** The values that each row has had, the last one at the end. */
  private readonly values: RowValue[][];
  private readonly committed: Uint8Array;
  private readonly started: Uint8Array;
  /** Of each moment, how many that must have come before have not; those that need not have happened do not count. */
  private readonly missing: Int32Array;
  private left: number;
  /** What certainly happened, in the order of its ends; and what may explain something. */
  private readonly candidates: readonly number[];
  private readonly optional: readonly number[];
  /** What each writes where it started: all but rows that it deletes and that are not there. */
  private readonly writes: (Writes | undefined)[] = [];
  private readonly failed = new Set<string>();
  /** Whether what need not have happened is placed only where it helps. */
  private readonly onlyHelp: boolean;

  constructor(rows: RowHistory, rule: RowRule, known: Known, onlyHelp: boolean) {
    this.onlyHelp = onlyHelp;
    this.rows = rows;
    this.rule = rule;
    this.known = known;
    this.values = rows.initial.map((value) => [value]);
    this.committed = new Uint8Array(rows.txns.length);
    this.started = new Uint8Array(rows.txns.length);
    this.left = rows.txns.filter(({ certain }) => certain).length;
    this.missing = new Int32Array(known.reach.count);
    for (let moment = 0; moment < known.reach.count; moment++) this.count(moment, 1);
    const { end } = rows.history.columns;
    const endOf = (i: number): number => end[(rows.txns[i] as RowTransaction).row] as number;
    const inOrder = rows.txns.map((_, i) => i).sort((a, b) => endOf(a) - endOf(b));
    this.candidates = inOrder.filter((i) => rows.txns[i]?.certain);
    this.optional = inOrder.filter((i) => known.useful.has(i) && !rows.txns[i]?.certain);
  }

  /** Looks for an order of all that certainly happened. */
  run(budget: number): true | 'none' | 'unknown' {
    const path: Place[] = [{ came: null, candidate: 0, moves: [] }];
    for (let steps = 0; this.left > 0; ) {
      const here = path.at(-1) as Place;
      const move = this.nextOf(here);
      if (move) {
        if (++steps > budget) return 'unknown';
        this.apply(move);
        if (this.failed.size > 0 && this.failed.has(this.state())) this.undo(move);
        else path.push({ came: move, candidate: 0, moves: [] });
        continue;
      }
      this.failed.add(this.state());
      path.pop();
      if (!here.came) return 'none';
      this.undo(here.came);
    }
    return true;
  }

  private nextOf(place: Place): Move | undefined {
    for (;;) {
      const move = place.moves.pop();
      if (move) return move;
      const at = place.candidate++;
      if (at >= this.candidates.length) place.optional ??= this.byHelp();
      const txn = this.candidates[at] ?? place.optional?.[at - this.candidates.length];
      if (txn === undefined) return undefined;
      place.moves = this.committed[txn] ? [] : this.movesOf(txn).reverse();
    }
  }

  /** What need not have happened, that first which lets most of those go on that wait for nothing but to see it. */
  private byHelp(): readonly number[] {
    const { moments } = this.known;
    const open = this.optional.filter((i) => !this.committed[i]);
    const waiting = this.candidates.filter(
      (i) => !this.started[i] && !this.committed[i] && this.missing[moments.start(i)] === 0,
    );
    const sights = waiting.slice(0, MOST_WAITING).flatMap((i) => this.rows.txns[i]?.sights ?? []);
    const help = new Map(open.map((i) => [i, this.helpOf(i, sights)]));
    const some = this.onlyHelp ? open.filter((i) => (help.get(i) as number) > 0) : open;
    return some.sort((a, b) => (help.get(b) as number) - (help.get(a) as number));
  }

  private helpOf(txn: number, sights: readonly Sight[]): number {
    const { writes } = this.rows.txns[txn] as RowTransaction;
    let help = 0;
    for (const sight of sights)
      if (writes.has(sight.key)) help += Number(sight.fits(writes.get(sight.key))) - Number(this.fits(sight));
    return help;
  }

  private movesOf(txn: number): Move[] {
    const { moments } = this.known;
    if (this.started[txn]) {
      const writes = this.writes[txn] as Writes;
      return this.mayCome(txn, moments.commit(txn)) && !this.overlaps(txn, writes)
        ? [{ txn, starts: false, commits: writes }]
        : [];
    }
    const { sights, deletes } = this.rows.txns[txn] as RowTransaction;
    if (!this.mayCome(txn, moments.start(txn)) || !sights.every((sight) => this.fits(sight))) return [];
    const all = this.writings(txn);
    if (!this.rule.snapshot) return all.map((commits) => ({ txn, starts: true, commits }));
    const [writes] = all as [Writes];
    // Nobody can tell when a transaction commits that wrote nothing, nor when one starts that saw nothing.
    const alone = writes.size === 0 || (sights.length === 0 && deletes.size === 0);
    if (!alone) return [{ txn, starts: true, commits: null }];
    return this.mayCome(txn, moments.commit(txn), 1) && !this.overlaps(txn, writes)
      ? [{ txn, starts: true, commits: writes }]
      : [];
  }

  /** Whether a moment's turn has come; `own` is 1 where it waits for the start that comes with it. */
  private mayCome(txn: number, moment: number, own = 0): boolean {
    const { certain } = this.rows.txns[txn] as RowTransaction;
    if ((this.missing[moment] as number) > (certain ? own : 0)) return false;
    if (certain) return true;
    // What need not have happened may be left out, but does not come after what it must precede.
    let isLate = false;
    this.known.reach.after(moment, (later) => {
      const other = this.known.moments.of(later);
      if (other === txn) return;
      const isStart = this.rule.snapshot && later % 2 === 0;
      if (isStart ? this.started[other] : this.committed[other]) isLate = true;
    });
    return !isLate;
  }

  private fits({ key, item, fits }: Sight): boolean {
    const values = this.values[key] as RowValue[];
    return (item ? this.rule.items : this.rule.predicates) === 'last' ? fits(values.at(-1)) : values.some(fits);
  }

  /** What it may write here: a row that it deletes may not have been there, which may be seen of an older version. */
  private writings(txn: number): Writes[] {
    const { writes, deletes } = this.rows.txns[txn] as RowTransaction;
    let all: Writes[] = [writes];
    for (const key of deletes) {
      const values = this.values[key] as RowValue[];
      const isAbsent = values.at(-1) === undefined;
      const mayBeOld = !deletesCertainly(this.rule) && !this.rule.snapshot && values.includes(undefined);
      if (!isAbsent && !mayBeOld) continue;
      const without = all.map((some) => new Map([...some].filter(([other]) => other !== key)));
      all = isAbsent ? without : [...all, ...without];
    }
    return all;
  }

  /** Whether another that has started and not committed writes the same row. */
  private overlaps(txn: number, writes: Writes): boolean {
    if (!this.rule.snapshot || writes.size === 0) return false;
    return this.rows.txns.some(
      (_, i) =>
        i !== txn &&
        this.started[i] &&
        !this.committed[i] &&
        [...writes.keys()].some((key) => this.writes[i]?.has(key)),
    );
  }

  private apply({ txn, starts, commits }: Move): void {
    const { moments } = this.known;
    const { certain } = this.rows.txns[txn] as RowTransaction;
    if (starts) {
      this.started[txn] = 1;
      if (this.rule.snapshot) this.writes[txn] = commits ?? (this.writings(txn)[0] as Writes);
      if (this.rule.snapshot && certain) this.count(moments.start(txn), -1);
    }
    if (!commits) return;
    for (const [key, value] of commits) this.values[key]?.push(value);
    this.committed[txn] = 1;
    this.order.push(txn);
    if (!certain) return;
    this.left--;
    this.count(moments.commit(txn), -1);
  }

  private undo({ txn, starts, commits }: Move): void {
    const { moments } = this.known;
    const { certain } = this.rows.txns[txn] as RowTransaction;
    if (commits) {
      if (certain) {
        this.left++;
        this.count(moments.commit(txn), 1);
      }
      this.order.pop();
      this.committed[txn] = 0;
      for (const key of commits.keys()) this.values[key]?.pop();
    }
    if (!starts) return;
    if (this.rule.snapshot && certain) this.count(moments.start(txn), 1);
    this.started[txn] = 0;
  }

  /** Those that come after a moment wait for one more, or one less. */
  private count(moment: number, change: 1 | -1): void {
    if (!this.rows.txns[this.known.moments.of(moment)]?.certain) return;
    this.known.reach.after(moment, (later) => {
      this.missing[later] = (this.missing[later] as number) + change;
    });
  }

  private state(): string {
    const last = this.values.map((of) => `${typeof of.at(-1)} ${String(of.at(-1))}`).join();
    return `${this.committed.join('')}${this.rule.snapshot ? this.openState() : ''}${last}`;
  }

  /** Which have started, and which rows that these delete were there. */
  private openState(): string {
    const open = this.rows.txns.flatMap(({ deletes }, i) =>
      this.started[i] && !this.committed[i] && deletes.size > 0 ? [`${i}:${[...(this.writes[i]?.keys() ?? [])]}`] : [],
    );
    return `${this.started.join('')}${open.join(';')} `;
  }
}
