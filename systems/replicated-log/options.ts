/** What is said between nodes' logs, and every rule of Raft that a broken twin leaves out. */
import type { Entry, Snapshot } from './entries.ts';

export interface Options {
  /** Nobody votes for a candidate whose log is behind the voter's own. */
  readonly upToDate: boolean;
  /** Whom a node has voted for is on disk before the candidate hears of it. */
  readonly keepsVote: boolean;
  /** Votes are counted by node and not by message. */
  readonly countsNodes: boolean;
  /**
   * A leader begins with an entry of its own, and copies on a majority commit entries of its own term alone, with all before them; else they commit
   * any, and no such beginning is needed.
   */
  readonly ownTermAlone: boolean;
  /** A follower acknowledges what is on its disk; else what is on the way there. */
  readonly durable: boolean;
  /** A follower cuts its log where it contradicts the leader's; else after whatever it was sent. */
  readonly cutsAtConflict: boolean;
  /** A leader answers reads once a majority has confirmed that it still leads; or while it believes so for a while; or at once. */
  readonly reads: 'confirmed' | 'leased' | 'unconfirmed';
  /** Who heard from a leader just now votes for nobody. */
  readonly refusesVotes: boolean;
  /** A leader changes the members once an entry of its own term is committed; else first of all. */
  readonly beginsBeforeChange: boolean;
  /** A snapshot that is older than what a follower has applied is passed over. */
  readonly passesOldSnapshots: boolean;
  /** What follows a snapshot in a follower's log stays there. */
  readonly keepsTail: boolean;
  /** A snapshot stands for what has been applied, and not for all of the log. */
  readonly compactsApplied: boolean;
  /** A command is applied once, however often it was asked for. */
  readonly once: boolean;
  /** How many applied entries a log keeps before it is compacted. */
  readonly compactAfter: number;
  /** A leader is heard at least so often. */
  readonly beatMs: number;
  /** Who hears no leader for so long, and up to as long again, becomes a candidate. */
  readonly electionMs: number;
}

export const SOUND: Options = {
  upToDate: true,
  keepsVote: true,
  countsNodes: true,
  ownTermAlone: true,
  durable: true,
  cutsAtConflict: true,
  reads: 'confirmed',
  refusesVotes: true,
  beginsBeforeChange: true,
  passesOldSnapshots: true,
  keepsTail: true,
  compactsApplied: true,
  once: true,
  compactAfter: 16,
  beatMs: 50,
  electionMs: 200,
};

export interface Vote {
  readonly term: number;
  readonly last: number;
  readonly lastTerm: number;
}

/** When a leader sent what this answers: the count of its rounds, and its clock. */
interface Round {
  readonly round: number;
  readonly atMs: number;
}

export interface Append extends Round {
  readonly term: number;
  /** The entry before those that are sent. */
  readonly before: number;
  readonly beforeTerm: number;
  readonly entries: readonly Entry[];
  readonly committed: number;
}

export interface Install extends Round {
  readonly term: number;
  readonly snapshot: Snapshot;
}

/** `match`: up to where the follower's log is the leader's. Without it the leader should go on from `next`. */
export interface Appended extends Round {
  readonly term: number;
  readonly match?: number;
  readonly next?: number;
}
