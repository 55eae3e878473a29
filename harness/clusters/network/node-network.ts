/** What stands between the nodes of real software, whichever way it is made. */
import type { NodeId } from '../../../systems/node.ts';
import type { Fault } from '../../faults/fault.ts';
import type { Rooted } from '../children/node-processes.ts';
import type { Traffic } from '../cluster.ts';

/** What passed from one node to another, by one of its ports where those can be told. */
export interface LinkCounts {
  connections: number;
  /** Of a stream, or packets. */
  chunks: number;
  bytes: number;
  /** Chunks and connections that a cut held back, or packets that it dropped. */
  held: number;
}

/** What is to be executed. */
export interface Execution {
  readonly command: string;
  readonly args: readonly string[];
  /** Whom it runs as; absent, or without ids, as whoever runs the harness. */
  readonly user: { readonly uid?: number; readonly gid?: number };
}

export interface NodeNetwork {
  /** What its links are made of, in words. */
  readonly says: string;
  /** Whether nodes speak to each other's own ports: then what others are told of a node is where it listens. */
  readonly isDirect: boolean;
  /** By `n1 n2 peer`, or `n1 n2`: from, to, and the name of the port. */
  readonly links: ReadonlyMap<string, LinkCounts>;
  /** Connections whose source nobody could name: they were refused. */
  readonly unknown: number;
  /** Where the node listens, as other nodes see it. */
  addressOf(node: NodeId): string;
  /** Lets the harness, in the place of a node's own clients, reach the node's port by the same number of 127.0.0.1. */
  reach(node: NodeId, port: number): Promise<void>;
  /**
   * Listens on a port of 127.0.0.1 for what goes to a node's own port, from the other node that is named. Rejects
   * where the port is taken.
   */
  open(listen: number, name: string, to: NodeId, target: number, from?: NodeId): Promise<void>;
  /** The same execution, in the node's place. */
  at(node: NodeId, execution: Execution): Execution;
  /** The faults that last are others now. */
  changed(): Promise<void>;
  /** What a fault of the network was seen to do so far. */
  effectOf(fault: Fault): Promise<{ readonly cut: number; readonly touched: number }>;
  /** Bytes that were handed on so far. */
  delivered(from: NodeId, to: NodeId): Promise<number>;
  /** What goes around it, so that no fault reaches it, in words. */
  around(nodes: readonly Rooted[]): Promise<readonly string[]>;
  traffic(): Traffic;
  close(): Promise<void>;
}

/** What passed all links, in chunks or packets. */
export function trafficOf(links: ReadonlyMap<string, LinkCounts>): Traffic {
  const kinds: Record<string, number> = {};
  let [messages, bytes] = [0, 0];
  for (const [link, counts] of links) {
    const name = link.split(' ')[2] ?? 'packets';
    kinds[name] = (kinds[name] ?? 0) + counts.chunks;
    messages += counts.chunks;
    bytes += counts.bytes;
  }
  return { messages, bytes, kinds, marks: {} };
}
