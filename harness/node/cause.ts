import { platform } from '../platform/node.ts';
import type { Carrier } from '../platform/platform.ts';
import { identityText, mix, mixText } from './identity.ts';

/**
 * What a replica's code is running because of: a client's operation, a timer,
 * a message, or the node's start. The runtime carries it along through every `await`,
 * so a message can be named by what caused it whatever else happens in between.
 */
export class Cause {
  readonly identity: number;
  /** Where it all began: `op 12`, or `start of n1` for what a node does by itself. */
  readonly root: string;
  /** The node that acts; empty for the harness itself. */
  readonly node: string;
  private readonly name: string | number;
  /** Most causes bring about things of one sort, or none: its count needs no map. */
  private firstSort = 0;
  private firstCount = 0;
  private counts: Map<number, number> | undefined;

  /** Named by its root, as `timer`, or by the identity of the message that it is. */
  constructor(identity: number, root: string, node: string, name: string | number = root) {
    this.identity = identity;
    this.root = root;
    this.node = node;
    this.name = name;
  }

  /** How it is written in a journal. */
  get says(): string {
    return typeof this.name === 'number' ? identityText(this.name) : this.name;
  }

  /**
   * The identity of the next thing of this sort that this cause brings about: equal ones are told apart by their order.
   */
  next(sort: number): number {
    return mix(mix(this.identity, sort), this.ordinalOf(sort));
  }

  private ordinalOf(sort: number): number {
    if (this.firstCount === 0) this.firstSort = sort;
    if (this.firstSort === sort) return this.firstCount++;
    this.counts ??= new Map();
    const ordinal = this.counts.get(sort) ?? 0;
    this.counts.set(sort, ordinal + 1);
    return ordinal;
  }
}

const everywhere = new platform.Carrier<Cause>();
const inDrains = platform.DrainedCarrier && new platform.DrainedCarrier<Cause>();
let running: Carrier<Cause> = everywhere;
const outside = new Cause(0, 'harness', '');
const TIMER = mixText('timer');

/** Runs this, and all that it awaits, as brought about by `cause`. */
export function because<T>(cause: Cause, task: () => T): T {
  return running.run(cause, task);
}

/** Runs the task, which must be synchronous and leave nothing running that matters: causes are then carried cheaply. */
export function inDrainsAlone<T>(task: () => T): T {
  if (!inDrains) return task();
  inDrains.begin();
  running = inDrains;
  try {
    return task();
  } finally {
    running = everywhere;
  }
}

/** Runs the task, which hears that nobody handled the rejection of this promise, as brought about by its cause. */
export function becauseOfRejected<T>(promise: unknown, task: () => T): T {
  return inDrains && running === inDrains ? inDrains.madeWith(promise, task) : task();
}

/** What the code that asks is running because of. */
export function currentCause(): Cause {
  return running.getStore() ?? outside;
}

/**
 * From here on the running code, up to and beyond its next `await`, is brought about
 * by a timer. A loop that sleeps would otherwise go on in the name of the node's start
 * for ever, and one message more in an early turn would rename those of all later turns.
 */
export function becauseOfTimer(): void {
  running.enterWith(timerCause());
}

/** What a timer that is set now will run because of. */
export function timerCause(): Cause {
  const cause = currentCause();
  return new Cause(cause.next(TIMER), cause.root, cause.node, 'timer');
}
