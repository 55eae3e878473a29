/**
 * The dependencies between transactions over rows that every explanation of a history has: who wrote what was seen,
 * where one writer is left that can have, and what was written after that.
 *
 * A read by predicate that did not match a row depends on whoever left it so (`wrp`), and on it whoever makes it match
 * later (`rwp`). A row that is absent may be unborn or dead: writers that cannot have come before the read, or whose
 * version another had replaced by then, are left out until nothing more follows. Under snapshot isolation a dependency
 * is between a commit and a start, and an anti-dependency between a start and a commit: then orders of these are cycles
 * in which no two anti-dependencies follow each other.
 */
import { Reach, RowMoments } from './reach.ts';
import { type RowHistory, type RowTransaction, type Sight, writersByKey } from './rows.ts';
import { type Before, deletesCertainly, type RowRule } from './rules.ts';

/** That one moment comes before another. */
export type Ordered = readonly [before: number, after: number];

/** One dependency: the first comes before the second. */
export interface KnownEdge {
  readonly from: number;
  readonly to: number;
  readonly kind: 'ww' | 'wr' | 'rw' | 'wrp' | 'rwp';
  readonly key: number;
  readonly sight: Sight;
  /** The transaction that saw it. */
  readonly reader: number;
  /** What it follows from, and how many dependencies were known by then. */
  readonly because: readonly Ordered[];
  readonly known: number;
}

/** What no version explains: a reader, what it saw, and why no version can be it. */
interface Unexplained {
  readonly reader: number;
  readonly sight: Sight;
  readonly because: readonly Ordered[];
}

/** What follows from a history. */
export interface Known {
  readonly moments: RowMoments;
  /** Which moments come before which, by time and `edges`; never in a cycle. */
  readonly reach: Reach;
  /** The dependencies that said something new, in the order in which they were found. */
  readonly edges: readonly KnownEdge[];
  /** Those that contradict the others: each closes a cycle. */
  readonly closing: readonly KnownEdge[];
  /** Other dependencies that lie on a cycle with one of these. */
  readonly beside: readonly KnownEdge[];
  readonly unexplained: Unexplained | null;
  /** Those that need not have happened and may have left what somebody saw: all others are as good as left out. */
  readonly useful: ReadonlySet<number>;
}

/** Derives what is known until nothing more follows, something closes a cycle, or something cannot be explained. */
export function knownOf(rows: RowHistory, rule: RowRule, time: Before): Known {
  return new Derivation(rows, rule, time).run();
}

/** Of contradictions that say the same, so many are looked at. */
const MOST_CLOSING = 32;

class Derivation {
  private readonly edges: KnownEdge[] = [];
  private readonly closing: KnownEdge[] = [];
  private readonly beside = new Map<string, KnownEdge>();
  private readonly moments: RowMoments;
  private readonly reach: Reach;
  private readonly rows: RowHistory;
  private readonly rule: RowRule;
  private readonly writers: readonly (readonly number[])[];
  private unexplained: Unexplained | null = null;
  private readonly useful = new Set<number>();
  private collecting = false;

  constructor(rows: RowHistory, rule: RowRule, time: Before) {
    this.rows = rows;
    this.rule = rule;
    const count = rows.txns.length;
    this.writers = writersByKey(rows.keys.length, rows.txns);
    this.moments = new RowMoments(rule.snapshot);
    this.reach = new Reach(this.moments.count(count));
    for (let a = 0; a < count; a++) {
      if (rule.snapshot) this.reach.note(this.start(a), this.commit(a));
      if (rule.time === 'none') continue;
      for (let b = 0; b < count; b++) if (a !== b && time(a, b)) this.noteTime(a, b);
    }
  }

  run(): Known {
    const { moments, reach, edges, closing, useful } = this;
    for (let before = -1; before < edges.length && closing.length === 0 && !this.unexplained; ) {
      before = edges.length;
      this.pass();
    }
    this.collecting = true;
    if (closing.length > 0) this.pass();
    const beside = [...this.beside.values()];
    return { moments, reach, edges, closing, beside, unexplained: this.unexplained, useful };
  }

  private pass(): void {
    this.useful.clear();
    for (const [reader, { sights }] of this.rows.txns.entries()) for (const sight of sights) this.derive(reader, sight);
  }

  private noteTime(a: number, b: number): void {
    this.reach.note(this.commit(a), this.start(b));
    if (!this.rule.snapshot) return;
    this.reach.note(this.commit(a), this.commit(b));
    this.reach.note(this.start(a), this.start(b));
    this.reach.note(this.start(a), this.commit(b));
  }

  private derive(reader: number, sight: Sight): void {
    const { key, item, fits } = sight;
    const last = (item ? this.rule.items : this.rule.predicates) === 'last';
    const value = (i: number) => this.txn(i).writes.get(key);
    const others = (this.writers[key] as readonly number[]).filter((i) => i !== reader);
    const mayHaveWrittenNothing = (i: number) => !deletesCertainly(this.rule) && this.txn(i).deletes.has(key);
    const wrong = others.filter((i) => !fits(value(i)) && !mayHaveWrittenNothing(i));
    const right = others.filter((i) => fits(value(i)));
    const replaced = last ? wrong.filter((i) => this.txn(i).certain && this.sees(reader, i)) : [];
    const because: Ordered[] = [];
    const possible = right.filter((i) => {
      const why = this.excluded(i, reader, replaced);
      because.push(...(why ?? []));
      return why === undefined;
    });
    const initially = fits(this.rows.initial[key]);
    const [replacer] = replaced;
    if (initially && replacer !== undefined) because.push([this.commit(replacer), this.start(reader)]);
    const unborn = initially && replacer === undefined;
    if (!unborn && possible.length === 0) this.fall(reader, sight, right, wrong, initially, because);
    else if (possible.length === (unborn ? 0 : 1)) this.depend(possible[0], reader, sight, wrong, because);
    for (const i of possible) if (!this.txn(i).certain) this.useful.add(i);
  }

  /** Why a version cannot be what was seen; undefined where it may be. */
  private excluded(i: number, reader: number, replaced: readonly number[]): readonly Ordered[] | undefined {
    if (this.reach.has(this.start(reader), this.commit(i))) return [[this.start(reader), this.commit(i)]];
    const by = replaced.find((other) => this.reach.has(this.commit(i), this.commit(other)));
    if (by === undefined) return undefined;
    return [
      [this.commit(i), this.commit(by)],
      [this.commit(by), this.start(reader)],
    ];
  }

  private sees(reader: number, writer: number): boolean {
    return this.reach.has(this.commit(writer), this.start(reader));
  }

  /** The reader saw this version, the first where there is none: what is written after it comes after the reader. */
  private depend(
    source: number | undefined,
    reader: number,
    sight: Sight,
    wrong: readonly number[],
    because: readonly Ordered[],
  ): void {
    const { item } = sight;
    if (source !== undefined) this.add(source, reader, item ? 'wr' : 'wrp', reader, sight, because);
    if ((item ? this.rule.items : this.rule.predicates) !== 'last') return;
    for (const other of wrong) {
      const after: Ordered[] = source === undefined ? [] : [[this.commit(source), this.commit(other)]];
      if (after.every(([a, b]) => this.reach.has(a, b)))
        this.add(reader, other, item ? 'rw' : 'rwp', reader, sight, [...because, ...after]);
      else if (source !== undefined && this.sees(reader, other))
        this.add(other, source, 'ww', reader, sight, [...because, [this.commit(other), this.start(reader)]]);
    }
  }

  /** Nothing explains it: the dependencies of the version that would, so that they close a cycle where they can. */
  private fall(
    reader: number,
    sight: Sight,
    right: readonly number[],
    wrong: readonly number[],
    initially: boolean,
    because: readonly Ordered[],
  ): void {
    if (right.length + (initially ? 1 : 0) === 1) this.depend(right[0], reader, sight, wrong, []);
    else this.unexplained ??= { reader, sight, because };
  }

  private txn(i: number): RowTransaction {
    return this.rows.txns[i] as RowTransaction;
  }

  private start(i: number): number {
    return this.moments.start(i);
  }

  private commit(i: number): number {
    return this.moments.commit(i);
  }

  private add(
    from: number,
    to: number,
    kind: KnownEdge['kind'],
    reader: number,
    sight: Sight,
    because: readonly Ordered[],
  ): void {
    const [first, then] = this.moments.ordered({ from, to, kind });
    const edge = (): KnownEdge => ({
      from,
      to,
      kind,
      key: sight.key,
      sight,
      reader,
      because,
      known: this.edges.length,
    });
    if (this.reach.has(then, first)) {
      if (this.closing.length < MOST_CLOSING && !this.collecting) this.closing.push(edge());
    } else if (this.collecting) {
      if (this.isBeside(first, then)) this.beside.set(`${from} ${to} ${kind} ${sight.key}`, edge());
    } else if (this.reach.add(first, then)) this.edges.push(edge());
  }

  /** Whether a pair lies on a cycle with something that contradicts. */
  private isBeside(first: number, then: number): boolean {
    const upTo = (a: number, b: number): boolean => a === b || this.reach.has(a, b);
    return this.closing.some((edge) => {
      const [start, end] = this.moments.ordered(edge);
      return upTo(then, start) && upTo(end, first);
    });
  }
}
