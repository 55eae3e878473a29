/**
 * Who decides: one node knows of every transaction when it began and whether it has committed, and no
 * other knows better. A commit is one record in its log, so it cannot be half done, whoever crashes.
 *
 * @see Gómez Ferro, Junqueira, Kelly, Reed & Yabandeh, "Omid: Lock-free
 *   Transactional Support for Distributed Data Stores", ICDE 2014.
 */
import { log } from '../blocks/log.ts';
import type { Shards } from '../blocks/shards.ts';
import { growingNumbers } from '../blocks/timestamps.ts';
import { type Node, Refused } from '../node.ts';

/** A transaction that wants to commit: which keys it read from its snapshot, and which it wrote. */
export interface Wish extends Snapshot {
  readonly start: number;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** What a transaction sees: all that had committed by then. */
export interface Snapshot {
  readonly at: number;
}

export interface Committed extends Wish {
  readonly commit: number;
}

/**
 * How the oracle tells which transactions may commit. `refuse`
 * throws `Refused`; `note` is told of those that do, in their order.
 */
export interface Rule {
  refuse(wish: Wish): void;
  note(committed: Committed): void;
}

export interface StatusOracle {
  begin(): Promise<number>;
  /** Resolves with the commit timestamp. `Refused` where it certainly does not commit. */
  commit(wish: Wish): Promise<number>;
  /** The commit timestamp, or `null` where a commit would still come after every snapshot that there is. */
  outcome(start: number): Promise<number | null>;
}

export async function statusOracle(node: Node, shards: Shards, rule: Rule): Promise<StatusOracle> {
  if (shards.first === node.id) await decideHere(node, shards, rule);
  const ask = <R>(kind: string, message?: unknown) => shards.call<R>(shards.first, kind, message);
  return {
    begin: () => ask('begin'),
    commit: (wish) => ask('commit', wish),
    outcome: (start) => ask('outcome', { start }),
  };
}

async function decideHere(node: Node, shards: Shards, rule: Rule): Promise<void> {
  const numbers = await growingNumbers(node, 'timestamps');
  const commits = await log<Committed>(node.disk, 'commits');
  const known = new Map<number, { readonly commit: number; readonly durable: Promise<unknown> }>();
  for (const committed of commits.slice(0, commits.length)) {
    rule.note(committed);
    known.set(committed.start, { commit: committed.commit, durable: Promise.resolve() });
  }

  function decide(wish: Wish, commit: number): Promise<unknown> {
    rule.refuse(wish);
    const committed = { ...wish, commit };
    rule.note(committed);
    const durable = commits.append(committed);
    known.set(wish.start, { commit, durable });
    return durable;
  }

  async function outcome(start: number): Promise<number | null> {
    const decision = known.get(start);
    // A timestamp is taken before its record is on disk: who asks
    // meanwhile may have a later snapshot, and must not miss it.
    await decision?.durable;
    return decision?.commit ?? null;
  }

  shards.on('begin', () => numbers.take((number) => number));
  shards.on('outcome', ({ start }: { start: number }) => outcome(start));
  shards.on('commit', async (wish: Wish) => {
    // The network may double the wish: it is granted once.
    await numbers.take((number) => known.get(wish.start)?.durable ?? decide(wish, number));
    return outcome(wish.start);
  });
}

/**
 * First committer wins: nobody may overwrite what was committed after his snapshot. @see Berenson et al., SIGMOD 1995.
 */
export function firstCommitterWins(): Rule {
  const last = new Map<string, Committed>();
  return {
    refuse({ start, writes }) {
      const taken = writes.find((key) => (last.get(key)?.commit ?? 0) > start);
      if (taken !== undefined) throw new Refused(`${taken} was written meanwhile`, { answer: true });
    },
    note(committed) {
      for (const key of committed.writes) last.set(key, committed);
    },
  };
}
