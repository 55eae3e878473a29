/**
 * All that a replica may know of the world. A system is plain
 * async code against these, and runs in both clusters unchanged.
 */

export type NodeId = string;

export interface Node {
  readonly id: NodeId;
  /** The other nodes of the cluster, without this one. */
  readonly peers: readonly NodeId[];
  readonly disk: Disk;
  /** This node's wall clock in ms. Nodes' clocks may disagree, step and strobe. */
  now(): number;
  /** This node's monotonic clock in ms. It never steps, but may drift; `sleep` runs on it. */
  elapsed(): number;
  sleep(ms: number): Promise<void>;
  /** Uniform in [0, 1), from the run's seed. */
  random(): number;
  /** Handles messages of this kind: what the handler returns is the reply, what it throws a refusal or a silence. */
  on<M>(kind: string, handler: (message: M, from: NodeId) => unknown): void;
  /** One way, may be lost, doubled, late. */
  send(to: NodeId, kind: string, message?: unknown): void;
  /**
   * Asks a node. Rejects with `Refused` when it refused, and with another error
   * when no answer comes in time, which says nothing of whether the other acted.
   */
  call<R>(to: NodeId, kind: string, message?: unknown, timeoutMs?: number): Promise<R>;
  /** Notes that an interesting branch was reached: shown in stories, steers the search. */
  mark(name: string): void;
}

/** Outlives a crash. A write is durable once its promise resolves, and not before. Values are JSON. */
export interface Disk {
  read<T>(key: string): Promise<T | undefined>;
  write(key: string, value: unknown): Promise<void>;
}

/**
 * An error without a stack: refusals and silences are many, and a
 * stack costs more than the rest of one. Their message says all.
 */
class Brief extends Error {
  constructor(message?: string) {
    const stacks = Error as { stackTraceLimit?: number };
    const limit = stacks.stackTraceLimit;
    stacks.stackTraceLimit = 0;
    super(message);
    if (limit !== undefined) stacks.stackTraceLimit = limit;
  }
}

/**
 * Thrown to refuse a request that certainly took no effect. With `{ answer: true }` the refusal is the
 * operation's result: what the datatype says where another value was found, nothing is there, somebody else
 * holds the lock, or the transaction is aborted. Without it, somebody or something that the operation needs
 * cannot be had: a quorum, a leader, a copy that is up to date. The difference counts for availability alone.
 *
 * @see Gilbert & Lynch, "Brewer's Conjecture and the Feasibility of Consistent, Available, Partition-Tolerant Web
 * Services", SIGACT News 2002: every request that a node receives which has not failed must result in a response.
 */
export class Refused extends Brief {
  override readonly name = 'Refused';
  readonly answer: boolean;

  constructor(message?: string, { answer = false }: { readonly answer?: boolean } = {}) {
    super(message);
    this.answer = answer;
  }

  /** A user's own system may come with a copy of this class of its own: what counts is the name. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'Refused';
  }
}

/**
 * Thrown where it is open whether a request took effect: somebody kept silent,
 * a quorum was lost on the way. So does `Node.call` when no answer comes. Any
 * other error leaves that open, too, but is told as a defect of the system's code.
 */
export class InDoubt extends Brief {
  override readonly name = 'InDoubt';

  /** As for `Refused`: what counts is the name. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'InDoubt';
  }
}
