/** The state of a Raft server, as figure 2 of the paper lists it, and the steps of the protocol that work on it. */
import { type Exclusive, exclusive } from '../blocks/lock.ts';
import { type Disk, InDoubt, type Node, type NodeId } from '../node.ts';
import type { Configuration } from './configuration.ts';
import type { Entries, Snapshot } from './entries.ts';
import type { AppendEntries, RequestVote } from './messages.ts';
import type { Answer, Request, Sessions } from './sessions.ts';

/** The part of the persistent state that is not the log. */
export interface Ballot {
  readonly term: number;
  readonly votedFor: NodeId | null;
}

/** The volatile state of a leader, begun anew with every election. */
export interface Leadership {
  readonly term: number;
  /** The index of the first entry of its term. */
  readonly begin: number;
  /** For each follower, the index of the next entry to send to it. */
  readonly nextIndex: Map<NodeId, number>;
  /** For each follower, the highest index up to which its log is known to be the leader's. */
  readonly matchIndex: Map<NodeId, number>;
  /** The number of the latest round of requests, and for each follower the latest round that it has answered. */
  rounds: number;
  readonly answered: Map<NodeId, { readonly round: number; readonly atMs: number }>;
  readonly sinceMs: number;
  /** Reads that wait until a majority has answered their round. */
  readonly reads: { readonly round: number; readonly resolve: () => void; readonly reject: (error: Error) => void }[];
}

/** A client's command in the leader's log, which is answered when it is applied. */
interface Waiting {
  readonly term: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The steps of the protocol that decide whether it is safe. Each stands in the file of its part; steps.ts lists them.
 */
export interface Steps {
  /**
   * Whether a request for votes is to be ignored, as a leader was
   * heard within the least election timeout (thesis, section 4.2.3).
   */
  hearsLeader(server: Server): boolean;
  /** Whether the candidate's log is at least as up to date as the voter's (section 5.4.1). */
  isUpToDate(log: Entries, request: RequestVote): boolean;
  /** Puts currentTerm and votedFor on disk, before any message of that term is sent (figure 2). */
  persistBallot(disk: Disk, ballot: Ballot): Promise<void>;
  /** Whether the votes that a candidate received, its own included, are those of a majority (section 5.2). */
  isElected(server: Server, votes: readonly NodeId[]): boolean;
  /** What a new leader does first (section 8). */
  beginTerm(server: Server, leadership: Leadership): Promise<unknown>;
  /**
   * Carries out a write to the log, and resolves once a crash
   * would not undo it: before that nobody hears of it (figure 2).
   */
  persistLog(write: () => Promise<void>, node: Node): Promise<void>;
  /**
   * Makes the log like the leader's as far as the request goes: AppendEntries, rules 2 to 4
   * (figure 2). Where rule 2 fails, resolves with the index from which the leader should continue.
   */
  reconcile(server: Server, request: AppendEntries): Promise<number | undefined>;
  /** Whether a leader may commit an entry that a majority has (section 5.4.2). */
  mayCommit(server: Server, index: number): boolean;
  /** Whether a leader knows all that is committed (section 8). */
  knowsCommitted(server: Server, leadership: Leadership): boolean;
  /** Applies a command unless it has been applied before, and returns its answer (thesis, section 6.3). */
  applyCommand(sessions: Sessions, request: Request): Answer;
  /** The last index that a server's own snapshot stands for (section 7). */
  lastIncludedIndex(server: Server): number;
  /** Whether a snapshot from the leader is to be installed: a late one stands for nothing that is new (section 7). */
  isNewSnapshot(server: Server, snapshot: Snapshot): boolean;
  /** Whether the entries that follow the leader's snapshot stay in the log: InstallSnapshot, rule 6 (figure 13). */
  retainsLog(log: Entries, snapshot: Snapshot): boolean;
  /** Resolves once it is certain that nobody else led when this was called (thesis, section 6.4). */
  confirmLeadership(server: Server, leadership: Leadership): Promise<void>;
  /** Whether a leader may append a change of the members now (thesis, section 4.1). */
  mayChangeMembers(server: Server, leadership: Leadership): boolean;
}

export class Server {
  readonly node: Node;
  readonly configuration: Configuration;
  readonly steps: Steps;
  readonly log: Entries;
  readonly sessions: Sessions;
  /** Persistent, as the log is. */
  currentTerm = 0;
  votedFor: NodeId | null = null;
  /** Volatile, as is all that follows. */
  commitIndex: number;
  lastApplied: number;
  /** The votes received as a candidate. */
  votes: NodeId[] | undefined;
  /** Present while this server leads. */
  leadership: Leadership | undefined;
  /** Who leads, as far as this server has heard. */
  leader: NodeId | undefined;
  /** The newest term whose leader itself was heard. */
  ledTerm = 0;
  /** When a leader was last heard, by this server's own clock. */
  leaderMs = Number.NEGATIVE_INFINITY;
  /**
   * From when the current election timeout counts, and how long it is. Time is used to suspect, and never to decide.
   */
  heardMs = 0;
  timeoutMs = 0;
  /** The members that the operator asks for, once there was such a request. */
  wanted: readonly NodeId[] | undefined;
  /** The commands in the log that this server, as leader, is to answer, by index. */
  readonly waiting = new Map<number, Waiting>();
  /** Rises with every change of what invariants look at. */
  changes = 0;
  private readonly exclusive: Exclusive = exclusive();

  constructor(node: Node, configuration: Configuration, steps: Steps, log: Entries, sessions: Sessions) {
    this.node = node;
    this.configuration = configuration;
    this.steps = steps;
    this.log = log;
    this.sessions = sessions;
    this.commitIndex = log.snapshot.index;
    this.lastApplied = log.snapshot.index;
    sessions.restore(log.snapshot.state);
  }

  /** Reads the ballot from disk, and returns whether there was one: whether this server has run before. */
  async restore(): Promise<boolean> {
    const ballot = await this.node.disk.read<Ballot>(BALLOT);
    this.currentTerm = ballot?.term ?? 0;
    this.votedFor = ballot?.votedFor ?? null;
    this.heardMs = this.node.elapsed();
    return ballot !== undefined;
  }

  /** Changes of the persistent state are made one after the other. */
  inTurn<T>(task: () => Promise<T>): Promise<T> {
    return this.exclusive('raft', task);
  }

  get isMember(): boolean {
    return this.log.members.includes(this.node.id);
  }

  isMajority(holds: (member: NodeId) => boolean): boolean {
    const { members } = this.log;
    return members.filter(holds).length * 2 > members.length;
  }

  /** All servers: whoever hears of a higher term follows in it (figure 2). */
  async observeTerm(term: number): Promise<void> {
    if (term > this.currentTerm) await this.setBallot({ term, votedFor: null });
  }

  /** Votes, or enters a higher term, in which this server does not lead and knows of no leader. */
  async setBallot(ballot: Ballot): Promise<void> {
    await this.steps.persistBallot(this.node.disk, ballot);
    if (ballot.term > this.currentTerm) {
      this.stepDown();
      this.leader = undefined;
    }
    this.currentTerm = ballot.term;
    this.votedFor = ballot.votedFor;
    this.changes++;
  }

  /** Leads no longer. What clients asked for may yet be committed by another leader. */
  stepDown(): void {
    const { leadership } = this;
    this.leadership = undefined;
    if (!leadership) return;
    this.heardMs = this.node.elapsed();
    const error = new InDoubt(`${this.node.id} no longer leads`);
    for (const { reject } of leadership.reads) reject(error);
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
    this.changes++;
  }

  /** The leader of the current term was heard. */
  follow(leader: NodeId): void {
    this.stepDown();
    this.leader = leader;
    this.ledTerm = this.currentTerm;
    this.heardMs = this.node.elapsed();
    this.leaderMs = this.heardMs;
  }

  /** Resolves with the answer of the entry at this index, if it is applied while this server leads. */
  answerAt(index: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.set(index, { term: this.currentTerm, resolve, reject });
    });
  }

  /** The log begins after this index now: what is before it counts as applied. */
  resumeFrom(index: number): void {
    this.commitIndex = Math.max(index, this.commitIndex);
    this.lastApplied = Math.max(index, this.lastApplied);
    this.changes++;
  }
}

const BALLOT = 'raft/ballot';

export const persistBallot: Steps['persistBallot'] = (disk, ballot) => disk.write(BALLOT, ballot);

export const NOT_LEADING = 'not the leader';
