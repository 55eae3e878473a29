/**
 * What follows from the sources of some reads: who then comes before whom, which sources others cannot be of, and why.
 * A write that comes after a read is not its source, nor is one that was overwritten before it; a read of which one
 * source is left is of that one; and then whoever overwrites the source comes after the read, and a write that comes
 * before the read comes before its source.
 */
import type { SourceConflict } from '../sources/decide.ts';
import type { Riddle } from '../sources/riddle.ts';
import type { Reachability } from './reachability.ts';

/** What orders a model asks for: of whole transactions, or of their starts and commits. */
export type OrderShape = 'whole' | 'snapshot' | 'prefix';

/** Sources that were assumed together, and where things stood before. */
interface Assumed {
  readonly sources: Int32Array;
  readonly active: readonly KeyRead[];
  readonly reasons: number;
  readonly mark: ReturnType<Reachability['mark']>;
}

/** Readings whose sources are assumed together. */
const TOGETHER = 8;

/** A path that was there once so many edges had been derived. */
type Path = readonly [from: number, to: number, derived: number];

/** What something follows from: rows, paths, and that of some reads all other sources are impossible. */
interface Reason {
  readonly rows: readonly number[];
  readonly paths: readonly Path[];
  readonly reads: readonly KeyRead[];
}

/** What was read of a key: by whom, and the writers left that it may be of (-1: nobody), with why others are not. */
export interface KeyRead {
  readonly row: number;
  readonly key: number;
  /** Its place among the readings of the riddle; -1 where its source was never open. */
  readonly reading: number;
  readonly left: Set<number>;
  readonly gone: Map<number, Reason>;
  /** The place of the source that it is assumed to be of; -1 where none is. */
  readonly assumed: number;
}

/** What is known in the beginning. */
export interface KnownReads {
  readonly riddle: Riddle;
  readonly shape: OrderShape;
  /** Who comes before whom: transactions by their rows, or their starts, and commits `commits` further on. */
  readonly reach: Reachability;
  readonly commits: number;
  /** The rows that are known to have written each key for others to see. */
  readonly writers: readonly (readonly number[])[];
  readonly reads: readonly KeyRead[];
}

/** Derives from what is known, and from sources that are assumed, as long as there are steps. */
export class SourceDerivation {
  private readonly reach: Reachability;
  private readonly riddle: Riddle;
  private readonly shape: OrderShape;
  /** 0 where transactions are one node each. */
  private readonly commits: number;
  private readonly reads: readonly KeyRead[];
  /** Why each edge was derived. */
  private readonly reasons: Reason[] = [];
  /** Of these, with the sources assumed, those from which something is derived. */
  private active: readonly KeyRead[];
  private readonly assumed: Assumed[] = [];
  private readonly writers: KnownReads['writers'];
  private contradiction: Reason | null = null;
  private visits = 0;

  constructor({ riddle, reach, shape, commits, writers, reads }: KnownReads) {
    this.riddle = riddle;
    this.reach = reach;
    this.shape = shape;
    this.commits = commits;
    this.writers = writers;
    this.reads = reads;
    this.active = [];
  }

  /** Words and pairs looked at so far. */
  get steps(): number {
    return this.reach.steps + this.visits;
  }

  /** What contradicts itself, once all that follows is derived or the steps are used up; null where nothing does. */
  private derived(budget: number): SourceConflict | null {
    for (let before = -1; before !== this.known() && this.contradiction === null && this.steps < budget; ) {
      before = this.known();
      for (const read of this.active) {
        if (this.contradiction !== null || this.steps > budget) break;
        this.look(read);
      }
      if (this.shape === 'snapshot') this.exclude(budget);
    }
    if (this.contradiction === null) return null;
    const { rows, pairs } = this.basis(this.contradiction);
    this.contradiction = null;
    return { rows, pairs, anomaly: null };
  }

  /** Why sources for all readings contradict one another; null where that is not seen, or no steps are left. */
  refute(chosen: Int32Array, budget: number): SourceConflict | null {
    const open = this.reads.filter(({ left }) => left.size > 1);
    for (let group = 0; group * TOGETHER < open.length && this.steps < budget; group++) {
      const some = open.slice(group * TOGETHER, (group + 1) * TOGETHER);
      const sources = Int32Array.from(some, ({ reading }) => chosen[reading]);
      if (this.assumed[group]?.sources.every((source, at) => source === sources[at])) continue;
      this.forget(group);
      const { active, reach } = this;
      this.assumed.push({ sources, active, reasons: this.reasons.length, mark: reach.mark() });
      this.active = [...active, ...some.map((read, at) => this.assuming(read, sources[at]))];
      const conflict = this.derived(budget);
      if (conflict === null) continue;
      this.forget(group);
      return conflict;
    }
    return null;
  }

  private assuming(read: KeyRead, assumed: number): KeyRead {
    return { ...read, left: new Set([this.riddle.readings[read.reading].sources[assumed].row]), assumed };
  }

  /** Takes back what was assumed from some group on. */
  private forget(group: number): void {
    const before = this.assumed[group];
    if (!before) return;
    this.assumed.length = group;
    this.active = before.active;
    this.reasons.length = before.reasons;
    this.reach.undo(before.mark);
  }

  /** What contradicts itself without any assumption, or else each source that a reading cannot be of. */
  impossible(budget: number): readonly SourceConflict[] {
    this.active = this.reads;
    const conflict = this.derived(budget);
    this.active = this.reads.filter(({ left }) => left.size === 1);
    if (conflict) return [conflict];
    const { readings } = this.riddle;
    return this.reads.flatMap(({ row, reading, gone }) =>
      [...gone].map(([writer, reason]): SourceConflict => {
        const source = readings[reading].sources.findIndex((one) => one.row === writer);
        const basis = lazily(() => this.basis({ ...reason, rows: [...reason.rows, row] }).rows);
        return {
          pairs: [[reading, source]],
          anomaly: null,
          get rows() {
            return basis();
          },
        };
      }),
    );
  }

  /** Grows with all that is derived. */
  private known(): number {
    return this.reasons.length + this.active.reduce((sum, { gone }) => sum + gone.size, 0);
  }

  private look(read: KeyRead): void {
    const { row, key, left, gone } = read;
    if (left.size > 1) {
      for (const source of left) {
        const reason = this.whyNot(read, source);
        if (reason === null) continue;
        left.delete(source);
        gone.set(source, reason);
      }
      if (left.size === 0) this.contradiction = { rows: [row], paths: [], reads: [read] };
    }
    const [source] = left;
    if (left.size > 1) this.followAll(read);
    else if (source === -1) this.followInitial(read);
    else if (source !== undefined) this.follow(read, source);
    this.visits += this.writers[key].length * left.size;
  }

  /**
   * Of two transactions that write one key, one commits before the other starts: the second is the one that cannot
   * commit first, as the other has to start before.
   */
  private exclude(budget: number): void {
    const { reach } = this;
    for (const writers of this.writers)
      for (const later of writers) {
        if (this.contradiction !== null || this.steps > budget) return;
        this.visits += writers.length;
        for (const first of writers) {
          const made = this.commit(later);
          if (first === later || !reach.reaches(first, made) || reach.reaches(this.commit(first), later)) continue;
          this.derive(this.commit(first), later, {
            rows: [first, later],
            paths: [[first, made, reach.added]],
            reads: [],
          });
          if (this.contradiction !== null) return;
        }
      }
  }

  /** Why a read is not of a write; null where it may be. */
  private whyNot({ row, key }: KeyRead, source: number): Reason | null {
    const { reach } = this;
    if (source >= 0 && this.reach.reaches(row, this.commit(source)))
      return { rows: [], paths: [[row, this.commit(source), reach.added]], reads: [] };
    for (const other of this.writers[key]) {
      if (other === source || other === row || !this.reach.reaches(this.commit(other), row)) continue;
      if (source >= 0 && !this.reach.reaches(this.commit(source), this.commit(other))) continue;
      const before: Path[] = source < 0 ? [] : [[this.commit(source), this.commit(other), reach.added]];
      return { rows: [other], paths: [...before, [this.commit(other), row, reach.added]], reads: [] };
    }
    return null;
  }

  /** What follows from a read being of a write, for all that write the key, too. */
  private follow(read: KeyRead, source: number): void {
    const { row, key } = read;
    const { reach } = this;
    const end = this.commit(source);
    const begin = this.shape === 'prefix' ? end : source;
    if (!reach.reaches(end, row)) this.derive(end, row, { rows: [source], paths: [], reads: [read] });
    for (const other of this.writers[key]) {
      if (this.contradiction !== null) return;
      if (other === source || other === row) continue;
      const made = this.commit(other);
      if (reach.reaches(end, made)) {
        const paths: Path[] = [[end, made, reach.added]];
        if (!reach.reaches(row, made)) this.derive(row, made, { rows: [other], paths, reads: [read] });
      } else if (reach.reaches(made, row) && !reach.reaches(made, begin)) {
        const between: Path = [made, row, reach.added];
        this.derive(made, begin, { rows: [other], paths: [between], reads: [read] });
      }
    }
  }

  /** All that write a key come after who read what was there at first. */
  private followInitial(read: KeyRead): void {
    for (const other of this.writers[read.key]) {
      if (this.contradiction !== null) return;
      if (other === read.row || this.reach.reaches(read.row, this.commit(other))) continue;
      this.derive(read.row, this.commit(other), { rows: [other], paths: [], reads: [read] });
    }
  }

  /** Who overwrites each of the sources that are left comes after the read. */
  private followAll(read: KeyRead): void {
    const { row, key, left } = read;
    for (const other of this.writers[key]) {
      if (this.contradiction !== null) return;
      if (other === row || left.has(other)) continue;
      const after = (source: number): boolean =>
        source < 0 || this.reach.reaches(this.commit(source), this.commit(other));
      if (this.reach.reaches(row, this.commit(other)) || ![...left].every(after)) continue;
      const paths = [...left]
        .filter((source) => source >= 0)
        .map((source): Path => [this.commit(source), this.commit(other), this.reach.added]);
      this.derive(row, this.commit(other), { rows: [other], paths, reads: [read] });
    }
  }

  private commit(row: number): number {
    return this.commits + row;
  }

  private derive(from: number, to: number, reason: Reason): void {
    const { reach } = this;
    if (reach.reaches(to, from)) {
      this.contradiction = { ...reason, paths: [...reason.paths, [to, from, reach.added]] };
      return;
    }
    this.reasons.push(reason);
    reach.add(from, to);
  }

  /** All rows and assumptions that a reason rests on. */
  private basis(reason: Reason): Pick<SourceConflict, 'pairs'> & { readonly rows: number[] } {
    const rows = new Set<number>();
    const reads = new Set<KeyRead>();
    const edges = new Set<number>();
    const open = [reason];
    for (const { rows: named, paths, reads: read } of open) {
      for (const row of named) rows.add(row);
      for (const edge of paths.flatMap((path) => this.walk(path, rows))) {
        if (!edges.has(edge)) open.push(this.reasons[edge]);
        edges.add(edge);
      }
      for (const one of read) {
        rows.add(one.row);
        if (!reads.has(one) && one.assumed < 0) open.push(...one.gone.values());
        reads.add(one);
      }
    }
    const assumptions = [...reads].filter(({ assumed }) => assumed >= 0);
    return {
      rows: [...rows].sort((a, b) => a - b),
      pairs: assumptions.map(({ reading, assumed }) => [reading, assumed] as const),
    };
  }

  /** Adds the rows on a path; returns the edges on it that were derived. */
  private walk([from, to, derived]: Path, rows: Set<number>): readonly number[] {
    const path = this.reach.path(from, to, derived);
    for (const node of path?.nodes ?? []) {
      const row = node >= this.commits ? node - this.commits : node;
      if (row < this.riddle.history.length) rows.add(row);
    }
    return path?.added ?? [];
  }
}
/** What is worked out once somebody asks. */
function lazily<T>(work: () => T): () => T {
  let known: { readonly of: T } | null = null;
  return () => {
    known ??= { of: work() };
    return known.of;
  };
}
