import type { NodeId } from '../../systems/node.ts';
import type { FaultEffect } from '../faults/effect.ts';
import type { Fault } from '../faults/fault.ts';
import type { Thrown } from '../node/thrown.ts';

/** A running system: child processes, or the simulator. Nothing above this line knows which. */
export interface Cluster {
  readonly nodes: readonly NodeId[];
  /** The harness's monotonic clock in ms: virtual in the simulation. */
  elapsed(): number;
  sleep(ms: number): Promise<void>;
  /**
   * Where real time passes: lets the answers that are in be handled, as they must be before a new call is made (R4).
   */
  turn?(): Promise<void>;
  /** Where real time passes: for how long so far the machine kept the harness and the nodes from running. */
  starved?(): Promise<Starved>;
  /**
   * Opens what a client's process talks to this node through; at once where there is
   * nothing to wait for. Whatever it rejects with is a `fail`: nothing was asked yet.
   */
  open(process: number, node: NodeId): Session | Promise<Session>;
  /**
   * Calls back, once, when the message that the fault names is
   * sent; a message that never comes is a fault that never begins.
   */
  watch?(fault: Fault, onSight: (at: NodeId) => void): void;
  begin(fault: Fault): Promise<FaultEffect>;
  end(fault: Fault): Promise<FaultEffect>;
  /** Ends every fault there may be; needs no memory of what began. */
  heal(): Promise<void>;
  /**
   * Whether all nodes follow one leader and have what it has, where the system can say so:
   * the last reads wait for it.
   */
  settled?(): Promise<boolean>;
  /** The node's state as plain data, for invariants and convergence: designs only. */
  state?(node: NodeId): Promise<unknown>;
  /**
   * The errors that the system's code threw in answering messages,
   * beside refusals and what leaves something open on purpose.
   */
  readonly thrown?: readonly Thrown[];
  /** What was counted at the point that every message passes, where there is one. */
  traffic?(): Traffic;
  stop(): Promise<void>;
}

/**
 * What a client's process holds while it talks to one node: nothing for designs, a connection for real software.
 * It is closed at an `info`, so that no late response is taken for another call's, and at the end of its process.
 */
export interface Session {
  /**
   * Rejects with `Refused` when the call certainly took no effect, and with
   * any other error when it broke off or was not answered within `timeoutMs`.
   */
  call(call: SessionCall): Promise<unknown>;
  close(): void;
  /** Whether it came to its end, as its node died or closed it: the next call needs another one. */
  readonly isOver?: boolean;
}

/** A call as a session makes it. */
export interface SessionCall {
  /** The planned call's id, by which messages name what caused them. */
  readonly id: number;
  readonly f: string;
  readonly key: string | undefined;
  readonly input: unknown;
  readonly timeoutMs: number;
}

export interface Traffic {
  readonly messages: number;
  readonly bytes: number;
  /** Messages by kind. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Marks that nodes reached, and how often. */
  readonly marks: Readonly<Record<string, number>>;
}

/** For how many ms so far the machine kept the harness and each node from running, counted by each of itself. */
export interface Starved {
  readonly harness: number;
  readonly nodes: Readonly<Record<NodeId, number>>;
}

/** One message between nodes as it passed the point that all pass: a line of messages.jsonl. */
export interface Journalled {
  readonly id: string;
  /** What caused it: an operation, `timer`, `start of n1`, or another message's id. */
  readonly cause: string;
  /**
   * The operation that began it all, as `operation 12` by the index of its invocation, or `start of n1`
   * for what a node does by itself. While the run lasts it is `op 7`, by the planned call's id.
   */
  readonly root: string;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly kind: string;
  readonly sentMs: number;
  /** Its fate: how long each copy was to take; none where it was lost on the way. */
  readonly delaysMs: readonly number[];
  /** When each copy arrived: a cut loses what is in flight, and a run may end before. */
  readonly arrivedMs: readonly number[];
  /** What took or changed it: fault ids. */
  readonly faults?: readonly number[];
  readonly body?: unknown;
}
