/**
 * The messages of Raft, as figures 2 and 13 of the paper list them. Each travels one way: a request
 * and its reply carry the sender's term, and a reply that is lost is made up for by the next request.
 */
import type { Entry, Snapshot } from './entries.ts';

/** A candidate asks for a vote: `last` is its lastLogIndex, `lastTerm` its lastLogTerm. */
export interface RequestVote {
  readonly term: number;
  readonly last: number;
  readonly lastTerm: number;
}

export interface VoteReply {
  readonly term: number;
  readonly granted: boolean;
}

/** When a leader sent a request: the number of its round, and the leader's clock. The reply repeats both. */
interface Round {
  readonly round: number;
  readonly atMs: number;
}

/** `before` is prevLogIndex, `beforeTerm` prevLogTerm, `committed` leaderCommit. */
export interface AppendEntries extends Round {
  readonly term: number;
  readonly before: number;
  readonly beforeTerm: number;
  readonly entries: readonly Entry[];
  readonly committed: number;
}

/** A snapshot in one piece. */
export interface InstallSnapshot extends Round {
  readonly term: number;
  readonly snapshot: Snapshot;
}

/**
 * The reply to both. `match`: up to this index the follower's log is the leader's.
 * Without it the request failed, and the leader should continue from `next`.
 */
export interface AppendReply extends Round {
  readonly term: number;
  readonly match?: number;
  readonly next?: number;
}
