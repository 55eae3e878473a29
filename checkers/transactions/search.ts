/**
 * Decides open choices so that the graph of known and chosen edges has
 * no cycle: a small solver in which the only source of conflicts is a cycle.
 *
 * Conflict-driven clause learning (Marques-Silva, Sakallah, GRASP, IEEE Trans. Computers 1999) with two watched
 * literals and the first unique implication point; the theory of acyclicity is a dynamic topological order.
 * A choice is first tried the way the present order has it, so that nothing is undone where a good order is known.
 */
import type { Choices } from './choices.ts';
import type { Order } from './order.ts';

/** A clause: at least one of its literals is true. `core` holds the nodes of the cycles that it was learned from. */
interface Clause {
  readonly literals: number[];
  readonly core: ReadonlySet<number>;
}

/** What a search found; `core` are nodes that suffice for there to be no order. */
export type SolverOutcome =
  | { readonly type: 'order'; readonly place: Int32Array; readonly chosen: Int8Array }
  | { readonly type: 'none'; readonly core: ReadonlySet<number> }
  | { readonly type: 'exhausted' };

/** A condition on the whole order beside acyclicity: the conflicts that break it, none if it is met. */
export type Extra = (order: Order, isTrue: (literal: number) => boolean) => readonly Conflict[];

/** Literals that cannot all be true, and the nodes that show it. */
export interface Conflict {
  readonly literals: readonly number[];
  readonly nodes: readonly number[];
}

const UNSET = -1;

/** The search for one order. */
export class ChoiceSolver {
  private readonly order: Order;
  private readonly choices: Choices;
  private readonly extra: Extra | null;
  /** For each choice: UNSET, 0 (the first side) or 1. */
  private readonly value: Int8Array;
  private readonly level: Int32Array;
  private readonly reason: (Clause | null)[];
  private readonly size: Int32Array;
  private readonly watches: Clause[][];
  private readonly trail: number[] = [];
  private readonly limits: number[] = [];
  private head = 0;
  private readonly newer: Int32Array;
  private readonly older: Int32Array;
  private newest = -1;
  private cursor = -1;
  private readonly groundCore = new Map<number, ReadonlySet<number>>();
  private visits = 0;

  constructor(order: Order, choices: Choices, extra: Extra | null = null) {
    this.order = order;
    this.choices = choices;
    this.extra = extra;
    const { count } = choices;
    this.value = new Int8Array(count).fill(UNSET);
    this.level = new Int32Array(count);
    this.reason = new Array(count).fill(null);
    this.size = new Int32Array(count);
    this.watches = Array.from({ length: count * 2 }, () => []);
    this.newer = new Int32Array(count).fill(-1);
    this.older = new Int32Array(count).fill(-1);
    for (let choice = count - 1; choice >= 0; choice--) this.renew(choice);
    this.cursor = this.newest;
  }

  /** Searches until `budget` edges and clauses have been visited. */
  run(budget: number): SolverOutcome {
    for (;;) {
      if (this.order.steps + this.visits > budget) return { type: 'exhausted' };
      const conflict = this.propagate() ?? this.finish();
      if (conflict === 'order') return { type: 'order', place: this.order.place, chosen: this.value };
      if (conflict === null) continue;
      const core = this.learn(conflict);
      if (core) return { type: 'none', core };
    }
  }

  private isTrue(literal: number): boolean {
    return this.value[literal >> 1] === (literal & 1);
  }

  private isFalse(literal: number): boolean {
    return this.value[literal >> 1] === 1 - (literal & 1);
  }

  /** Decides another choice; with none left, asks for the extra condition. Null when the search is not over. */
  private finish(): Clause | 'order' | null {
    while (this.cursor >= 0 && this.value[this.cursor] !== UNSET) this.cursor = this.older[this.cursor];
    if (this.cursor < 0) {
      const [conflict] = this.extra?.(this.order, (literal) => this.isTrue(literal)) ?? [];
      if (!conflict) return 'order';
      return { literals: conflict.literals.map((literal) => literal ^ 1), core: new Set(conflict.nodes) };
    }
    const first = this.cursor * 2;
    this.limits.push(this.trail.length);
    this.assign(this.backward(first) <= this.backward(first + 1) ? first : first + 1, null);
    return null;
  }

  /** How many edges of a literal lead backward in the present order. */
  private backward(literal: number): number {
    const { offset, from, to } = this.choices;
    const { place } = this.order;
    let count = 0;
    for (let i = offset[literal]; i < offset[literal + 1]; i++) if (place[from[i]] > place[to[i]]) count++;
    return count;
  }

  private assign(literal: number, reason: Clause | null): void {
    const choice = literal >> 1;
    this.value[choice] = literal & 1;
    this.level[choice] = this.limits.length;
    this.reason[choice] = reason;
    this.trail.push(literal);
    if (this.limits.length === 0 && reason) this.groundCore.set(choice, this.coreOf(reason));
  }

  /** What a clause rests on, with what decided its other literals for good. */
  private coreOf(clause: Clause): ReadonlySet<number> {
    const core = new Set(clause.core);
    for (const literal of clause.literals) for (const node of this.groundCore.get(literal >> 1) ?? []) core.add(node);
    return core;
  }

  private propagate(): Clause | null {
    while (this.head < this.trail.length) {
      const literal = this.trail[this.head++];
      this.size[literal >> 1] = this.order.size;
      const conflict = this.enter(literal) ?? this.watch(literal ^ 1);
      if (conflict) return conflict;
    }
    return null;
  }

  /** Adds the edges of a literal that became true; a cycle is a conflict of all literals on it. */
  private enter(literal: number): Clause | null {
    const { offset, from, to } = this.choices;
    for (let i = offset[literal]; i < offset[literal + 1]; i++) {
      const path = this.order.add(from[i], to[i], literal);
      if (path === null) continue;
      const literals = new Set([literal ^ 1]);
      const core = new Set([from[i], to[i]]);
      for (const edge of path) {
        const tag = this.order.tagOf(edge);
        if (tag >= 0) literals.add(tag ^ 1);
        for (const node of this.order.endsOf(edge)) core.add(node);
      }
      return { literals: [...literals], core };
    }
    return null;
  }

  /** Visits the clauses that watch a literal that became false. */
  private watch(literal: number): Clause | null {
    const list = this.watches[literal];
    let kept = 0;
    for (let i = 0; i < list.length; i++) {
      const clause = list[i];
      this.visits++;
      if (this.rewatch(clause, literal)) continue;
      list[kept++] = clause;
      const other = clause.literals[0];
      if (this.isTrue(other)) continue;
      if (this.isFalse(other)) {
        for (i++; i < list.length; i++) list[kept++] = list[i];
        list.length = kept;
        return clause;
      }
      this.assign(other, clause);
    }
    list.length = kept;
    return null;
  }

  /** Finds another literal of a clause to watch in place of a false one; the other watched one is put first. */
  private rewatch(clause: Clause, literal: number): boolean {
    const { literals } = clause;
    if (literals[0] === literal) [literals[0], literals[1]] = [literals[1], literals[0]];
    if (this.isTrue(literals[0])) return false;
    for (let i = 2; i < literals.length; i++) {
      if (this.isFalse(literals[i])) continue;
      [literals[1], literals[i]] = [literals[i], literals[1]];
      this.watches[literals[1]].push(clause);
      return true;
    }
    return false;
  }

  /** Learns from a conflict and goes back; returns the core when no decision is left to undo. */
  private learn(conflict: Clause): ReadonlySet<number> | null {
    const top = Math.max(0, ...conflict.literals.map((literal) => this.level[literal >> 1]));
    if (top === 0) return this.coreOf(conflict);
    this.backTo(top);
    const clause = this.analyse(conflict, top);
    const back = Math.max(0, ...clause.literals.slice(1).map((literal) => this.level[literal >> 1]));
    this.backTo(back);
    if (clause.literals.length > 1) {
      const at = clause.literals.findIndex((literal, i) => i > 0 && this.level[literal >> 1] === back);
      [clause.literals[1], clause.literals[at]] = [clause.literals[at], clause.literals[1]];
      this.watches[clause.literals[0]].push(clause);
      this.watches[clause.literals[1]].push(clause);
    }
    this.assign(clause.literals[0], clause);
    return null;
  }

  /** Resolves until one literal of the highest level is left; it comes first. */
  private analyse(conflict: Clause, top: number): Clause {
    const core = new Set(conflict.core);
    const seen = new Set<number>();
    const lower: number[] = [];
    let open = 0;
    const take = (literals: readonly number[]): void => {
      for (const literal of literals) {
        const choice = literal >> 1;
        if (seen.has(choice)) continue;
        seen.add(choice);
        this.renew(choice);
        if (this.level[choice] === top) open++;
        else if (this.level[choice] > 0) lower.push(literal);
        else for (const node of this.groundCore.get(choice) ?? []) core.add(node);
      }
    };
    take(conflict.literals);
    let at = this.trail.length - 1;
    for (;;) {
      while (!seen.has(this.trail[at] >> 1)) at--;
      const literal = this.trail[at--];
      const reason = this.reason[literal >> 1];
      if (--open === 0 || reason === null) return { literals: [literal ^ 1, ...lower], core };
      for (const node of reason.core) core.add(node);
      take(reason.literals);
    }
  }

  private backTo(level: number): void {
    const limit = this.limits[level];
    if (limit === undefined) return;
    this.limits.length = level;
    for (let i = this.trail.length - 1; i >= limit; i--) {
      const choice = this.trail[i] >> 1;
      this.value[choice] = UNSET;
      if (i < this.head) this.order.undoTo(this.size[choice]);
    }
    this.trail.length = limit;
    this.head = Math.min(this.head, limit);
    this.cursor = this.newest;
  }

  /** Moves a choice to the front of those that are decided next. */
  private renew(choice: number): void {
    if (this.newest === choice) return;
    const newer = this.newer[choice];
    const older = this.older[choice];
    if (newer >= 0) this.older[newer] = older;
    if (older >= 0) this.newer[older] = newer;
    this.older[choice] = this.newest;
    this.newer[choice] = -1;
    if (this.newest >= 0) this.newer[this.newest] = choice;
    this.newest = choice;
  }
}
