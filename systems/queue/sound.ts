/**
 * A first-in-first-out queue on a replicated log: an element is in once the nodes have agreed on its command, and out once they have agreed on the
 * command that takes it. Nobody has to say that an element came through: who asks is told once or not at all.
 *
 * @see Herlihy & Wing, "Linearizability: A Correctness Condition for Concurrent Objects", ACM TOPLAS 1990: the queue is its first example.
 * @see Schneider, "Implementing Fault-Tolerant Services Using the State Machine Approach", ACM Computing Surveys 1990.
 *
 * Claims linearizable enqueues and dequeues under partition, crash, pause, bad links and skewed clocks, available to a majority.
 */
import type { Queue, Value } from 'elle-ts';
import { agreement, type Decided, SOUND_SYNOD, stateMachine } from '../blocks/state-machine.ts';
import type { Node } from '../node.ts';
import type { Claim, System } from '../system.ts';

interface Options {
  /** An enqueue is acknowledged once it is decided; otherwise once it is in this node's memory. */
  readonly decidesFirst: boolean;
  /** An element is handed out by the command that takes it; otherwise by the node that is asked, which says afterwards what it took. */
  readonly takesFirst: boolean;
}

type Command =
  | { readonly f: 'enqueue'; readonly key: string; readonly value: Value }
  | { readonly f: 'dequeue'; readonly key: string }
  | { readonly f: 'remove'; readonly key: string; readonly value: Value };

async function start(node: Node, { decidesFirst, takesFirst }: Options) {
  const queues = new Map<string, readonly Value[]>();
  const machine = await stateMachine<Command, Value>(node, SOUND_SYNOD, (command) => {
    const queue = queues.get(command.key) ?? [];
    if (command.f === 'enqueue') queues.set(command.key, [...queue, command.value]);
    else if (command.f === 'dequeue') queues.set(command.key, queue.slice(1));
    else
      queues.set(
        command.key,
        queue.filter((value) => value !== command.value),
      );
    return command.f === 'dequeue' ? (queue[0] ?? null) : null;
  });
  // Only who hands out what it knows itself has to know much.
  if (!takesFirst) void machine.follow(200);

  async function dequeueHere(key: string): Promise<Value> {
    const [value] = queues.get(key) ?? [];
    if (value === undefined) return machine.submit({ f: 'dequeue', key });
    void machine.submit({ f: 'remove', key, value }).catch(() => undefined);
    return value;
  }

  return {
    get state(): Decided {
      return machine.decided;
    },
    api: {
      async enqueue(value: Value, key = ''): Promise<null> {
        const decided = machine.submit({ f: 'enqueue', key, value });
        await (decidesFirst ? decided : Promise.race([decided.catch(() => null), null]));
        return null;
      },
      dequeue: (_: null, key = ''): Promise<Value> =>
        takesFirst ? machine.submit({ f: 'dequeue', key }) : dequeueHere(key),
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

function fifo(name: string, options: Partial<Options>, flaw?: System['flaw']): System<Queue, Decided> {
  return {
    name: `queue/${name}`,
    datatype: 'queue',
    claims: [claim],
    ...(flaw ? { flaw } : {}),
    invariants: { agreement },
    start: (node) => start(node, { decidesFirst: true, takesFirst: true, ...options }),
  };
}

export const queues: readonly System<Queue, Decided>[] = [
  fifo('sound', {}),
  fifo(
    'early-acknowledgement',
    { decidesFirst: false },
    { says: 'an enqueue is acknowledged before the nodes have agreed on it', anomaly: 'lost' },
  ),
  fifo(
    'redelivery',
    { takesFirst: false },
    { says: 'an element is handed out before the nodes have agreed that it is gone', anomaly: 'duplicate' },
  ),
];
