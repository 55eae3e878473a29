/**
 * Two-phase commit with presumed abort: a coordinator asks all participants to prepare, writes down that it
 * commits once all have promised, and tells them until all have answered. A participant writes its promise down,
 * and while it hears nothing it asks the coordinator, who answers that what it has no record of was aborted.
 *
 * @see Gray, "Notes on Data Base Operating Systems", Operating Systems: An Advanced Course, 1978.
 * @see Mohan, Lindsay & Obermarck, "Transaction Management in the R*
 *   Distributed Database Management System", ACM TODS 1986: presumed abort.
 */
import { type Node, type NodeId, Refused } from '../node.ts';
import { type DurableMap, durableMap } from './durable-map.ts';
import type { Shards } from './shards.ts';

export type Vote = 'promised' | 'only read';

/**
 * What one shard does for a transaction. `decision` is whatever the
 * coordinator found when all had promised: a timestamp, or nothing.
 */
export interface Participant<Work, Decision> {
  /**
   * Locks what the work needs, at once, or throws `Refused`. Read-only
   * participants say so: they skip phase two and release their locks.
   */
  prepare(txn: string, work: Work): Vote;
  /** Takes hold again, in a new life, of what an earlier one has promised. */
  resume(txn: string, work: Work): void;
  /** Resolves once the work is done and on disk. Does not let go. */
  apply(txn: string, work: Work, decision: Decision): Promise<void>;
  /** Lets go of all that the transaction holds here. */
  release(txn: string): void;
}

export interface AtomicCommit<Work, Decision> {
  /**
   * Has all participants do their work, or none. `decide` is called when all have promised. Rejects with
   * `Refused` where the transaction is aborted, and otherwise resolves with the decision once that is on disk.
   */
  commit(txn: string, works: ReadonlyMap<NodeId, Work>, decide: () => Promise<Decision>): Promise<Decision>;
  /** Has them let go of what they hold for a transaction that never came to its commit. */
  abort(txn: string, participants: Iterable<NodeId>): void;
}

interface Promised<Work> {
  readonly coordinator: NodeId;
  readonly work: Work;
}
interface Decided<Decision> {
  readonly decision: Decision;
  readonly participants: readonly NodeId[];
}
type Outcome<Decision> = { readonly commit: Decision } | 'abort' | 'pending';

/** How long a vote is waited for, a decision told again, and a participant in doubt asks. */
const VOTE_MS = 250;
const TELL_MS = 100;
const DOUBT_MS = 150;

export async function atomicCommit<Work, Decision>(
  node: Node,
  shards: Shards,
  participant: Participant<Work, Decision>,
  steps: CommitSteps = commitSteps,
): Promise<AtomicCommit<Work, Decision>> {
  await participate(node, shards, participant, await steps.openPromises<Promised<Work>>(node), steps);
  return coordinate(node, shards, await steps.openDecisions<Decided<Decision>>(node));
}

export type CommitSteps = typeof commitSteps;

/** The steps that a broken protocol may replace. */
export const commitSteps = {
  /** A coordinator's decisions are on disk before anybody hears of them. */
  openDecisions: <V>(node: Node): Promise<DurableMap<V>> => durableMap<V>(node, 'decided'),
  /** A participant's promises are on disk before they are given. */
  openPromises: <V>(node: Node): Promise<DurableMap<V>> => durableMap<V>(node, 'promised'),

  /** Asks again and again while a promise is neither kept nor dropped. */
  async whileInDoubt(
    node: Node,
    coordinatorOf: () => NodeId | undefined,
    ask: (coordinator: NodeId) => Promise<void>,
  ): Promise<void> {
    for (;;) {
      await node.sleep(DOUBT_MS);
      const coordinator = coordinatorOf();
      if (coordinator === undefined) return;
      await ask(coordinator);
    }
  },

  /** What becomes of a transaction whose coordinator is silent: that is open. */
  presume: (): 'pending' | 'abort' => 'pending',
};

function coordinate<Work, Decision>(
  node: Node,
  shards: Shards,
  decisions: DurableMap<Decided<Decision>>,
): AtomicCommit<Work, Decision> {
  /** Transactions of which nobody may be told yet that they were aborted. */
  const open = new Set<string>();

  shards.on('outcome', ({ txn }: { txn: string }): Outcome<Decision> => {
    if (open.has(txn)) return 'pending';
    const known = decisions.get(txn);
    return known ? { commit: known.decision } : 'abort';
  });

  async function tell(txn: string): Promise<void> {
    const { decision, participants } = decisions.get(txn)!;
    const message = { txn, decision };
    const told = participants.map(async (each) => {
      while (!(await shards.call<boolean>(each, 'commit', message, VOTE_MS).catch(() => false)))
        await node.sleep(TELL_MS);
    });
    await Promise.all(told);
    await decisions.delete(txn);
  }

  function abort(txn: string, participants: Iterable<NodeId>): void {
    for (const each of participants) shards.send(each, 'abort', { txn });
  }

  /** Resolves, once all have promised, with the decision and with those who must hear of it. */
  async function vote(
    txn: string,
    works: ReadonlyMap<NodeId, Work>,
    decide: () => Promise<Decision>,
  ): Promise<Decided<Decision>> {
    const participants: NodeId[] = [];
    const ask = async ([each, work]: readonly [NodeId, Work]) => {
      const message = { txn, work, coordinator: node.id };
      const vote = await shards.call<Vote>(each, 'prepare', message, VOTE_MS);
      if (vote === 'promised') participants.push(each);
    };
    await Promise.all([...works].map(ask));
    return { decision: await decide(), participants };
  }

  for (const txn of Object.keys(decisions.entries)) void tell(txn);
  return {
    abort,
    async commit(txn, works, decide) {
      open.add(txn);
      let decided: Decided<Decision>;
      try {
        decided = await vote(txn, works, decide);
      } catch (error) {
        open.delete(txn);
        abort(txn, works.keys());
        if (error instanceof Refused) throw error;
        throw new Refused(error instanceof Error ? error.message : String(error));
      }
      if (decided.participants.length > 0) await decisions.set(txn, decided);
      open.delete(txn);
      if (decided.participants.length > 0) void tell(txn);
      return decided.decision;
    },
  };
}

async function participate<Work, Decision>(
  node: Node,
  shards: Shards,
  participant: Participant<Work, Decision>,
  promised: DurableMap<Promised<Work>>,
  { whileInDoubt, presume }: CommitSteps,
): Promise<void> {
  const finishing = new Map<string, Promise<void>>();

  async function finish(txn: string, decision: Decision): Promise<void> {
    const promise = promised.get(txn);
    if (!promise) return;
    await participant.apply(txn, promise.work, decision);
    await promised.delete(txn);
    participant.release(txn);
  }

  /** The network may double a decision: it is carried out once. */
  function finishOnce(txn: string, decision: Decision): Promise<void> {
    const known = finishing.get(txn) ?? finish(txn, decision).finally(() => finishing.delete(txn));
    finishing.set(txn, known);
    return known;
  }

  async function drop(txn: string): Promise<void> {
    if (finishing.has(txn)) return;
    participant.release(txn);
    if (promised.get(txn)) await promised.delete(txn);
  }

  async function ask(txn: string, coordinator: NodeId): Promise<void> {
    const outcome = await shards.call<Outcome<Decision>>(coordinator, 'outcome', { txn }, DOUBT_MS).catch(presume);
    if (outcome === 'abort') await drop(txn);
    else if (typeof outcome === 'object') await finishOnce(txn, outcome.commit);
  }

  function watch(txn: string): Promise<void> {
    return whileInDoubt(
      node,
      () => promised.get(txn)?.coordinator,
      (coordinator) => ask(txn, coordinator),
    );
  }

  shards.on('prepare', async ({ txn, work, coordinator }: Promised<Work> & { txn: string }) => {
    // A late copy. What is held for the transaction is let go of in a moment, and must not be promised again.
    if (finishing.has(txn)) throw new Refused('decided already');
    if (!promised.get(txn)) {
      if (participant.prepare(txn, work) === 'only read') {
        participant.release(txn);
        return 'only read';
      }
      void watch(txn);
    }
    await promised.set(txn, { coordinator, work });
    if (!promised.get(txn)) throw new Refused('aborted meanwhile');
    return 'promised';
  });
  shards.on('commit', async ({ txn, decision }: { txn: string; decision: Decision }) => {
    await finishOnce(txn, decision);
    return true;
  });
  shards.on('abort', ({ txn }: { txn: string }) => drop(txn));

  for (const [txn, { work }] of Object.entries(promised.entries)) {
    participant.resume(txn, work);
    void watch(txn);
  }
}
