/**
 * Searches for an order of transactions over rows that a model's rule allows: one is placed after another, and what
 * it saw is compared with what was left before it. Exact, bounded by steps; a state that led nowhere is not entered
 * again. What is known of the order beforehand keeps the search short.
 */
import { NEVER_COLUMN } from '../../history.ts';
import type { RowHistory, RowTransaction, RowValue, Sight } from './rows.ts';
import { deletesCertainly, type RowRule } from './rules.ts';

/** An order, that there is none, or that the steps ran out. */
export type FoundOrder = { readonly order: readonly number[] } | 'none' | 'unknown';

/** Whether the first must come before the second. */
export type Before = (a: number, b: number) => boolean;

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

/** Deeper searches would overflow the stack. */
const MOST_TRANSACTIONS = 3_000;

/** `before` must be true of what time orders, and may be of more. */
export function findRowOrder(rows: RowHistory, rule: RowRule, before: Before, budget: number): FoundOrder {
  if (rows.txns.length > MOST_TRANSACTIONS) return 'unknown';
  const search = new OrderSearch(rows, rule, before, budget);
  const found = search.extend();
  if (search.steps > budget) return 'unknown';
  return found ? { order: search.order } : 'none';
}

class OrderSearch {
  steps = 0;
  readonly order: number[] = [];
  private readonly rows: RowHistory;
  private readonly rule: RowRule;
  private readonly budget: number;
  /** The values that each row has had, the last one at the end. */
  private readonly values: RowValue[][];
  private readonly committed: Uint8Array;
  private readonly started: Uint8Array;
  /** Of each, those that must be committed before it may start. */
  private readonly needs: readonly (readonly number[])[];
  private readonly candidates: readonly number[];
  /** What each writes where it stands: all but rows that it deletes and that are not there. */
  private readonly writes: (ReadonlyMap<number, RowValue> | undefined)[] = [];
  private readonly failed = new Set<string>();

  constructor(rows: RowHistory, rule: RowRule, before: Before, budget: number) {
    this.rows = rows;
    this.rule = rule;
    this.budget = budget;
    this.values = rows.initial.map((value) => [value]);
    this.committed = new Uint8Array(rows.txns.length);
    this.started = new Uint8Array(rows.txns.length);
    const all = rows.txns.map((_, i) => i);
    this.needs = all.map((b) => all.filter((a) => a !== b && before(a, b)));
    const { end } = rows.history.columns;
    const endOf = (i: number): number => end[(rows.txns[i] as RowTransaction).row] as number;
    this.candidates = [...all].sort((a, b) => endOf(a) - endOf(b));
  }

  /** Extends the order until all that certainly happened is in it. */
  extend(): boolean {
    if (++this.steps > this.budget) return false;
    if (this.rows.txns.every(({ certain }, i) => this.committed[i] === 1 || !certain)) return true;
    const state = this.state();
    if (this.failed.has(state)) return false;
    for (const next of this.candidates) {
      if (this.committed[next] || !this.mayBegin(next)) continue;
      if (this.rule.snapshot ? this.split(next) : this.place(next)) return true;
    }
    this.failed.add(state);
    return false;
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

  private mayBegin(next: number): boolean {
    if (this.started[next]) return true;
    const { txns } = this.rows;
    // What need not have happened may be left out, but does not come after what it must precede.
    const begun = (i: number): boolean => this.started[i] === 1 || this.committed[i] === 1;
    if (!txns[next]?.certain && txns.some((_, i) => begun(i) && this.needs[i]?.includes(next))) return false;
    return (this.needs[next] as readonly number[]).every((i) => this.committed[i] || !txns[i]?.certain);
  }

  private place(next: number): boolean {
    const { sights } = this.rows.txns[next] as RowTransaction;
    return sights.every((sight) => this.fits(sight)) && this.writings(next).some((writes) => this.commit(next, writes));
  }

  private fits({ key, item, fits }: Sight): boolean {
    const values = this.values[key] as RowValue[];
    return (item ? this.rule.items : this.rule.predicates) === 'last' ? fits(values.at(-1)) : values.some(fits);
  }

  /** What it may write here: a row that it deletes may not have been there, which may be seen of an older version. */
  private writings(next: number): ReadonlyMap<number, RowValue>[] {
    const { writes, deletes } = this.rows.txns[next] as RowTransaction;
    let all = [writes];
    for (const key of deletes) {
      const values = this.values[key] as RowValue[];
      const isAbsent = values.at(-1) === undefined;
      const mayBeAbsent = isAbsent || (!deletesCertainly(this.rule) && !this.rule.snapshot && values.includes(undefined));
      if (!mayBeAbsent) continue;
      const without = all.map((some) => new Map([...some].filter(([other]) => other !== key)));
      all = isAbsent ? without : [...all, ...without];
    }
    return all;
  }

  private commit(next: number, writes: ReadonlyMap<number, RowValue>): boolean {
    for (const [key, value] of writes) this.values[key]?.push(value);
    this.committed[next] = 1;
    this.order.push(next);
    if (this.extend()) return true;
    this.order.pop();
    this.committed[next] = 0;
    for (const key of writes.keys()) this.values[key]?.pop();
    return false;
  }

  /** Under snapshot isolation a transaction starts, and later commits. */
  private split(next: number): boolean {
    const { sights, deletes } = this.rows.txns[next] as RowTransaction;
    if (this.started[next]) return this.finish(next);
    if (!sights.every((sight) => this.fits(sight))) return false;
    const [writes] = this.writings(next) as [ReadonlyMap<number, RowValue>];
    this.writes[next] = writes;
    this.started[next] = 1;
    // Nobody can tell when a transaction commits that wrote nothing, nor when one starts that saw nothing.
    const alone = writes.size === 0 || (sights.length === 0 && deletes.size === 0);
    const done = alone ? this.finish(next) : this.extend();
    if (!done) this.started[next] = 0;
    return done;
  }

  private finish(next: number): boolean {
    const writes = this.writes[next] as ReadonlyMap<number, RowValue>;
    const overlaps = this.rows.txns.some(
      (_, i) =>
        i !== next && this.started[i] && !this.committed[i] && [...writes.keys()].some((key) => this.writes[i]?.has(key)),
    );
    return !overlaps && this.commit(next, writes);
  }
}
