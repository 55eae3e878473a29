import { InDoubt, type Node, type NodeId } from '../node.ts';
import type { Invariant } from '../system.ts';
import { disagreement } from './agreed-prefix.ts';
import { digestOf } from './digest.ts';
import { type Chosen, proposerOf, type Synod, type SynodOptions, synod } from './synod.ts';

/** A deterministic machine that every node runs on the same commands in the same order. */
export interface StateMachine<C, R> {
  /**
   * Resolves with what the machine answered to the command here. Rejects with `Refused` where it certainly
   * never takes effect, or where the machine refused it, and with another error where it may yet.
   */
  submit(command: C): Promise<R>;
  /** Learns every so often what the others know and this node missed. */
  follow(periodMs: number): Promise<void>;
  /** What was chosen, as far as this node knows: how much, and a digest of every prefix. */
  readonly decided: Decided;
}

/** Two nodes that have learnt as much have the same digest, unless they disagree. */
export interface Decided {
  readonly digests: readonly number[];
}

interface Command<C> {
  readonly id: string;
  readonly command: C;
}
/** Each slot of the log is decided by itself, on all that a node has waiting at once. */
type Batch<C> = readonly Command<C>[];

interface Waiting<C, R> extends Command<C> {
  /** Of a command that was submitted here; others' commands are answered by their own nodes. */
  readonly asker?: { readonly resolve: (result: R) => void; readonly reject: (error: unknown) => void };
  /** Another node is to propose it for now. */
  away: boolean;
  /** Another node was asked to, so nobody here can tell any more that it is not. */
  open: boolean;
}

/** How long another node is given to have a command chosen. */
const SUGGESTED_MS = 150;

export const SOUND_SYNOD: SynodOptions = { durable: 'promises and votes', adopts: 'highest' };

/**
 * Replicates a machine by having the nodes agree on its commands slot by slot. Whose proposal was
 * chosen last is asked to propose what comes next, as its promises still serve; where that takes
 * too long, a node proposes for itself. `apply` must be deterministic; what it throws is the answer
 * of the command that it was given, at the node that submitted it, and must change nothing.
 *
 * @see Schneider, "Implementing Fault-Tolerant Services Using the State Machine Approach", ACM Computing Surveys 1990.
 * @see Lamport, "The Part-Time Parliament", ACM TOCS 1998.
 */
export async function stateMachine<C, R>(
  node: Node,
  options: SynodOptions,
  apply: (command: C, id: string) => R,
): Promise<StateMachine<C, R>> {
  const replicated = new Replicated(node, apply);
  const agreement = await synod<Batch<C>>(node, options, (batch, by) => replicated.decide(batch, by));
  replicated.runOn(agreement);
  return replicated;
}

class Replicated<C, R> implements StateMachine<C, R> {
  readonly decided: { readonly digests: number[] } = { digests: [] };
  private readonly node: Node;
  private readonly apply: (command: C, id: string) => R;
  private readonly waiting = new Map<string, Waiting<C, R>>();
  /** A command that two nodes have proposed takes effect the first time. */
  private readonly done = new Set<string>();
  // No two lives of a node give their commands the same name.
  private readonly life: string;
  private commands = 0;
  private proposing = false;
  private leader: NodeId | undefined;
  private agreement!: Synod<Batch<C>>;

  constructor(node: Node, apply: (command: C, id: string) => R) {
    this.node = node;
    this.apply = apply;
    this.life = `${node.id}/${node.random()}`;
  }

  runOn(agreement: Synod<Batch<C>>): void {
    const { node } = this;
    this.agreement = agreement;
    node.on('chosen', ({ slot, entry }: { slot: number; entry: Chosen<Batch<C>> }) => agreement.learn(slot, [entry]));
    node.on('learn', ({ slot }: { slot: number }) => agreement.chosen(slot));
    node.on('suggest', ({ id, command }: Command<C>) => {
      if (this.done.has(id) || this.waiting.has(id)) return;
      this.waiting.set(id, { id, command, away: false, open: true });
      void this.proposeAll();
    });
  }

  decide(batch: Batch<C>, proposer: NodeId): void {
    const { digests } = this.decided;
    this.leader = proposer;
    digests.push(batch.reduce((digest, { id }) => digestOf(digest, id), digests[digests.length - 1] ?? 0));
    for (const { id, command } of batch) {
      if (this.done.has(id)) continue;
      this.done.add(id);
      this.settle(id, () => this.apply(command, id));
    }
  }

  submit(command: C): Promise<R> {
    return new Promise((resolve, reject) => {
      const { leader, life, node } = this;
      const id = `${life}/${++this.commands}`;
      const asked = { id, command, asker: { resolve, reject }, away: false, open: false };
      this.waiting.set(id, asked);
      void (leader === undefined || leader === node.id ? this.proposeAll() : this.suggest(leader, asked));
    });
  }

  async follow(periodMs: number): Promise<void> {
    const { node, agreement } = this;
    for (;;) {
      await node.sleep(periodMs * (0.5 + node.random()));
      const peer = node.peers[Math.floor(node.random() * node.peers.length)];
      if (peer === undefined) return;
      const slot = this.decided.digests.length;
      const learnt = node.call<readonly Chosen<Batch<C>>[]>(peer, 'learn', { slot }, 2 * periodMs);
      agreement.learn(slot, await learnt.catch(() => []));
    }
  }

  private settle(id: string, act: () => R): void {
    const asker = this.waiting.get(id)?.asker;
    this.waiting.delete(id);
    try {
      const result = act();
      asker?.resolve(result);
    } catch (error) {
      asker?.reject(error);
    }
  }

  private async proposeNext(mine: readonly Waiting<C, R>[]): Promise<void> {
    const { agreement, node, waiting } = this;
    const slot = this.decided.digests.length;
    const batch = mine.map(({ id, command }) => ({ id, command }));
    try {
      await agreement.propose(slot, batch);
      const entry = agreement.chosen(slot)[0]!;
      if (proposerOf(entry) !== node.id) return;
      for (const peer of node.peers) node.send(peer, 'chosen', { slot, entry });
    } catch (error) {
      for (const { id, asker, open } of mine)
        if (waiting.delete(id)) asker?.reject(open ? new InDoubt('another node may yet propose it') : error);
    }
  }

  private async proposeAll(): Promise<void> {
    if (this.proposing) return;
    this.proposing = true;
    for (;;) {
      const mine = [...this.waiting.values()].filter(({ away }) => !away);
      if (mine.length === 0) break;
      await this.proposeNext(mine);
    }
    this.proposing = false;
  }

  private async suggest(to: NodeId, asked: Waiting<C, R>): Promise<void> {
    const { id, command } = asked;
    asked.away = true;
    asked.open = true;
    this.node.send(to, 'suggest', { id, command });
    await this.node.sleep(SUGGESTED_MS);
    if (!this.waiting.has(id)) return;
    if (this.leader === to) this.leader = undefined;
    asked.away = false;
    await this.proposeAll();
  }
}

/** Broken where two nodes, in whatever life, have learnt different commands for one slot. */
export const agreement: Invariant<Decided> = (states, memory, changed) => {
  for (const node of changed) {
    const { digests } = states.get(node) ?? { digests: [] };
    const broken = disagreement(memory, 'log', node, digests, digests.length);
    if (broken) return `${broken.other} and ${node} have learnt different values for slot ${broken.place}.`;
  }
  return undefined;
};
