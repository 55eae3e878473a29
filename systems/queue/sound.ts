/**
 * A first-in-first-out queue on a replicated log: an element is in once the nodes have
 * agreed on its command, and out once they have agreed on the command that takes it.
 * Nobody has to say that an element came through: who asks is told once or not at all.
 *
 * @see Herlihy & Wing, "Linearizability: A Correctness Condition for
 *   Concurrent Objects", ACM TOPLAS 1990: the queue is its first example.
 * @see Schneider, "Implementing Fault-Tolerant Services Using the State Machine Approach", ACM Computing Surveys 1990.
 *
 * Claims linearizable enqueues and dequeues under partition, crash,
 * pause, bad links and skewed clocks, available to a majority.
 */
import type { Queue, Value } from 'elle-ts';
import { agreement, type Decided, SOUND_SYNOD, type StateMachine, stateMachine } from '../blocks/state-machine.ts';
import type { Node } from '../node.ts';
import type { Claim } from '../system.ts';
import { type Stepped, stepped } from '../twin.ts';

type Command =
  | { readonly f: 'enqueue'; readonly key: string; readonly value: Value }
  | { readonly f: 'dequeue'; readonly key: string };

type Queues = Map<string, readonly Value[]>;

/** A node of the queue: it runs the replicated queues, and submits its clients' commands. */
interface Server extends Steps {
  readonly queues: Queues;
  readonly machine: StateMachine<Command, Value>;
}

type Steps = typeof steps;

/** The protocol. Each of the broken twins replaces a step of it (twins.ts). */
const steps = {
  /** Resolves once the nodes have agreed. */
  async enqueue(this: Server, key: string, value: Value): Promise<null> {
    await this.machine.submit({ f: 'enqueue', key, value });
    return null;
  },

  dequeue(this: Server, key: string): Promise<Value> {
    return this.machine.submit({ f: 'dequeue', key });
  },

  /** All nodes run the same commands in the same order. */
  replicate: (node: Node, apply: (command: Command) => Value): Promise<StateMachine<Command, Value>> =>
    stateMachine(node, SOUND_SYNOD, apply),

  /** Changes a queue as the command says, and returns what it takes out. */
  execute(queues: Queues, command: Command): Value {
    const queue = queues.get(command.key) ?? [];
    queues.set(command.key, command.f === 'enqueue' ? [...queue, command.value] : queue.slice(1));
    return command.f === 'dequeue' ? (queue[0] ?? null) : null;
  },
};

async function start(node: Node, given: Steps) {
  const queues: Queues = new Map();
  const machine = await given.replicate(node, (command) => given.execute(queues, command));
  const server: Server = { ...given, queues, machine };
  return {
    get state(): Decided {
      return machine.decided;
    },
    api: {
      enqueue: (value: Value, key = ''): Promise<null> => server.enqueue(key, value),
      dequeue: (_: null, key = ''): Promise<Value> => server.dequeue(key),
    },
  };
}

const claim: Claim = {
  model: 'linearizable',
  under: ['partition', 'link', 'crash', 'pause', 'clock'],
  available: 'majority',
  durable: 'always',
  converges: false,
  recoversMs: 2000,
};

export type Fifo = Stepped<Queue, Decided, Steps>;

export const queue: Fifo = stepped<Queue, Decided, Steps>({
  name: 'queue/sound',
  datatype: 'queue',
  claims: [claim],
  invariants: { agreement },
  steps,
  startWith: start,
});
