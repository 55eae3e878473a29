/**
 * A partitioned log: each partition has a leader, which appends what producers send and has acknowledged a message once every in-sync replica has it
 * on disk. Who leads and who is in sync the nodes agree on by Paxos, and only who is in sync may lead. Producers name their messages, so
 * that one which is sent again after a silence lies in the log once; every replica knows those names from its own log.
 *
 * @see Kreps, Narkhede & Rao, "Kafka: a Distributed Messaging System for Log Processing", NetDB 2011.
 * @see Wang et al., "Building a Replicated Logging System with Apache Kafka", PVLDB 2015: in-sync replicas, the high watermark.
 *
 * Claims that acknowledged messages stay where they are, once, and are polled in order, under partition, crash, pause, bad links and skewed clocks,
 * available to a majority.
 */
import { disagreement } from '../blocks/agreed-prefix.ts';
import { SOUND_SYNOD, type StateMachine, stateMachine } from '../blocks/state-machine.ts';
import { InDoubt, type Node, type NodeId, Refused } from '../node.ts';
import type { Claim, Invariant, System } from '../system.ts';
import { Controller, type ControllerCommand } from './controller.ts';
import { type Message, Partition, type Replicate, type Replicated } from './partition.ts';

interface Options {
  /** A replica that is not in sync may lead. */
  readonly unclean: boolean;
  /** A leader knows messages by its log; otherwise by what it has taken itself since it leads. */
  readonly tableFromLog: boolean;
  /** A message is acknowledged once all in-sync replicas have it; otherwise once the leader has. */
  readonly waitsForReplicas: boolean;
}

const SOUND: Options = { unclean: false, tableFromLog: true, waitsForReplicas: true };

const BEAT_MS = 150;
/** A follower that is silent for so long is not in sync any more; a leader that is silent for longer is replaced. */
const SILENCE_MS = 350;
const BATCH = 50;
const ATTEMPT_MS = 150;
const PATIENCE_MS = 420;
const RETRY_MS = 30;

export type PartitionedLog = {
  send(value: number): number;
  /** The messages after those, as far as they are safe; all of them where the client has seen none. */
  poll(input: {
    readonly after: readonly (readonly [number, unknown])[] | null;
  }): readonly (readonly [number, unknown])[];
};

type Append = { readonly key: string; readonly id: string; readonly value: unknown };
type State = Readonly<Record<string, { readonly committed: number; readonly digests: readonly number[] }>>;

/** What a leader knows of an epoch of a partition. */
interface Leadership {
  readonly epoch: number;
  /** How much it had when it began to lead: all that was acknowledged is among that. */
  readonly begin: number;
  readonly next: Map<NodeId, number>;
  readonly has: Map<NodeId, number>;
  readonly heardMs: Map<NodeId, number>;
  /** Who was asked to be counted in sync: from then on it is waited for. */
  readonly joining: Set<NodeId>;
  readonly feeding: Set<NodeId>;
  readonly taken: Map<string, number>;
  waiting: { readonly place: number; readonly resolve: () => void }[];
}

async function start(node: Node, options: Options) {
  const controller = new Controller([node.id, ...node.peers].sort(), options.unclean);
  const machine = await stateMachine<ControllerCommand, void>(node, SOUND_SYNOD, (command) =>
    controller.apply(command),
  );
  const broker = new Broker(node, options, controller, machine);
  await broker.remember();
  broker.answerPeers();
  void machine.follow(300);
  void broker.watch();
  let messages = 0;
  return {
    get state(): State {
      return broker.state;
    },
    api: {
      send: (value: number, key = '') =>
        broker.atLeader<number>(key, 'append', { key, id: `${node.id}/${++messages}/${node.random()}`, value }),
      poll: ({ after }: Parameters<PartitionedLog['poll']>[0], key = '') =>
        broker.atLeader<ReturnType<PartitionedLog['poll']>>(key, 'poll', { key, from: (after?.at(-1)?.[0] ?? -1) + 1 }),
    },
  };
}

/** A node's part in all partitions. */
class Broker {
  private readonly node: Node;
  private readonly options: Options;
  private readonly controller: Controller;
  private readonly machine: StateMachine<ControllerCommand, void>;
  private readonly partitions = new Map<string, Promise<Partition>>();
  private readonly opened = new Map<string, Partition>();
  private readonly leads = new Map<string, Leadership>();
  /** When each partition's leader was heard last. */
  private readonly heardMs = new Map<string, number>();

  constructor(node: Node, options: Options, controller: Controller, machine: StateMachine<ControllerCommand, void>) {
    this.node = node;
    this.options = options;
    this.controller = controller;
    this.machine = machine;
  }

  get state(): State {
    const state: Record<string, State[string]> = {};
    for (const [key, { committed, digests }] of this.opened) state[key] = { committed, digests };
    return state;
  }

  async remember(): Promise<void> {
    for (const key of (await this.node.disk.read<string[]>('partitions')) ?? []) await this.partition(key);
  }

  answerPeers(): void {
    const { node } = this;
    node.on('append', (message: Append) => this.append(message));
    node.on('poll', ({ key, from }: { key: string; from: number }) => this.poll(key, from));
    node.on('replicate', (message: Replicate) => this.follow(message));
  }

  /** Asks the leader, whoever that is by now, again and again: a message is named, so it is taken once. */
  async atLeader<R>(key: string, kind: 'append' | 'poll', message: unknown): Promise<R> {
    const { node } = this;
    const deadlineMs = node.elapsed() + PATIENCE_MS;
    let open: Error | undefined;
    await this.partition(key);
    while (node.elapsed() < deadlineMs) {
      try {
        const { leader } = this.controller.assignment(key);
        if (leader !== node.id) return await node.call<R>(leader, kind, message, ATTEMPT_MS);
        const own = kind === 'append' ? this.append(message as Append) : this.pollFor(message);
        return (await Promise.race([own, this.tooLate()])) as R;
      } catch (error) {
        if (!(error instanceof Refused)) open = error as Error;
      }
      await node.sleep(RETRY_MS);
    }
    throw open ?? new Refused('no leader is known');
  }

  /** Beats where it leads, and suspects whoever is silent. */
  async watch(): Promise<never> {
    const { node } = this;
    const patience = () => SILENCE_MS * (1.5 + 1.5 * node.random());
    let patienceMs = patience();
    for (;;) {
      await node.sleep(BEAT_MS);
      for (const [key, partition] of this.opened) {
        const leadership = this.leadership(partition);
        if (leadership) this.beat(partition, leadership);
        else if (node.elapsed() - (this.heardMs.get(key) ?? 0) > patienceMs) {
          this.heardMs.set(key, node.elapsed());
          patienceMs = patience();
          const { epoch } = this.controller.assignment(key);
          this.submit({ f: 'elect', key, epoch, node: node.id });
        }
      }
    }
  }

  private pollFor(message: unknown) {
    const { key, from } = message as { key: string; from: number };
    return this.poll(key, from);
  }

  private async tooLate(): Promise<never> {
    await this.node.sleep(ATTEMPT_MS);
    throw new InDoubt('the replicas did not answer in time');
  }

  private submit(command: ControllerCommand): void {
    void this.machine.submit(command).catch(() => undefined);
  }

  private partition(key: string): Promise<Partition> {
    const known = this.partitions.get(key);
    if (known) return known;
    const opening = this.open(key);
    this.partitions.set(key, opening);
    return opening;
  }

  private async open(key: string): Promise<Partition> {
    // The names go first: a partition that no list names would be lost to the next life.
    await this.node.disk.write('partitions', [...this.partitions.keys(), key]);
    const partition = await Partition.open(this.node, key);
    this.heardMs.set(key, this.node.elapsed());
    this.opened.set(key, partition);
    return partition;
  }

  /** What this node knows of the epoch that it leads, where it does. */
  private leadership(partition: Partition): Leadership | undefined {
    const { leader, epoch } = this.controller.assignment(partition.key);
    if (leader !== this.node.id || partition.epoch > epoch) return undefined;
    const known = this.leads.get(partition.key);
    if (known?.epoch === epoch) return known;
    // From here on nothing older is followed.
    partition.epoch = epoch;
    const now = this.node.elapsed();
    const leadership: Leadership = {
      epoch,
      begin: partition.length,
      next: new Map(this.node.peers.map((peer) => [peer, partition.length])),
      has: new Map(),
      heardMs: new Map(this.node.peers.map((peer) => [peer, now])),
      joining: new Set(),
      feeding: new Set(),
      taken: new Map(),
      waiting: [],
    };
    this.leads.set(partition.key, leadership);
    this.node.mark('leads a partition');
    for (const peer of this.node.peers) void this.feed(partition, leadership, peer);
    return leadership;
  }

  private async leader(key: string): Promise<[Partition, Leadership]> {
    const partition = await this.partition(key);
    const leadership = this.leadership(partition);
    if (!leadership) throw new Refused('not the leader');
    return [partition, leadership];
  }

  private async append({ key, id, value }: Append): Promise<number> {
    const [partition, leadership] = await this.leader(key);
    const known = (name: string) => (this.options.tableFromLog ? partition.placeOf(name) : leadership.taken.get(name));
    const message: Message = { epoch: leadership.epoch, id, value };
    const place = await partition.append(message, () => this.leadership(partition) === leadership, known);
    leadership.taken.set(id, place);
    for (const peer of this.node.peers) void this.feed(partition, leadership, peer);
    this.commit(partition, leadership);
    if (!this.options.waitsForReplicas) return place;
    if (partition.committed <= place) {
      await new Promise<void>((resolve) => {
        leadership.waiting.push({ place, resolve });
      });
    }
    return place;
  }

  private async poll(key: string, from: number): Promise<ReturnType<PartitionedLog['poll']>> {
    const [partition, { begin }] = await this.leader(key);
    // What was acknowledged before this epoch must not be missing, and this leader does not know yet how much that was.
    if (this.options.waitsForReplicas && partition.committed < begin) throw new Refused('has only begun to lead');
    const upTo = this.options.waitsForReplicas ? partition.committed : partition.length;
    const messages = partition.slice(from, Math.max(0, upTo - from));
    return messages.map(({ value }, i) => [from + i, value] as const);
  }

  private async follow(message: Replicate): Promise<Replicated> {
    const partition = await this.partition(message.key);
    const { epoch } = this.controller.assignment(message.key);
    if (message.epoch < epoch) throw new Refused(`epoch ${epoch} has begun`);
    this.heardMs.set(message.key, this.node.elapsed());
    return partition.follow(message);
  }

  private beat(partition: Partition, leadership: Leadership): void {
    const { key } = partition;
    const { inSync } = this.controller.assignment(key);
    for (const peer of this.node.peers) {
      void this.feed(partition, leadership, peer);
      const isSilent = this.node.elapsed() - leadership.heardMs.get(peer)! > SILENCE_MS;
      const command = { key, epoch: leadership.epoch, node: peer };
      const isBehind = (leadership.has.get(peer) ?? 0) < partition.length;
      if (inSync.includes(peer) && isSilent) this.submit({ f: 'leave', ...command });
      if (inSync.includes(peer) || isSilent || isBehind) continue;
      leadership.joining.add(peer);
      this.submit({ f: 'join', ...command });
    }
  }

  /** Tells a follower what it lacks, or that the leader is there. */
  private async feed(partition: Partition, leadership: Leadership, peer: NodeId): Promise<void> {
    const { feeding, next, has, heardMs, epoch } = leadership;
    if (feeding.has(peer)) return;
    feeding.add(peer);
    do {
      const from = next.get(peer)!;
      const messages = partition.slice(from, BATCH);
      const { key, committed } = partition;
      const message: Replicate = { key, epoch, from, before: partition.epochBefore(from), messages, committed };
      const answer = await this.node.call<Replicated>(peer, 'replicate', message, ATTEMPT_MS).catch(() => undefined);
      if (!answer || this.leadership(partition) !== leadership) break;
      heardMs.set(peer, this.node.elapsed());
      next.set(peer, 'has' in answer ? answer.has : answer.from);
      if ('has' in answer) has.set(peer, answer.has);
      this.commit(partition, leadership);
    } while (next.get(peer)! < partition.length);
    feeding.delete(peer);
  }

  /** Whatever every replica has that is in sync, or may be counted so, is safe. */
  private commit(partition: Partition, leadership: Leadership): void {
    const { inSync } = this.controller.assignment(partition.key);
    const counted = this.node.peers.filter((peer) => inSync.includes(peer) || leadership.joining.has(peer));
    const places = counted.map((peer) => leadership.has.get(peer) ?? 0);
    partition.committed = Math.max(partition.committed, Math.min(partition.length, ...places));
    const isDone = ({ place }: { place: number }) => place < partition.committed;
    for (const { resolve } of leadership.waiting.filter(isDone)) resolve();
    leadership.waiting = leadership.waiting.filter((one) => !isDone(one));
  }
}

const claim: Claim = {
  model: 'log',
  under: ['partition', 'link', 'crash', 'pause', 'clock'],
  available: 'majority',
  durable: 'always',
  converges: false,
  recoversMs: 3000,
};

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

function partitioned(name: string, options: Partial<Options>, flaw?: System['flaw']): System<PartitionedLog, State> {
  return {
    name: `log/${name}`,
    datatype: 'log',
    claims: [claim],
    ...(flaw ? { flaw } : {}),
    invariants: { 'committed-prefix': committedPrefix },
    start: (node) => start(node, { ...SOUND, ...options }),
  };
}

export const partitionedLogs: readonly System<PartitionedLog, State>[] = [
  partitioned('sound', {}),
  partitioned(
    'unclean-election',
    { unclean: true },
    {
      says: 'a replica that is not in sync may lead, and the others cut their logs down to its',
      anomaly: 'inconsistent-offsets',
    },
  ),
  partitioned(
    'table-lost',
    { tableFromLog: false },
    { says: 'a new leader does not know what the last one has taken, and takes it again', anomaly: 'duplicate' },
  ),
  partitioned(
    'early-acknowledgement',
    { waitsForReplicas: false },
    { says: 'a message is acknowledged, and polled, once the leader has it', anomaly: 'inconsistent-offsets' },
  ),
];
