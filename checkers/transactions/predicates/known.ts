/**
 * The dependencies between transactions over rows that every explanation of a history has: who wrote what was seen,
 * where one writer is left that can have, and what was written after that.
 *
 * A read by predicate that did not match a row depends on whoever left it so (`wrp`), and on it whoever makes it match
 * later (`rwp`). A row that is absent may be unborn or dead: writers that cannot have come before the read, or whose
 * version another had replaced by then, are left out until nothing more follows.
 */
import type { Before } from './order.ts';
import type { RowHistory, RowTransaction, Sight } from './rows.ts';
import { deletesCertainly, type RowRule } from './rules.ts';

/** One dependency: the first comes before the second. */
export interface KnownEdge {
  readonly from: number;
  readonly to: number;
  readonly kind: 'ww' | 'wr' | 'rw' | 'wrp' | 'rwp';
  readonly key: number;
  readonly sight: Sight;
  /** The transaction that saw it. */
  readonly reader: number;
}

/** What no version explains: a reader, and what it saw. */
interface Unexplained {
  readonly reader: number;
  readonly sight: Sight;
}

/** What follows from a history. */
export interface Known {
  readonly edges: readonly KnownEdge[];
  readonly unexplained: Unexplained | null;
  /** Whether the first comes before the second, by dependencies or time. */
  readonly reaches: Before;
}

/** Sets of transactions as bits, one a transaction. */
class Reach {
  private readonly words: number;
  private readonly bits: Uint32Array;
  private readonly count: number;

  constructor(count: number) {
    this.count = count;
    this.words = Math.ceil(count / 32);
    this.bits = new Uint32Array(count * this.words);
  }

  has(a: number, b: number): boolean {
    return (((this.bits[a * this.words + (b >> 5)] as number) >>> (b & 31)) & 1) === 1;
  }

  /** Adds a pair and all that follows; returns whether it was new. O(n^2 / 32). */
  add(a: number, b: number): boolean {
    if (this.has(a, b)) return false;
    for (let from = 0; from < this.count; from++) {
      if (from !== a && !this.has(from, a)) continue;
      const row = from * this.words;
      for (let word = 0; word < this.words; word++)
        this.bits[row + word] = (this.bits[row + word] as number) | (this.bits[b * this.words + word] as number);
      this.bits[row + (b >> 5)] = (this.bits[row + (b >> 5)] as number) | (1 << (b & 31));
    }
    return true;
  }
}

/** Derives what is known until nothing more follows, or something cannot be explained. */
export function knownOf(rows: RowHistory, rule: RowRule, time: Before): Known {
  return new Derivation(rows, rule, time).run();
}

class Derivation {
  private readonly edges = new Map<string, KnownEdge>();
  private readonly reach: Reach;
  private readonly rows: RowHistory;
  private readonly rule: RowRule;
  private readonly writers: readonly (readonly number[])[];

  constructor(rows: RowHistory, rule: RowRule, time: Before) {
    this.rows = rows;
    this.rule = rule;
    this.reach = new Reach(rows.txns.length);
    this.writers = rows.keys.map((_, key) => rows.txns.flatMap(({ writes }, i) => (writes.has(key) ? [i] : [])));
    for (let b = 0; b < rows.txns.length; b++) for (let a = b - 1; a >= 0; a--) if (time(a, b)) this.reach.add(a, b);
  }

  run(): Known {
    const reaches: Before = (a, b) => this.reach.has(a, b);
    for (let before = -1; before < this.edges.size; ) {
      before = this.edges.size;
      for (const [reader, { sights }] of this.rows.txns.entries())
        for (const sight of sights)
          if (!this.derive(reader, sight))
            return { edges: [...this.edges.values()], unexplained: { reader, sight }, reaches };
    }
    return { edges: [...this.edges.values()], unexplained: null, reaches };
  }

  /** Returns whether some version explains what was seen. */
  private derive(reader: number, sight: Sight): boolean {
    const { key, item, fits } = sight;
    const last = (item ? this.rule.items : this.rule.predicates) === 'last';
    const value = (i: number) => this.txn(i).writes.get(key);
    const others = (this.writers[key] as readonly number[]).filter((i) => i !== reader);
    const mayHaveWrittenNothing = (i: number) => !deletesCertainly(this.rule) && this.txn(i).deletes.has(key);
    const wrong = others.filter((i) => !fits(value(i)) && !mayHaveWrittenNothing(i));
    const certainlyBefore = wrong.filter((i) => this.txn(i).certain && this.reach.has(i, reader));
    const possible = others
      .filter((i) => fits(value(i)) && !this.reach.has(reader, i))
      .filter((i) => !last || !certainlyBefore.some((other) => this.reach.has(i, other)));
    const unborn = fits(this.rows.initial[key]) && !(last && certainlyBefore.length > 0);
    if (!unborn && possible.length === 0) return this.fall(reader, sight, others, wrong);
    if (unborn && possible.length > 0) return true;
    const source = possible[0];
    if (possible.length > 1) return true;
    if (source !== undefined) this.add(source, reader, item ? 'wr' : 'wrp', reader, sight);
    if (last) this.follow(source, wrong, reader, sight);
    return true;
  }

  /** What is written after the version that was seen comes after the reader, and what came before it before that. */
  private follow(source: number | undefined, wrong: readonly number[], reader: number, sight: Sight): void {
    for (const other of wrong) {
      if (source === undefined || this.reach.has(source, other))
        this.add(reader, other, sight.item ? 'rw' : 'rwp', reader, sight);
      else if (this.reach.has(other, reader)) this.add(other, source, 'ww', reader, sight);
    }
  }

  /** Nothing explains it: the dependencies of the version that would, so that they close a cycle where they can. */
  private fall(reader: number, sight: Sight, others: readonly number[], wrong: readonly number[]): boolean {
    const { key, fits, item } = sight;
    const right = others.filter((i) => fits(this.txn(i).writes.get(key)));
    const unborn = fits(this.rows.initial[key]);
    if (right.length + (unborn ? 1 : 0) !== 1) return false;
    const source = right[0];
    if (source !== undefined) this.add(source, reader, item ? 'wr' : 'wrp', reader, sight);
    if ((item ? this.rule.items : this.rule.predicates) === 'last') this.follow(source, wrong, reader, sight);
    return true;
  }

  private txn(i: number): RowTransaction {
    return this.rows.txns[i] as RowTransaction;
  }

  private add(from: number, to: number, kind: KnownEdge['kind'], reader: number, sight: Sight): void {
    const text = `${from} ${to} ${kind} ${sight.key}`;
    if (this.edges.has(text)) return;
    this.edges.set(text, { from, to, kind, key: sight.key, sight, reader });
    // A snapshot may be older than what was written after it: only dependencies order its transactions.
    if (!(this.rule.snapshot && (kind === 'rw' || kind === 'rwp'))) this.reach.add(from, to);
  }
}
