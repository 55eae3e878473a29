/**
 * Slide 7, "CRDT Implementation - Counter Type", line by line: one counter a key on
 * every node, under the node's own id as in the slide's example. The slide merges
 * by hand; here nodes exchange their counters by anti-entropy and merge what they hear.
 *
 * The slide claims convergence across replicas, and replicas do converge. But the dict
 * is gone after a crash while the id is used again: increments are lost, or vanish below what
 * others remember of that id; and `increment` takes negative amounts, which the merge undoes.
 */
import { antiEntropy } from '../blocks/anti-entropy.ts';
import { strongEventual } from '../claims.ts';
import type { Node, NodeId } from '../node.ts';
import type { Design } from '../system.ts';
import type { SharedCounter } from './state.ts';

class GCounter {
  readonly nodeId: NodeId;
  readonly counts: Record<NodeId, number> = {};

  constructor(nodeId: NodeId) {
    this.nodeId = nodeId;
  }

  increment(amount = 1): void {
    this.counts[this.nodeId] = (this.counts[this.nodeId] ?? 0) + amount;
  }

  value(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  merge(other: { readonly counts: Readonly<Record<NodeId, number>> }): void {
    for (const [nodeId, count] of Object.entries(other.counts)) {
      this.counts[nodeId] = Math.max(this.counts[nodeId] ?? 0, count);
    }
  }
}

type Counts = Readonly<Record<string, Readonly<Record<NodeId, number>>>>;

function start(node: Node) {
  const counters: Record<string, GCounter> = {};
  const counter = (key: string): GCounter => {
    counters[key] ??= new GCounter(node.id);
    return counters[key];
  };
  const toDict = (): Counts => Object.fromEntries(Object.entries(counters).map(([key, { counts }]) => [key, counts]));
  void antiEntropy<Counts>(node, 100, toDict, (theirs) => {
    for (const [key, counts] of Object.entries(theirs)) counter(key).merge({ counts });
  });
  return {
    get state() {
      return toDict();
    },
    api: {
      async add(amount: number, key = '') {
        counter(key).increment(amount);
        return { value: null, version: { ...counter(key).counts } };
      },
      async read(_: null, key = '') {
        return { value: counter(key).value(), version: { ...counter(key).counts } };
      },
    },
  };
}

export const counterSlide: Design<SharedCounter, Counts> = {
  name: 'g-counter/slide',
  datatype: 'g-counter',
  claims: strongEventual('g-counter', 'causal'),
  flaw: {
    says: 'counts are in memory alone and the id is used again, and negative amounts are accepted',
    anomaly: 'lost',
    at: 'const counters: Record<string, GCounter> = {};',
  },
  start,
};
