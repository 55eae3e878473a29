/**
 * Slide 10, "Chain Replication Implementation", line by line: its dicts are on nodes, its sleep is the
 * way of a message, and its object - head, tail, pointers and the thread that watches heartbeats -
 * is in every process that uses the chain, so each node has one. Twenty of its milliseconds are one here.
 *
 * The slide claims "strong consistency". But each object decides by itself and on wall clocks who has
 * failed, so a false suspicion makes two chains; a node that is taken out keeps what was on its way
 * through it from those behind it; nothing that was written half way is ever finished; and the pointer
 * to the tail is taken from a variable that has no value where the tail was the head, too: the thread ends.
 */
import type { Register, Value } from 'elle-ts';
import { atMostOnce } from '../blocks/at-most-once.ts';
import { durableMap } from '../blocks/durable-map.ts';
import { InDoubt, type Node, type NodeId, Refused } from '../node.ts';
import type { Design } from '../system.ts';

type Write = { readonly key: string; readonly value: Value };

interface ChainNode {
  readonly id: NodeId;
  nextNode: ChainNode | undefined;
  lastHeartbeat: number;
}

const HEARTBEAT_MS = 50;
const TIMEOUT_MS = 250;
const MONITOR_MS = 50;
const PATIENCE_MS = 150;

class ChainReplication {
  readonly nodes: ChainNode[] = [];
  head: ChainNode | undefined;
  tail: ChainNode | undefined;

  constructor(ids: readonly NodeId[], now: number) {
    // Initialize chain
    let prev: ChainNode | undefined;
    for (const id of ids) {
      const node: ChainNode = { id, nextNode: undefined, lastHeartbeat: now };
      if (prev) prev.nextNode = node;
      else this.head = node;
      prev = node;
      this.nodes.push(node);
    }
    this.tail = prev;
  }

  monitorNodes(currentTime: number): void {
    // Check for node failures
    let current = this.head;
    while (current) {
      if (currentTime - current.lastHeartbeat > TIMEOUT_MS) this.handleNodeFailure(current);
      current = current.nextNode;
    }
  }

  private handleNodeFailure(failed: ChainNode): void {
    // Remove failed node from chain
    let prev: ChainNode | undefined;
    if (failed === this.head) this.head = failed.nextNode;
    else {
      prev = this.head;
      while (prev && prev.nextNode !== failed) prev = prev.nextNode;
      if (prev) prev.nextNode = failed.nextNode;
    }
    if (failed === this.tail) {
      if (!prev) throw new InDoubt('prev has no value here, which ends the thread');
      this.tail = prev;
    }
    this.nodes.splice(this.nodes.indexOf(failed), 1);
  }
}

async function start(node: Node) {
  const data = await durableMap<Value>(node, 'data');
  const once = await atMostOnce(node);
  const chain = new ChainReplication([node.id, ...node.peers].sort(), node.now());

  const set = ({ key, value }: Write) => data.set(key, value);
  once.on('set', set);
  node.on('get', ({ key }: { key: string }) => data.get(key) ?? null);
  node.on('heartbeat', (_, from) => heard(from));
  const heard = (id: NodeId) => {
    const known = chain.nodes.find((other) => other.id === id);
    if (known) known.lastHeartbeat = node.now();
  };

  async function beat(): Promise<void> {
    for (;;) {
      heard(node.id);
      for (const peer of node.peers) node.send(peer, 'heartbeat');
      await node.sleep(HEARTBEAT_MS);
    }
  }

  async function monitor(): Promise<void> {
    for (;;) {
      chain.monitorNodes(node.now());
      await node.sleep(MONITOR_MS);
    }
  }
  void beat();
  monitor().catch(() => node.mark('the monitor has ended'));

  return {
    state: data.entries,
    api: {
      async read(_: null, key = ''): Promise<Value> {
        if (!chain.tail) return null;
        return chain.tail.id === node.id ? (data.get(key) ?? null) : node.call<Value>(chain.tail.id, 'get', { key });
      },
      async write(value: Value, key = ''): Promise<null> {
        if (!chain.head) throw new Refused('the chain has no head');
        // Forward write through the chain
        let current: ChainNode | undefined = chain.head;
        while (current) {
          if (current.id === node.id) await set({ key, value });
          else await once.call(current.id, 'set', { key, value }, PATIENCE_MS);
          current = current.nextNode;
        }
        return null;
      },
      async cas(): Promise<null> {
        throw new Refused('the slide has no compare-and-set');
      },
    },
  };
}

export const chainSlide: Design<Register> = {
  name: 'chain/slide',
  datatype: 'register',
  without: ['cas'],
  claims: [
    {
      model: 'linearizable',
      under: ['partition', 'link', 'crash', 'pause', 'clock'],
      available: 'primary-side',
      durable: 'always',
      converges: false,
      recoversMs: 2000,
    },
  ],
  flaw: {
    says: 'every node decides by itself who has failed, so that two chains come to be',
    anomaly: 'stale-read',
    at: 'chain.monitorNodes(node.now());',
  },
  start,
};
