/** What the parts of a Raft node share: its term and vote, its log, who leads, and what is committed and applied. */
import { type Exclusive, exclusive } from '../blocks/lock.ts';
import { InDoubt, type Node, type NodeId } from '../node.ts';
import type { Entries } from './entries.ts';
import type { Options } from './options.ts';
import type { Answer, Sessions } from './sessions.ts';

/** What a leader knows of the others. */
export interface Leadership {
  readonly term: number;
  /** Its first entry: what is committed before this one is not known to be all. */
  readonly begin: number;
  /** What to send each follower next, and up to where its log is known to be the leader's. */
  readonly next: Map<NodeId, number>;
  readonly match: Map<NodeId, number>;
  /** The latest of its rounds that a follower has answered. */
  readonly round: Map<NodeId, { round: number; atMs: number }>;
  rounds: number;
  readonly sinceMs: number;
  /** Reads that wait until a majority has answered their round. */
  readonly confirming: { readonly round: number; readonly resolve: () => void; readonly reject: (e: Error) => void }[];
}

interface Waiting {
  readonly term: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

interface Ballot {
  readonly term: number;
  readonly votedFor: NodeId | null;
}

export class Core {
  readonly node: Node;
  readonly options: Options;
  readonly log: Entries;
  readonly sessions: Sessions;
  term = 0;
  votedFor: NodeId | null = null;
  /** Who leads, as far as this node has heard. */
  leader: NodeId | undefined;
  /** The newest term of which the leader itself was heard. */
  ledTerm = 0;
  leads: Leadership | undefined;
  committed: number;
  applied: number;
  /** When a leader was last heard from, by the node's own clock; time is used to suspect, and never to decide. */
  leaderMs = Number.NEGATIVE_INFINITY;
  /** From when on the wait for a leader counts. */
  heardMs = 0;
  /** Whom the operator wants for members, where he has said so. */
  wanted: readonly NodeId[] | undefined;
  /** Goes up with every change of what invariants look at. */
  changes = 0;
  private readonly waiting = new Map<number, Waiting>();
  private readonly exclusive: Exclusive = exclusive();

  constructor(node: Node, options: Options, log: Entries, sessions: Sessions) {
    this.node = node;
    this.options = options;
    this.log = log;
    this.sessions = sessions;
    this.committed = log.snapshot.index;
    this.applied = log.snapshot.index;
    sessions.restore(log.snapshot.state);
  }

  /** Whether this node has lived before. */
  async remember(): Promise<boolean> {
    const ballot = await this.node.disk.read<Ballot>('raft/ballot');
    this.term = ballot?.term ?? 0;
    this.votedFor = ballot?.votedFor ?? null;
    this.heardMs = this.node.elapsed();
    return ballot !== undefined;
  }

  /** One change of term or log after the other. */
  inTurn<T>(task: () => Promise<T>): Promise<T> {
    return this.exclusive('raft', task);
  }

  get isMember(): boolean {
    return this.log.members.includes(this.node.id);
  }

  /** A node that is to be no member any more may be the only one whose log says so, and is needed until that is committed. */
  get mayLead(): boolean {
    return this.isMember || this.log.membersIndex > this.committed;
  }

  isMajority(holds: (member: NodeId) => boolean): boolean {
    const { members } = this.log;
    return members.filter(holds).length * 2 > members.length;
  }

  /** Takes note of a higher term, in which this node leads nothing and has voted for nobody. */
  async adopt(term: number): Promise<void> {
    if (term > this.term) await this.vote(term, null);
  }

  async vote(term: number, votedFor: NodeId | null): Promise<void> {
    const kept: Ballot = { term, votedFor: this.options.keepsVote ? votedFor : null };
    await this.node.disk.write('raft/ballot', kept);
    if (term > this.term) {
      this.stepDown();
      this.leader = undefined;
    }
    this.term = term;
    this.votedFor = votedFor;
    this.changes++;
  }

  stepDown(): void {
    const { leads } = this;
    this.leads = undefined;
    if (!leads) return;
    this.heardMs = this.node.elapsed();
    const error = new InDoubt(`${this.node.id} no longer leads`);
    for (const { reject } of leads.confirming) reject(error);
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
    this.changes++;
  }

  follow(leader: NodeId): void {
    this.stepDown();
    this.leader = leader;
    this.ledTerm = this.term;
    this.heardMs = this.node.elapsed();
    this.leaderMs = this.heardMs;
  }

  /** Resolves with the answer of the entry at this index, if it comes to be applied while this node leads. */
  answerOf(index: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.set(index, { term: this.term, resolve, reject });
    });
  }

  /** Applies what is committed now, and compacts the log where it has grown long. */
  async commit(index: number): Promise<void> {
    this.committed = Math.max(this.committed, Math.min(index, this.log.last));
    this.changes++;
    while (this.applied < this.committed) this.applyNext();
    const { compactAfter, compactsApplied } = this.options;
    if (this.applied - this.log.snapshot.index < compactAfter) return;
    const upTo = compactsApplied ? this.applied : this.log.last;
    const term = this.log.termAt(upTo) as number;
    const members = this.log.membersAt(upTo);
    await this.log.replaceBy({ index: upTo, term, members, state: this.sessions.save() }, true);
    this.restart(upTo);
    this.node.mark('compacts its log');
  }

  /** The log begins after this index: what is before it counts as applied. */
  restart(index: number): void {
    this.committed = Math.max(index, this.committed);
    this.applied = Math.max(index, this.applied);
    this.changes++;
  }

  private applyNext(): void {
    const index = ++this.applied;
    const entry = this.log.at(index);
    if (!entry) throw new Error(`entry ${index} is committed, and is not in the log`);
    const { payload } = entry;
    const answer: Answer = payload.type === 'command' ? this.sessions.apply(payload.request) : { reply: null };
    const waiting = this.waiting.get(index);
    if (!waiting) return;
    this.waiting.delete(index);
    if (waiting.term === entry.term) waiting.resolve(answer);
    else waiting.reject(new InDoubt('another leader put another entry here'));
  }
}
