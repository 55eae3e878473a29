/**
 * Open choices between two sets of edges each: one for every pair
 * of writes of a key of which nothing says which came first.
 *
 * Choice c is decided by literal 2c ("the first came first") or 2c + 1; the edges of literal l are `from` and `to` at
 * `offset[l]` to `offset[l + 1] - 1`.
 */
import type { OrderProblem } from './problem.ts';

/** The choices that a search has met so far. */
export class Choices {
  count = 0;
  readonly offset: number[] = [0];
  readonly from: number[] = [];
  readonly to: number[] = [];
  /** The two writes of each choice, the first at twice its number. */
  readonly writes: number[] = [];
  private readonly problem: OrderProblem;
  private readonly known = new Map<number, number>();

  constructor(problem: OrderProblem) {
    this.problem = problem;
  }

  /** Adds the choice between two writes of a key; false where it is there already, or one transaction made both. */
  add(a: number, b: number): boolean {
    const [first, second] = a < b ? [a, b] : [b, a];
    const { writes } = this.problem.graph;
    const id = first * writes.count + second;
    if (this.known.has(id) || writes.writer[first] === writes.writer[second]) return false;
    this.known.set(id, this.count++);
    this.writes.push(first, second);
    this.side(first, second);
    this.side(second, first);
    return true;
  }

  /** The literal that says that one write came before another; -1 where that is no choice. */
  literal(before: number, after: number): number {
    const { count } = this.problem.graph.writes;
    const choice = this.known.get(before < after ? before * count + after : after * count + before);
    return choice === undefined ? -1 : choice * 2 + (before < after ? 0 : 1);
  }

  private side(before: number, after: number): void {
    const { graph, moments } = this.problem;
    const { writer, offset, reader } = graph.writes;
    this.edge(moments.written + writer[before], moments.overwriting + writer[after]);
    if (moments.antiDependencies)
      for (let i = offset[before]; i < offset[before + 1]; i++)
        if (reader[i] !== writer[after]) this.edge(reader[i], moments.written + writer[after]);
    this.offset.push(this.from.length);
  }

  private edge(from: number, to: number): void {
    this.from.push(from);
    this.to.push(to);
  }
}
