/**
 * A partitioned log: each partition has a leader, which appends what producers send and has acknowledged
 * a message once every in-sync replica has it on disk. Who leads and who is in sync the nodes agree on
 * by Paxos, and only who is in sync may lead. Producers name their messages, so that one which is sent
 * again after a silence lies in the log once; every replica knows those names from its own log.
 *
 * @see Kreps, Narkhede & Rao, "Kafka: a Distributed Messaging System for Log Processing", NetDB 2011.
 * @see Wang et al., "Building a Replicated Logging System with
 *   Apache Kafka", PVLDB 2015: in-sync replicas, the high watermark.
 *
 * Claims that acknowledged messages stay where they are, once, and are polled in order,
 * under partition, crash, pause, bad links and skewed clocks, available to a majority.
 */
import { disagreement } from '../blocks/agreed-prefix.ts';
import { SOUND_SYNOD, stateMachine } from '../blocks/state-machine.ts';
import type { Node } from '../node.ts';
import type { Invariant } from '../system.ts';
import { type Stepped, stepped } from '../twin.ts';
import { brokerOf, type Steps, steps } from './broker.ts';
import { Controller, type ControllerCommand } from './controller.ts';

export type PartitionedLog = {
  send(value: number): number;
  /** The messages after those, as far as they are safe; all of them where the client has seen none. */
  poll(input: {
    readonly after: readonly (readonly [number, unknown])[] | null;
  }): readonly (readonly [number, unknown])[];
};

type State = Readonly<Record<string, { readonly committed: number; readonly digests: readonly number[] }>>;

async function start(node: Node, given: Steps) {
  const controller = new Controller([node.id, ...node.peers].sort(), given.mayLead);
  const machine = await stateMachine<ControllerCommand, void>(node, SOUND_SYNOD, (command) =>
    controller.apply(command),
  );
  const broker = brokerOf(node, given, controller, machine);
  await broker.remember();
  broker.answerPeers();
  void machine.follow(300);
  void broker.watch();
  let messages = 0;
  return {
    get state(): State {
      return Object.fromEntries(
        [...broker.opened].map(([key, { committed, digests }]) => [key, { committed, digests }]),
      );
    },
    api: {
      send: (value: number, key = '') =>
        broker.atLeader<number>(key, 'append', { key, id: `${node.id}/${++messages}/${node.random()}`, value }),
      poll: ({ after }: Parameters<PartitionedLog['poll']>[0], key = '') =>
        broker.atLeader<ReturnType<PartitionedLog['poll']>>(key, 'poll', { key, from: (after?.at(-1)?.[0] ?? -1) + 1 }),
    },
  };
}

/** Broken where two nodes, in whatever life, have committed different messages at one place. */
const committedPrefix: Invariant<State> = (states, memory, changed) => {
  for (const node of changed) {
    const partitions = states.get(node) ?? {};
    for (const key in partitions) {
      const { committed, digests } = partitions[key]!;
      const broken = disagreement(memory, key, node, digests, committed);
      if (broken)
        return `${broken.other} and ${node} have committed different messages at place ${broken.place} of ${key}.`;
    }
  }
  return undefined;
};

export type Log = Stepped<PartitionedLog, State, Steps>;

export const partitionedLog: Log = stepped<PartitionedLog, State, Steps>({
  name: 'log/sound',
  datatype: 'log',
  claims: [
    {
      model: 'log',
      under: ['partition', 'link', 'crash', 'pause', 'clock'],
      available: 'majority',
      durable: 'always',
      converges: false,
      recoversMs: 3000,
    },
  ],
  invariants: { 'committed-prefix': committedPrefix },
  steps,
  startWith: start,
});
