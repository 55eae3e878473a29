import type { Node } from '../node.ts';
import { digestOf } from './digest.ts';
import { type SynodOptions, synod } from './synod.ts';

/** A deterministic machine that every node runs on the same commands in the same order. */
export interface StateMachine<C, R> {
  /**
   * Resolves with what the machine answered to the command here. Rejects with `Refused` where it certainly never takes effect, or where the
   * machine refused it, and with another error where it may yet.
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
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

export const SOUND_SYNOD: SynodOptions = { durable: true, adopts: 'highest' };

/**
 * Replicates a machine by having the nodes agree on its commands slot by slot. `apply` must be deterministic; what it throws is the answer of
 * the command that it was given, at the node that submitted it, and must change nothing.
 *
 * @see Schneider, "Implementing Fault-Tolerant Services Using the State Machine Approach", ACM Computing Surveys 1990.
 * @see Lamport, "The Part-Time Parliament", ACM TOCS 1998.
 */
export async function stateMachine<C, R>(
  node: Node,
  options: SynodOptions,
  apply: (command: C, id: string) => R,
): Promise<StateMachine<C, R>> {
  const digests: number[] = [];
  const waiting = new Map<string, Waiting<C, R>>();
  // No two lives of a node give their commands the same name.
  const life = `${node.id}/${node.random()}`;
  let commands = 0;
  let proposing = false;

  function decide(batch: Batch<C>): void {
    digests.push(batch.reduce((digest, { id }) => digestOf(digest, id), digests[digests.length - 1] ?? 0));
    for (const { id, command } of batch) settle(id, () => apply(command, id));
  }

  function settle(id: string, act: () => R): void {
    const asker = waiting.get(id);
    waiting.delete(id);
    try {
      const result = act();
      asker?.resolve(result);
    } catch (error) {
      asker?.reject(error);
    }
  }

  const agreement = await synod<Batch<C>>(node, options, decide);
  node.on('chosen', ({ slot, batch }: { slot: number; batch: Batch<C> }) => agreement.learn(slot, [batch]));
  node.on('learn', ({ slot }: { slot: number }) => agreement.chosen(slot));

  async function proposeNext(): Promise<void> {
    const slot = digests.length;
    const mine = [...waiting.values()];
    const batch = mine.map(({ id, command }) => ({ id, command }));
    try {
      const chosen = await agreement.propose(slot, batch);
      for (const peer of node.peers) node.send(peer, 'chosen', { slot, batch: chosen });
    } catch (error) {
      for (const { id, reject } of mine) if (waiting.delete(id)) reject(error);
    }
  }

  async function proposeAll(): Promise<void> {
    if (proposing) return;
    proposing = true;
    while (waiting.size > 0) await proposeNext();
    proposing = false;
  }

  return {
    decided: { digests },
    submit(command) {
      return new Promise((resolve, reject) => {
        const id = `${life}/${++commands}`;
        waiting.set(id, { id, command, resolve, reject });
        void proposeAll();
      });
    },
    async follow(periodMs) {
      for (;;) {
        await node.sleep(periodMs * (0.5 + node.random()));
        const peer = node.peers[Math.floor(node.random() * node.peers.length)];
        if (peer === undefined) return;
        const slot = digests.length;
        const batches = await node.call<readonly Batch<C>[]>(peer, 'learn', { slot }, 2 * periodMs).catch(() => []);
        agreement.learn(slot, batches);
      }
    },
  };
}

/** Broken where two nodes have learnt different commands for one slot. */
export function agreement(states: ReadonlyMap<string, Decided>): string | undefined {
  const [one, ...others] = states;
  for (const [id, { digests }] of others) {
    const common = Math.min(digests.length, one![1].digests.length);
    if (common === 0 || digests[common - 1] === one![1].digests[common - 1]) continue;
    const slot = digests.findIndex((digest, i) => digest !== one![1].digests[i]);
    return `${one![0]} and ${id} have learnt different values for slot ${slot}.`;
  }
  return undefined;
}
