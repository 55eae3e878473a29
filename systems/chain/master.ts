/**
 * Who belongs to the chain, in which order: decided by a replicated log,
 * so that there is one answer at any moment however nodes come and go.
 */
import type { Node, NodeId } from '../node.ts';
import { replicatedStateMachine } from '../replicated-log/replicated-state-machine.ts';
import type { StateMachine } from '../replicated-log/state-machine.ts';

export interface Configuration {
  readonly epoch: number;
  /** From head to tail. */
  readonly chain: readonly NodeId[];
  /**
   * So many of them, from the head on, have all that was ever
   * acknowledged. Another one at the end is being brought up to date.
   */
  readonly complete: number;
}

/** The chain of a new epoch, or of this one: then it says that its last member has everything now. */
type Command = Configuration;

/**
 * Whoever was not heard from for so long is taken out of the
 * chain. It may live: then it will be refused, and taken in again.
 */
const SILENCE_MS = 450;
const WATCH_MS = 150;
/** A chain changes seldom: its log need not be heard of as often as one that every write goes through. */
const PACE = { heartbeatMs: 125, electionTimeoutMs: 350 };

export interface Master {
  /** The newest configuration. Rejects where no majority can be asked. */
  newest(): Promise<Configuration>;
  propose(configuration: Configuration): Promise<unknown>;
}

/** `onChange` is told of every configuration that this node comes to know, in order; the first one has all nodes. */
export async function configurationMaster(node: Node, onChange: (known: Configuration) => void): Promise<Master> {
  const chain = [node.id, ...node.peers].sort();
  let known: Configuration = { epoch: 1, chain, complete: chain.length };
  const learn = (configuration: Configuration) => {
    known = configuration;
    onChange(known);
  };
  const machine: StateMachine<Command, null> = {
    apply(proposed) {
      if (follows(known, proposed)) learn(proposed);
      return null;
    },
    query: () => known,
    save: () => known,
    restore: (saved) => learn(saved as Configuration),
  };
  const replicated = await replicatedStateMachine(node, machine, PACE);

  async function watch(): Promise<void> {
    for (;;) {
      await node.sleep(WATCH_MS);
      const better = replicated.leads && improved(known, [node.id, ...node.peers], (peer) => alive(peer));
      if (better) await replicated.execute(better).catch(() => undefined);
    }
  }
  const alive = (peer: NodeId) => peer === node.id || replicated.silentMs(peer) < SILENCE_MS;
  void watch();
  return {
    newest: () => replicated.query<Configuration>(null),
    propose: (configuration) => replicated.execute(configuration),
  };
}

/**
 * Whether the proposed one comes after the known one: it is a new
 * epoch's, or says of the same chain that more of it is complete.
 */
export function follows(known: Configuration, proposed: Configuration): boolean {
  if (proposed.epoch !== known.epoch) return proposed.epoch === known.epoch + 1;
  // Two masters may have proposed different chains for one epoch: the second must not pass for news of the first.
  return proposed.complete > known.complete && proposed.chain.join() === known.chain.join();
}

/** The next configuration, where this one has a member that is silent, or lacks one that is not. */
function improved(
  { epoch, chain, complete }: Configuration,
  nodes: readonly NodeId[],
  alive: (node: NodeId) => boolean,
): Configuration | undefined {
  const left = chain.filter(alive);
  const leftComplete = chain.slice(0, complete).filter(alive).length;
  // Whoever has everything must be waited for where nobody else has.
  if (left.length < chain.length)
    return leftComplete > 0 ? { epoch: epoch + 1, chain: left, complete: leftComplete } : undefined;
  const stranger = nodes.find((node) => !chain.includes(node) && alive(node));
  if (stranger === undefined || complete < chain.length) return undefined;
  return { epoch: epoch + 1, chain: [...chain, stranger], complete };
}
