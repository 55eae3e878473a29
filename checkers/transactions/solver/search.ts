/**
 * Decides open choices so that the graph of known and chosen edges has no cycle: a small solver in which the only
 * source of conflicts is a cycle. Choices are added while it runs, those alone that some order found made wrong.
 *
 * Conflict-driven clause learning (Marques-Silva, Sakallah, GRASP, IEEE Trans. Computers 1999) with two watched
 * literals, the first unique implication point, restarts and the
 * choices of the last conflicts first; the theory of acyclicity is a dynamic topological order. A choice is first
 * tried the way the present order has it, so that nothing is undone where a good order is known.
 */
import type { Choices } from './choices.ts';
import { type Clause, type Conflict, clauseOf, proofOf } from './clauses.ts';
import { MoveToFront } from './move-to-front.ts';
import type { Order } from './order.ts';
import { Restarts } from './restarts.ts';

/** What a search found; `nodes` and `arcs` suffice for there to be no order. */
export type SolverOutcome =
  | { readonly type: 'order' }
  | { readonly type: 'none'; readonly nodes: Set<number>; readonly arcs: Set<number> }
  | { readonly type: 'exhausted' };

/**
 * Looks at the order once all choices are made: a conflict with some of them, or how many choices it added to those
 * there were, or 0 where nothing is wrong.
 */
export interface Condition {
  check(order: Order): Conflict | number;
  /** Steps taken so far. */
  readonly steps: number;
}

const UNSET = -1;
/** Learnt clauses up to which choices are decided in the order of time: conflicts are mostly of what is near. */
const EASY = 5000;
/** Learnt clauses after which those that are long are forgotten. */
const FULL = 20_000;

/** The search for one order. */
export class ChoiceSolver {
  private readonly order: Order;
  private readonly choices: Choices;
  private readonly condition: Condition;
  /** For each choice: UNSET, 0 (the first side) or 1. */
  private readonly value: number[] = [];
  private readonly level: number[] = [];
  private readonly reason: (Clause | null)[] = [];
  private readonly size: number[] = [];
  private readonly watches: Clause[][] = [];
  private readonly trail: number[] = [];
  private readonly limits: number[] = [];
  private readonly queue = new MoveToFront();
  private learnt: Clause[] = [];
  private head = 0;
  private visits = 0;
  private readonly restarts = new Restarts();

  constructor(order: Order, choices: Choices, condition: Condition) {
    this.order = order;
    this.choices = choices;
    this.condition = condition;
    this.admit();
  }

  /** Searches until `budget` edges, clauses and places have been visited. */
  run(budget: number): SolverOutcome {
    for (;;) {
      if (this.steps > budget) return { type: 'exhausted' };
      const conflict = this.propagate() ?? this.proceed();
      if (conflict === 'order') return { type: 'order' };
      if (conflict === null) continue;
      const end = this.learn(conflict);
      if (end) return { type: 'none', ...proofOf(end, (choice) => this.reason[choice]) };
      this.rest();
    }
  }

  get steps(): number {
    return this.order.steps + this.visits + this.condition.steps;
  }

  private readonly isTrue = (literal: number): boolean => this.value[literal >> 1] === (literal & 1);
  private readonly isFalse = (literal: number): boolean => this.value[literal >> 1] === 1 - (literal & 1);

  /** Makes room for choices that were added, and decides those for good of which what is known leaves one side. */
  private admit(): void {
    this.backTo(0);
    for (let choice = this.value.length; choice < this.choices.count; choice++) {
      this.value.push(UNSET);
      this.level.push(0);
      this.reason.push(null);
      this.size.push(0);
      this.watches.push([], []);
      if (this.isHard) this.queue.add();
      const literal = choice * 2;
      const conflict = this.closes(literal) ?? this.closes(literal + 1);
      if (conflict) this.assign((conflict.literals[0] as number) ^ 1, clauseOf(conflict));
    }
    if (!this.isHard) this.sort();
  }

  /** The cycle that a literal would close by itself. */
  private closes(literal: number): Conflict | null {
    const { offset, from, to } = this.choices;
    for (let i = offset[literal]; i < offset[literal + 1]; i++) {
      const path = this.order.path(to[i], from[i]);
      if (path) return this.order.conflictOf(path, [literal], [from[i], to[i]]);
    }
    return null;
  }

  /** Decides choices in the order of time. */
  private sort(): void {
    const { place } = this.order;
    const { offset, to, count } = this.choices;
    const moment = Array.from({ length: count }, (_, choice) => place[to[offset[choice * 2]]]);
    this.queue.reset([...moment.keys()].sort((a, b) => moment[a] - moment[b]));
  }

  /** Decides another choice; with none left, looks at the order. Null when the search is not over. */
  private proceed(): Clause | 'order' | null {
    const choice = this.queue.next((one) => this.value[one] === UNSET);
    if (choice >= 0) {
      const first = choice * 2;
      this.limits.push(this.trail.length);
      this.assign(this.backward(first) <= this.backward(first + 1) ? first : first + 1, null);
      return null;
    }
    const found = this.condition.check(this.order);
    if (found === 0) return 'order';
    if (typeof found !== 'number') return clauseOf(found);
    this.admit();
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
      if (path !== null) return clauseOf(this.order.conflictOf(path, [literal], [from[i], to[i]]));
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

  /** Learns from a conflict and goes back; returns what refutes everything when no decision is left to undo. */
  private learn(conflict: Clause): Clause | null {
    const top = this.highest(conflict.literals);
    if (top === 0) return { ...conflict, from: [conflict], decided: conflict.literals.map((literal) => literal >> 1) };
    this.restarts.conflict();
    this.backTo(top);
    const clause = this.analyse(conflict, top);
    const back = this.highest(clause.literals.slice(1));
    this.backTo(back);
    if (clause.literals.length > 1) {
      const at = clause.literals.findIndex((literal, i) => i > 0 && this.level[literal >> 1] === back);
      [clause.literals[1], clause.literals[at]] = [clause.literals[at], clause.literals[1]];
      this.watches[clause.literals[0]].push(clause);
      this.watches[clause.literals[1]].push(clause);
      this.learnt.push(clause);
    }
    this.assign(clause.literals[0], clause);
    return null;
  }

  /** Whether there were so many conflicts that they matter more than where in the order they are. */
  private get isHard(): boolean {
    return this.learnt.length > EASY + this.choices.count;
  }

  private highest(literals: readonly number[]): number {
    let level = 0;
    for (const literal of literals) level = Math.max(level, this.level[literal >> 1]);
    return level;
  }

  /** Resolves until one literal of the highest level is left; it comes first. */
  private analyse(conflict: Clause, top: number): Clause {
    const from: Clause[] = [];
    const decided: number[] = [];
    const seen = new Set<number>();
    const lower: number[] = [];
    let open = 0;
    const take = (clause: Clause): void => {
      from.push(clause);
      for (const literal of clause.literals) {
        const choice = literal >> 1;
        if (seen.has(choice)) continue;
        seen.add(choice);
        if (this.isHard) this.queue.renew(choice);
        if (this.level[choice] === top) open++;
        else if (this.level[choice] > 0) lower.push(literal);
        else decided.push(choice);
      }
    };
    take(conflict);
    let at = this.trail.length - 1;
    for (;;) {
      while (!seen.has(this.trail[at] >> 1)) at--;
      const literal = this.trail[at--];
      const reason = this.reason[literal >> 1];
      if (--open === 0 || reason === null) return { literals: [literal ^ 1, ...lower], cycle: null, from, decided };
      take(reason);
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
    this.queue.rewind();
  }

  /** Begins anew after a while, and forgets what is long and old. */
  private rest(): void {
    if (!this.isHard || !this.restarts.isDue()) return;
    this.backTo(0);
    if (this.learnt.length < FULL) return;
    const old = new Set(this.learnt.slice(0, FULL / 2).filter((clause) => clause.literals.length > 6));
    for (const choice of this.value.keys()) {
      const reason = this.reason[choice];
      if (this.value[choice] !== UNSET && reason) old.delete(reason);
    }
    this.learnt = this.learnt.filter((clause) => !old.has(clause));
    this.watches.forEach((list, literal) => {
      this.watches[literal] = list.filter((clause) => !old.has(clause));
    });
  }
}
