/**
 * Why a few transactions have no order, as an argument that a person can follow: what follows from what is known,
 * and where nothing does, that both orders of two writes lead to a contradiction.
 */
import type { CycleStep } from '../cycles.ts';
import { RT, RW, SO, VIA_RT, WW } from '../edges.ts';
import { REAL_TIME, SESSIONS } from '../views.ts';
import type { Polygraph } from './polygraph.ts';
import { endsOf } from './problem.ts';
import { kindsOf, type Moments, momentsOf, type Question } from './shape.ts';

/** That one transaction wrote a key before another did; rows of the history, versions of what they wrote. */
export interface WriteOrder {
  readonly before: number;
  readonly after: number;
  readonly seen: number;
  readonly made: number;
}

/** What follows in turn, each because the contrary would close a cycle, and then a cycle, or two cases that both do. */
export interface Argument {
  readonly follows: readonly { readonly order: WriteOrder; readonly otherwise: readonly CycleStep[] }[];
  readonly end:
    | { readonly type: 'cycle'; readonly steps: readonly CycleStep[] }
    | { readonly type: 'cases'; readonly order: WriteOrder; readonly first: Argument; readonly second: Argument };
}

/** Cases within cases, at most. */
const DEPTH = 3;
/** Transactions above which no argument is looked for: nobody would read it. */
const MANY = 16;

/** Why the rows of a polygraph have no order, with the fewest cases; null where the argument would be too long. */
export function argumentFor(graph: Polygraph, question: Question): Argument | null {
  if (graph.rows > MANY) return null;
  const known = new Known(graph, question);
  for (let depth = 0; depth <= DEPTH; depth++) {
    const found = argue(known, depth);
    if (found) return found;
  }
  return null;
}

/** A known or assumed edge between two nodes, and the step that it is; null from a start to its commit. */
interface Fact {
  readonly from: number;
  readonly to: number;
  readonly step: CycleStep | null;
}

/** Facts that come one after another, and are taken back in turn. */
class Known {
  readonly facts: Fact[] = [];
  readonly graph: Polygraph;
  readonly moments: Moments;
  /** Anti-dependencies, where these are no facts: those that are known, and those that orders of writes bring. */
  readonly missed: Fact[] = [];
  readonly decided = new Set<number>();
  private readonly ends: (kind: number, from: number, to: number) => [number, number];

  constructor(graph: Polygraph, question: Question) {
    this.graph = graph;
    this.moments = momentsOf(question.shape, graph.edges.nodes);
    this.ends = endsOf(graph, this.moments);
    const { edges, origin, rows } = graph;
    const kinds = kindsOf(question);
    for (let i = 0; i < edges.length; i++) {
      const kind = edges.kind[i];
      const isTime = kind === SO || kind === RT || kind === VIA_RT;
      if (isTime || (kind !== RW && ((kinds >> kind) & 1) === 0)) continue;
      const step = {
        from: origin[edges.from[i]],
        to: origin[edges.to[i]],
        kind,
        seen: edges.seen[i],
        made: edges.made[i],
      };
      this.add(kind, edges.from[i], edges.to[i], step);
    }
    this.addTimes(question);
    this.decideKnown();
    if (this.moments.split)
      for (let row = 0; row < rows; row++) this.facts.push({ from: row, to: this.moments.written + row, step: null });
  }

  private addTimes({ time }: Question): void {
    const { rows, start, end, session, origin } = this.graph;
    for (let a = 0; a < rows; a++)
      for (let b = 0; b < rows; b++) {
        if (end[a] >= start[b]) continue;
        const same = session[a] >= 0 && session[a] === session[b];
        const kind = same && (time & SESSIONS) !== 0 ? SO : (time & REAL_TIME) === REAL_TIME ? RT : -1;
        if (kind >= 0) this.add(kind, a, b, { from: origin[a], to: origin[b], kind, seen: -1, made: -1 });
      }
  }

  /** A write of who had read another comes after that one, and all that follows from this is known. */
  private decideKnown(): void {
    const { count, keys, first, writer, offset, reader } = this.graph.writes;
    for (let key = 0; key < keys; key++)
      for (let a = first[key]; a < first[key + 1]; a++)
        for (let b = first[key]; b < first[key + 1]; b++)
          if (a !== b && reader.subarray(offset[a], offset[a + 1]).includes(writer[b]))
            this.decided.add(Math.min(a, b) * count + Math.max(a, b));
  }

  /** What follows if one write came before another. */
  assume(before: number, after: number): void {
    const { writer, version, offset, reader } = this.graph.writes;
    const { origin } = this.graph;
    const [seen, made] = [version[before], version[after]];
    const step = (from: number, kind: number): CycleStep => ({
      from: origin[from],
      to: origin[writer[after]],
      kind,
      seen,
      made,
    });
    this.add(WW, writer[before], writer[after], step(writer[before], WW));
    for (let i = offset[before]; i < offset[before + 1]; i++)
      if (reader[i] !== writer[after]) this.add(RW, reader[i], writer[after], step(reader[i], RW));
  }

  private add(kind: number, a: number, b: number, step: CycleStep): void {
    const [from, to] = this.ends(kind, a, b);
    (kind === RW && !this.moments.antiDependencies ? this.missed : this.facts).push({ from, to, step });
  }

  /** How many facts there are: what `restore` takes. */
  get size(): readonly [number, number] {
    return [this.facts.length, this.missed.length];
  }

  restore([facts, missed]: readonly [number, number]): void {
    this.facts.length = facts;
    this.missed.length = missed;
  }

  /**
   * A cycle of few steps through one of the facts since there were so many. Of anti-dependencies
   * beside the graph all count, for a fact may complete the way of an older one.
   */
  contradiction([facts]: readonly [number, number]): CycleStep[] | null {
    let best: CycleStep[] | null = null;
    for (const { from, to, step } of [...this.facts.slice(facts), ...this.missed]) {
      const way = this.way(to, from);
      const cycle = way && [...(step ? [step] : []), ...way];
      if (cycle && (best === null || cycle.length < best.length)) best = cycle;
    }
    return best;
  }

  /** The steps of a way of as few facts as possible. */
  private way(start: number, goal: number): CycleStep[] | null {
    const via = new Map<number, Fact>();
    const seen = new Set([start]);
    for (const node of seen) {
      if (node === goal) break;
      for (const fact of this.facts) {
        if (fact.from !== node || seen.has(fact.to)) continue;
        seen.add(fact.to);
        via.set(fact.to, fact);
      }
    }
    if (!seen.has(goal)) return null;
    const steps: CycleStep[] = [];
    for (let node = goal; node !== start; ) {
      const fact = via.get(node) as Fact;
      if (fact.step) steps.unshift(fact.step);
      node = fact.from;
    }
    return steps;
  }
}

/** Pairs of writes of a key that nothing has ordered so far. */
function* openPairs({ graph: { writes }, decided }: Known): Generator<readonly [number, number]> {
  for (let key = 0; key < writes.keys; key++)
    for (let a = writes.first[key]; a < writes.first[key + 1]; a++)
      for (let b = a + 1; b < writes.first[key + 1]; b++) if (!decided.has(a * writes.count + b)) yield [a, b];
}

function argue(known: Known, depth: number): Argument | null {
  const begin = known.size;
  const mine: number[] = [];
  const result = reason(known, depth, mine);
  known.restore(begin);
  for (const pair of mine) known.decided.delete(pair);
  return result;
}

/** What a hypothesis leads to at once; taken back. */
function tried(known: Known, before: number, after: number): CycleStep[] | null {
  const size = known.size;
  known.assume(before, after);
  const cycle = known.contradiction(size);
  known.restore(size);
  return cycle;
}

type Both = readonly [readonly CycleStep[], readonly CycleStep[]];

/** Whether the second of two cycles says more plainly that its order is impossible: it misses less. */
const isSecondPlainer = ([first, second]: Both): boolean => weight(second) <= weight(first);
const weight = (steps: readonly CycleStep[]): number =>
  steps.length + 100 * steps.filter(({ kind }) => kind === RW).length;

/** The order of which the contrary is plainly impossible, where both orders are. */
function nearer(known: Known, a: number, b: number, both: Both): Argument['follows'] {
  const second = isSecondPlainer(both);
  return [{ order: second ? orderOf(known, a, b) : orderOf(known, b, a), otherwise: second ? both[1] : both[0] }];
}

/** The cycle that is left. */
const last = (both: Both): Argument['end'] => ({ type: 'cycle', steps: isSecondPlainer(both) ? both[0] : both[1] });

const closed = (steps: readonly CycleStep[]): Argument => ({ follows: [], end: { type: 'cycle', steps } });

function reason(known: Known, depth: number, mine: number[]): Argument | null {
  const follows: Argument['follows'][number][] = [];
  const steps = known.contradiction([0, 0]);
  if (steps) return closed(steps);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [a, b] of openPairs(known)) {
      const wrong = [tried(known, a, b), tried(known, b, a)] as const;
      if (wrong[0] && wrong[1])
        return used({
          follows: [...follows, ...nearer(known, a, b, [wrong[0], wrong[1]])],
          end: last([wrong[0], wrong[1]]),
        });
      const otherwise = wrong[0] ?? wrong[1];
      if (!otherwise) continue;
      const [before, after] = wrong[0] ? [b, a] : [a, b];
      known.assume(before, after);
      const pair = a * known.graph.writes.count + b;
      known.decided.add(pair);
      mine.push(pair);
      follows.push({ order: orderOf(known, before, after), otherwise });
      changed = true;
    }
  }
  return depth === 0 ? null : cases(known, depth, follows);
}

/** Of the pairs whose two cases both end, the one with the shortest argument. */
function cases(known: Known, depth: number, follows: Argument['follows']): Argument | null {
  for (const [a, b] of openPairs(known)) {
    const pair = a * known.graph.writes.count + b;
    const inCase = (before: number, after: number): Argument | null => {
      const size = known.size;
      known.assume(before, after);
      known.decided.add(pair);
      const found = argue(known, depth - 1);
      known.decided.delete(pair);
      known.restore(size);
      return found;
    };
    const first = inCase(a, b);
    const second = first && inCase(b, a);
    if (first && second) return used({ follows, end: { type: 'cases', order: orderOf(known, a, b), first, second } });
  }
  return null;
}

function orderOf({ graph: { writes, origin } }: Known, before: number, after: number): WriteOrder {
  return {
    before: origin[writes.writer[before]],
    after: origin[writes.writer[after]],
    seen: writes.version[before],
    made: writes.version[after],
  };
}

/** The argument without what nothing later rests on. */
function used(argument: Argument): Argument {
  const needed = new Set<string>();
  const need = (steps: readonly CycleStep[]): void => {
    for (const { kind, seen, made } of steps) if (kind === WW || kind === RW) needed.add(`${seen} ${made}`);
  };
  const gather = ({ follows, end }: Argument): void => {
    for (const { otherwise } of follows) need(otherwise);
    if (end.type === 'cycle') need(end.steps);
    else {
      gather(end.first);
      gather(end.second);
    }
  };
  gather({ ...argument, follows: [] });
  const kept: Argument['follows'][number][] = [];
  for (const one of argument.follows.toReversed()) {
    if (!needed.has(`${one.order.seen} ${one.order.made}`)) continue;
    kept.unshift(one);
    need(one.otherwise);
  }
  return { ...argument, follows: kept };
}
