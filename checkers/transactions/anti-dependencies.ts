/**
 * Anti-dependencies of readers on many writes: the readers of an initial version,
 * or of the last version before those that nobody read, precede each of the writes.
 *
 * Instead of readers times writes, two chains of virtual nodes, over the writes up
 * to a place and from it on: a reader that is one of the writers precedes all but itself.
 */
import { type EdgeList, RW, VIA_RW } from './edges.ts';

/** The writes of one key that its readers precede. */
export class AntiDependencies {
  private readonly edges: EdgeList;
  private readonly writer: Int32Array;
  private readonly versions: readonly number[];
  private readonly place = new Map<number, number>();
  private before: Int32Array | null = null;
  private after: Int32Array | null = null;

  /** `versions` have one writer each, all different; `writer` tells whom. */
  constructor(edges: EdgeList, writer: Int32Array, versions: readonly number[]) {
    this.edges = edges;
    this.writer = writer;
    this.versions = versions;
    for (const [at, version] of versions.entries()) this.place.set(writer[version], at);
  }

  /** The transaction `row` read version `read`, before any of the writes. */
  addReader(row: number, read: number): void {
    const { versions, edges, writer } = this;
    const own = this.place.get(row);
    if (versions.length <= 2) {
      for (const version of versions) if (writer[version] !== row) edges.add(row, writer[version], RW, read, version);
      return;
    }
    this.before ??= this.chain(1);
    if (own === undefined) {
      edges.add(row, this.before[versions.length - 1], RW, read);
      return;
    }
    this.after ??= this.chain(-1);
    if (own > 0) edges.add(row, this.before[own - 1], RW, read);
    if (own < versions.length - 1) edges.add(row, this.after[own + 1], RW, read);
  }

  /** Virtual nodes that reach all writes up to a place (`step` 1) or from it on (`step` -1). */
  private chain(step: 1 | -1): Int32Array {
    const { versions, edges, writer } = this;
    const nodes = new Int32Array(versions.length);
    for (let i = 0; i < versions.length; i++) {
      const at = step === 1 ? i : versions.length - 1 - i;
      nodes[at] = edges.virtual();
      edges.add(nodes[at], writer[versions[at]], VIA_RW, -1, versions[at]);
      if (i > 0) edges.add(nodes[at], nodes[at - step], VIA_RW);
    }
    return nodes;
  }
}
