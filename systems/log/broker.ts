/** A node's part in all partitions of the log. */
import type { StateMachine } from '../blocks/state-machine.ts';
import { InDoubt, type Node, type NodeId, Refused } from '../node.ts';
import type { Controller, ControllerCommand } from './controller.ts';
import { type Message, Partition, type Replicate, type Replicated } from './partition.ts';

const BEAT_MS = 150;
/** A follower that is silent for so long is not in sync any more; a leader that is silent for longer is replaced. */
const SILENCE_MS = 350;
const BATCH = 50;
const ATTEMPT_MS = 150;
const PATIENCE_MS = 420;
const RETRY_MS = 30;

type Append = { readonly key: string; readonly id: string; readonly value: unknown };

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
  waiting: { readonly place: number; readonly resolve: () => void }[];
}

interface Broker extends Steps {
  readonly node: Node;
  readonly controller: Controller;
  readonly machine: StateMachine<ControllerCommand, void>;
  readonly partitions: Map<string, Promise<Partition>>;
  readonly opened: Map<string, Partition>;
  readonly leads: Map<string, Leadership>;
  /** When each partition's leader was heard last. */
  readonly heardMs: Map<string, number>;
}

export type Steps = typeof steps;

/** The protocol. Each of the broken twins replaces a step of it (twins.ts). */
export const steps = {
  async remember(this: Broker): Promise<void> {
    for (const key of (await this.node.disk.read<string[]>('partitions')) ?? []) await this.partition(key);
  },

  answerPeers(this: Broker): void {
    const { node } = this;
    node.on('append', (message: Append) => this.append(message));
    node.on('poll', ({ key, from }: { key: string; from: number }) => this.poll(key, from));
    node.on('replicate', (message: Replicate) => this.follow(message));
  },

  /** Asks the leader, whoever that is by now, again and again: a message is named, so it is taken once. */
  async atLeader<R>(this: Broker, key: string, kind: 'append' | 'poll', message: unknown): Promise<R> {
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
  },

  /** Beats where it leads, and suspects whoever is silent. */
  async watch(this: Broker): Promise<never> {
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
  },

  pollFor(this: Broker, message: unknown) {
    const { key, from } = message as { key: string; from: number };
    return this.poll(key, from);
  },

  async tooLate(this: Broker): Promise<never> {
    await this.node.sleep(ATTEMPT_MS);
    throw new InDoubt('the replicas did not answer in time');
  },

  submit(this: Broker, command: ControllerCommand): void {
    void this.machine.submit(command).catch(() => undefined);
  },

  partition(this: Broker, key: string): Promise<Partition> {
    const known = this.partitions.get(key);
    if (known) return known;
    const opening = this.open(key);
    this.partitions.set(key, opening);
    return opening;
  },

  async open(this: Broker, key: string): Promise<Partition> {
    // The names go first: a partition that no list names would be lost to the next life.
    await this.node.disk.write('partitions', [...this.partitions.keys(), key]);
    const partition = await Partition.open(this.node, key);
    this.heardMs.set(key, this.node.elapsed());
    this.opened.set(key, partition);
    return partition;
  },

  /** What this node knows of the epoch that it leads, where it does. */
  leadership(this: Broker, partition: Partition): Leadership | undefined {
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
      waiting: [],
    };
    this.leads.set(partition.key, leadership);
    this.node.mark('leads a partition');
    for (const peer of this.node.peers) void this.feed(partition, leadership, peer);
    return leadership;
  },

  async leader(this: Broker, key: string): Promise<[Partition, Leadership]> {
    const partition = await this.partition(key);
    const leadership = this.leadership(partition);
    if (!leadership) throw new Refused('not the leader');
    return [partition, leadership];
  },

  async append(this: Broker, { key, id, value }: Append): Promise<number> {
    const [partition, leadership] = await this.leader(key);
    const place = await this.take(partition, leadership, { epoch: leadership.epoch, id, value });
    for (const peer of this.node.peers) void this.feed(partition, leadership, peer);
    this.commit(partition, leadership);
    const safe = this.whenSafe(partition, leadership, place);
    if (safe) await safe;
    return place;
  },

  /** Puts a message at the end of the log, unless it is there already; resolves with its place. */
  take(this: Broker, partition: Partition, leadership: Leadership, message: Message): Promise<number> {
    const still = () => this.leadership(partition) === leadership;
    return partition.append(message, still, (id) => partition.placeOf(id));
  },

  /** Resolves once every in-sync replica has the message; nothing where that is so already. */
  whenSafe(this: Broker, partition: Partition, leadership: Leadership, place: number): Promise<void> | undefined {
    if (partition.committed > place) return undefined;
    return new Promise<void>((resolve) => {
      leadership.waiting.push({ place, resolve });
    });
  },

  async poll(this: Broker, key: string, from: number): Promise<readonly (readonly [number, unknown])[]> {
    const [partition, leadership] = await this.leader(key);
    const messages = partition.slice(from, Math.max(0, this.shown(partition, leadership) - from));
    return messages.map(({ value }, i) => [from + i, value] as const);
  },

  /** How much of a partition may be polled. */
  shown(this: Broker, partition: Partition, { begin }: Leadership): number {
    // What was acknowledged before this epoch must not be missing, and this leader does not know yet how much that was.
    if (partition.committed < begin) throw new Refused('has only begun to lead');
    return partition.committed;
  },

  async follow(this: Broker, message: Replicate): Promise<Replicated> {
    const partition = await this.partition(message.key);
    const { epoch } = this.controller.assignment(message.key);
    if (message.epoch < epoch) throw new Refused(`epoch ${epoch} has begun`);
    this.heardMs.set(message.key, this.node.elapsed());
    return partition.follow(message);
  },

  beat(this: Broker, partition: Partition, leadership: Leadership): void {
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
  },

  /** Tells a follower what it lacks, or that the leader is there. */
  async feed(this: Broker, partition: Partition, leadership: Leadership, peer: NodeId): Promise<void> {
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
  },

  /** Whatever every replica has that is in sync, or may be counted so, is safe. */
  commit(this: Broker, partition: Partition, leadership: Leadership): void {
    const { inSync } = this.controller.assignment(partition.key);
    const counted = this.node.peers.filter((peer) => inSync.includes(peer) || leadership.joining.has(peer));
    const places = counted.map((peer) => leadership.has.get(peer) ?? 0);
    partition.committed = Math.max(partition.committed, Math.min(partition.length, ...places));
    const isDone = ({ place }: { place: number }) => place < partition.committed;
    for (const { resolve } of leadership.waiting.filter(isDone)) resolve();
    leadership.waiting = leadership.waiting.filter((one) => !isDone(one));
  },

  /** Only who is in sync may lead. */
  mayLead: (inSync: readonly NodeId[], node: NodeId): boolean => inSync.includes(node),
};

export function brokerOf(
  node: Node,
  given: Steps,
  controller: Controller,
  machine: StateMachine<ControllerCommand, void>,
): Broker {
  const maps = { partitions: new Map(), opened: new Map(), leads: new Map(), heardMs: new Map() };
  return { ...given, node, controller, machine, ...maps };
}
