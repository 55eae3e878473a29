/**
 * Chooses one of several possibilities for each of many places, so that no combination that was forbidden is chosen:
 * clauses, unit propagation, learning from contradictions and jumping back over what has nothing to do with them.
 *
 * Source: Marques-Silva, Sakallah, "GRASP" (IEEE Transactions on Computers 1999), and the watched literals of
 * Moskewicz et al., "Chaff" (DAC 2001). That a place has one possibility and not two are rules and no clauses, since
 * there may be thousands of possibilities.
 */

/** Of literal l the possibility is `l >> 1`; it is chosen where l is even, and not where l is odd. */
interface Clause {
  readonly literals: number[];
  /** The number of what was forbidden, or -1 for what was learnt. */
  readonly origin: number;
  readonly from: readonly Clause[];
}

const UNDECIDED = -1;

/** Places, each with so many possibilities. */
export class Chooser {
  steps = 0;
  /** Possibility p of place v is `first[v] + p`. */
  private readonly first: Int32Array;
  private readonly placeOf: Int32Array;
  private readonly value: Int8Array;
  private readonly open: Int32Array;
  private readonly level: Int32Array;
  private readonly reason: (Clause | null)[];
  private readonly watches: Clause[][];
  private readonly trail: number[] = [];
  private readonly limits: number[] = [];
  private readonly liked: Int32Array;
  /** What was forbidden since nothing was chosen. */
  private readonly fresh: Clause[] = [];
  private head = 0;
  /** All places before it have a possibility. */
  private cursor = 0;

  constructor(sizes: readonly number[]) {
    this.first = new Int32Array(sizes.length + 1);
    sizes.forEach((size, place) => {
      this.first[place + 1] = this.first[place] + size;
    });
    const count = this.first[sizes.length];
    this.placeOf = new Int32Array(count);
    sizes.forEach((_, place) => {
      this.placeOf.fill(place, this.first[place], this.first[place + 1]);
    });
    this.value = new Int8Array(count).fill(UNDECIDED);
    this.open = Int32Array.from(sizes);
    this.level = new Int32Array(count);
    this.reason = new Array(count).fill(null);
    this.watches = Array.from({ length: 2 * count }, () => []);
    this.liked = this.first.slice(0, sizes.length);
  }

  /** Forbids that these places have these possibilities together; `origin` is by what `next` names it. */
  forbid(pairs: readonly (readonly [place: number, possibility: number])[], origin: number): void {
    const literals = pairs.map(([place, possibility]) => 2 * (this.first[place] + possibility) + 1);
    this.fresh.push({ literals, origin, from: [] });
  }

  /** The possibility of each place, or which of what was forbidden leaves none. */
  next(): Int32Array | { readonly none: readonly number[] } {
    this.backTo(0);
    for (const clause of this.fresh.splice(0)) {
      const wrong = this.begin(clause);
      if (wrong) return { none: this.originsOf(wrong) };
    }
    for (;;) {
      const wrong = this.propagate();
      if (wrong && this.limits.length === 0) return { none: this.originsOf(wrong) };
      if (wrong) this.learn(wrong);
      else if (!this.decide()) return this.chosen();
    }
  }

  private chosen(): Int32Array {
    return Int32Array.from(this.liked, (possibility, place) => possibility - this.first[place]);
  }

  /** Takes in a clause while nothing is chosen but what always must be; returns it where it contradicts that. */
  private begin(clause: Clause): Clause | null {
    const { literals } = clause;
    literals.sort((a, b) => Number(this.isFalse(a)) - Number(this.isFalse(b)));
    this.watch(clause);
    if (literals.length === 0 || this.isFalse(literals[0])) return clause;
    return literals.length === 1 || this.isFalse(literals[1]) ? this.imply(literals[0], clause) : null;
  }

  private watch(clause: Clause): void {
    if (clause.literals.length > 1)
      for (const literal of clause.literals.slice(0, 2)) this.watches[literal].push(clause);
  }

  /** Chooses the likeliest possibility of the first place that has none, or what it had before; false if all have. */
  private decide(): boolean {
    for (; this.cursor < this.liked.length; this.cursor++) {
      const place = this.cursor;
      this.steps++;
      let at = this.liked[place];
      if (this.value[at] === 1) continue;
      if (this.value[at] === 0) {
        at = this.first[place];
        while (at < this.first[place + 1] && this.value[at] === 0) at++;
      }
      this.liked[place] = at;
      if (this.value[at] === 1) continue;
      this.limits.push(this.trail.length);
      this.imply(2 * at, null);
      return true;
    }
    return false;
  }

  /** Makes a literal true; returns what it contradicts. */
  private imply(literal: number, reason: Clause | null): Clause | null {
    const at = literal >> 1;
    const wanted = 1 - (literal & 1);
    if (this.value[at] === wanted) return null;
    if (this.value[at] !== UNDECIDED) return reason ?? { literals: [literal], origin: -1, from: [] };
    this.value[at] = wanted;
    this.level[at] = this.limits.length;
    this.reason[at] = reason;
    this.trail.push(literal);
    if (wanted === 0) this.open[this.placeOf[at]]--;
    return null;
  }

  private propagate(): Clause | null {
    while (this.head < this.trail.length) {
      const literal = this.trail[this.head++];
      const wrong = this.byPlace(literal) ?? this.byClauses(literal);
      if (wrong) return wrong;
    }
    return null;
  }

  /** What was chosen for a place excludes all else, and of what is not excluded the last one is chosen. */
  private byPlace(literal: number): Clause | null {
    const at = literal >> 1;
    const place = this.placeOf[at];
    const [from, to] = [this.first[place], this.first[place + 1]];
    if ((literal & 1) === 0) {
      for (let other = from; other < to; other++) {
        if (other === at || this.value[other] === 0) continue;
        const wrong = this.imply(2 * other + 1, { literals: [2 * other + 1, 2 * at + 1], origin: -1, from: [] });
        if (wrong) return wrong;
      }
      this.steps += to - from;
      return null;
    }
    if (this.open[place] > 1) return null;
    const all = (): Clause => {
      const literals = Array.from({ length: to - from }, (_, i) => 2 * (from + i));
      return { literals, origin: -1, from: [] };
    };
    if (this.open[place] === 0) return all();
    for (let other = from; other < to; other++)
      if (this.value[other] === UNDECIDED) return this.imply(2 * other, all());
    return null;
  }

  private byClauses(literal: number): Clause | null {
    const wrong = literal ^ 1;
    const watching = this.watches[wrong];
    const kept: Clause[] = [];
    for (let i = 0; i < watching.length; i++) {
      const clause = watching[i];
      this.steps++;
      const { literals } = clause;
      if (literals[0] === wrong) [literals[0], literals[1]] = [literals[1], literals[0]];
      if (this.isTrue(literals[0]) || !this.moved(clause)) kept.push(clause);
      else continue;
      const contradicted = this.isTrue(literals[0]) ? null : this.imply(literals[0], clause);
      if (!contradicted) continue;
      kept.push(...watching.slice(i + 1));
      this.watches[wrong] = kept;
      return contradicted;
    }
    this.watches[wrong] = kept;
    return null;
  }

  /** Whether a clause could be watched elsewhere than at its second literal. */
  private moved(clause: Clause): boolean {
    const { literals } = clause;
    for (let i = 2; i < literals.length; i++) {
      if (this.isFalse(literals[i])) continue;
      [literals[1], literals[i]] = [literals[i], literals[1]];
      this.watches[literals[1]].push(clause);
      return true;
    }
    return false;
  }

  private isTrue(literal: number): boolean {
    return this.value[literal >> 1] === 1 - (literal & 1);
  }

  private isFalse(literal: number): boolean {
    return this.value[literal >> 1] === (literal & 1);
  }

  /** The first unique implication point of a contradiction becomes a clause, and what it says is done. */
  private learn(wrong: Clause): void {
    const top = this.limits.length;
    const seen = new Set<number>();
    const lower: number[] = [];
    const from: Clause[] = [];
    let open = 0;
    const take = (clause: Clause): void => {
      from.push(clause);
      for (const literal of clause.literals) {
        const at = literal >> 1;
        if (seen.has(at)) continue;
        seen.add(at);
        if (this.level[at] === top) open++;
        else if (this.level[at] > 0) lower.push(literal);
        else from.push(...this.groundsOf(at));
      }
    };
    take(wrong);
    let index = this.trail.length - 1;
    for (;;) {
      while (!seen.has(this.trail[index] >> 1)) index--;
      const literal = this.trail[index--];
      const reason = this.reason[literal >> 1];
      if (--open > 0 && reason !== null) {
        take(reason);
        continue;
      }
      this.steps += from.length;
      this.assert({ literals: [literal ^ 1, ...lower], origin: -1, from });
      return;
    }
  }

  /** Why a possibility was decided for good. */
  private groundsOf(at: number): readonly Clause[] {
    const reason = this.reason[at];
    return reason === null ? [] : [reason];
  }

  private assert(clause: Clause): void {
    const { literals } = clause;
    let second = 1;
    for (let i = 2; i < literals.length; i++)
      if (this.level[literals[i] >> 1] > this.level[literals[second] >> 1]) second = i;
    if (literals.length > 1) [literals[1], literals[second]] = [literals[second], literals[1]];
    this.backTo(literals.length > 1 ? this.level[literals[1] >> 1] : 0);
    this.watch(clause);
    this.imply(literals[0], clause);
  }

  private backTo(level: number): void {
    const limit = this.limits[level];
    if (limit === undefined) return;
    this.limits.length = level;
    for (const literal of this.trail.splice(limit)) {
      const at = literal >> 1;
      if (this.value[at] === 0) this.open[this.placeOf[at]]++;
      this.value[at] = UNDECIDED;
    }
    this.head = Math.min(this.head, limit);
    this.cursor = 0;
  }

  /** What was forbidden, of what a contradiction without choices follows from. */
  private originsOf(wrong: Clause): number[] {
    const origins = new Set<number>();
    const clauses = new Set([wrong]);
    const done = new Set<number>();
    for (const { literals, origin, from } of clauses) {
      if (origin >= 0) origins.add(origin);
      for (const clause of from) clauses.add(clause);
      for (const literal of literals) {
        const at = literal >> 1;
        // A literal of what was learnt may have been decided later, or not at all.
        if (done.has(at) || this.value[at] === UNDECIDED || this.level[at] > 0) continue;
        done.add(at);
        const reason = this.reason[at];
        if (reason) clauses.add(reason);
      }
    }
    return [...origins].sort((a, b) => a - b);
  }
}
