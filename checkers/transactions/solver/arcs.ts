/**
 * The edges of the graph that a search is about, as columns: those that are known, and those that were derived from
 * them, each with what it was derived from.
 */
import { type Graph, graphOf } from '../graph.ts';
import { widened } from '../widened.ts';

/** An edge follows from a way: from `since` to `till`, over edges that are older than it. -1 where it is known. */
export class Arcs {
  length = 0;
  from: Int32Array;
  to: Int32Array;
  since: Int32Array;
  till: Int32Array;
  /** A row that a derived edge rests on beside its ends and the way, or -1. */
  because: Int32Array;
  readonly nodes: number;

  constructor(nodes: number, capacity = 64) {
    this.nodes = nodes;
    this.from = new Int32Array(capacity);
    this.to = new Int32Array(capacity);
    this.since = new Int32Array(capacity);
    this.till = new Int32Array(capacity);
    this.because = new Int32Array(capacity);
  }

  add(from: number, to: number, since = -1, till = -1, because = -1): void {
    const at = this.length++;
    if (at === this.from.length) this.grow();
    this.from[at] = from;
    this.to[at] = to;
    this.since[at] = since;
    this.till[at] = till;
    this.because[at] = because;
  }

  /** The graph of all edges, which are numbered. */
  graph(): Graph {
    return graphOf(this.nodes, this.length, this.from, this.to);
  }

  private grow(): void {
    this.from = widened(this.from);
    this.to = widened(this.to);
    this.since = widened(this.since);
    this.till = widened(this.till);
    this.because = widened(this.because);
  }
}
