/**
 * Dependencies between transactions, as an edge list in columns.
 *
 * A node is a row of the history, or a virtual node that stands for many edges at once: a moment
 * in real time that every earlier completion reaches and that reaches every later invocation,
 * or the unread writes of a key that one read precedes. The edge that enters a virtual node has
 * the kind of the whole step; those that leave it are only its continuation, and never begin a path.
 */
import type { CycleEdge } from '../checker.ts';
import { widened } from './widened.ts';

/** The one writes what the other overwrites. */
export const WW = 0;
/** The one reads what the other wrote. */
export const WR = 1;
/** The one reads what the other overwrites. */
export const RW = 2;
/** The same process made both, in this order. */
export const SO = 3;
/** The one ended before the other began. */
export const RT = 4;
/** A third saw the one and yet read what the other wrote: `made` is its row. */
export const SEEN = 7;
/** The continuation of an `RW` step out of a virtual node. */
export const VIA_RW = 5;
/** The continuation of an `RT` step out of a virtual node. */
export const VIA_RT = 6;

/** What a cycle calls each kind of edge. */
export const EDGE_KINDS: Readonly<Record<number, CycleEdge['kind']>> = {
  [WW]: 'ww',
  [WR]: 'wr',
  [RW]: 'rw',
  [SO]: 'process',
  [RT]: 'realtime',
  [SEEN]: 'seen',
};

/** A growing edge list. `seen` and `made` are the versions at both ends: what `from` wrote or read, what `to` did. */
export class EdgeList {
  length = 0;
  from: Int32Array;
  to: Int32Array;
  kind: Uint8Array;
  seen: Int32Array;
  made: Int32Array;
  /** Rows of the history come first, virtual nodes after them. */
  readonly rows: number;
  nodes: number;

  /** `capacity` is how many edges to expect: growing copies them all. */
  constructor(rows: number, nodes = rows, capacity = 64) {
    this.rows = rows;
    this.nodes = nodes;
    this.from = new Int32Array(capacity);
    this.to = new Int32Array(capacity);
    this.kind = new Uint8Array(capacity);
    this.seen = new Int32Array(capacity);
    this.made = new Int32Array(capacity);
  }

  add(from: number, to: number, kind: number, seen = -1, made = -1): void {
    const at = this.length++;
    if (at === this.from.length) this.grow();
    this.from[at] = from;
    this.to[at] = to;
    this.kind[at] = kind;
    this.seen[at] = seen;
    this.made[at] = made;
  }

  /** Takes out all edges but these, by their places. */
  keepOnly(keep: (edge: number) => boolean): void {
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      if (!keep(i)) continue;
      for (const column of [this.from, this.to, this.kind, this.seen, this.made]) column[kept] = column[i];
      kept++;
    }
    this.length = kept;
  }

  /** A new virtual node. */
  virtual(): number {
    return this.nodes++;
  }

  private grow(): void {
    this.from = widened(this.from);
    this.to = widened(this.to);
    this.seen = widened(this.seen);
    this.made = widened(this.made);
    const kind = new Uint8Array(this.kind.length * 2 + 64);
    kind.set(this.kind);
    this.kind = kind;
  }
}
