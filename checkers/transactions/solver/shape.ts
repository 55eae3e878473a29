/**
 * What must have no cycle, and which nodes of it stand for a transaction.
 *
 * With one moment for a transaction its node is its row. With two, its row is the start and `nodes + row` the commit:
 * a reader starts after what it read was committed, and what it did not see was committed after it started.
 */
import { ALL_DATA, DEPENDENCIES } from '../views.ts';

/**
 * The graph of transactions, of starts and commits, of those where a write need only be committed after the one that
 * it follows, or of transactions with one anti-dependency.
 */
export type GraphShape = 'whole' | 'snapshot' | 'prefix' | 'single';

/** What a search is for: the shape, and the order of time that counts beside that of data. */
export interface Question {
  readonly shape: GraphShape;
  readonly time: number;
}

/** Nodes of a transaction: `written` is where its writes happen, `overwriting` what must follow the write before. */
export interface Moments {
  readonly split: boolean;
  /** Whether that a reader precedes the next write is an edge of the graph, and not a condition beside it. */
  readonly antiDependencies: boolean;
  readonly written: number;
  readonly overwriting: number;
}

/** What to add to a row for each of its moments, in a graph of so many rows and virtual nodes. */
export function momentsOf(shape: GraphShape, nodes: number): Moments {
  const split = shape === 'snapshot' || shape === 'prefix';
  return {
    split,
    antiDependencies: shape !== 'single',
    written: split ? nodes : 0,
    overwriting: shape === 'prefix' ? nodes : 0,
  };
}

/** The kinds of edges that count. */
export function kindsOf({ shape, time }: Question): number {
  return (shape === 'single' ? DEPENDENCIES : ALL_DATA) | time;
}
