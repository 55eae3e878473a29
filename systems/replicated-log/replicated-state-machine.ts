/**
 * Any deterministic state machine, replicated: every node may be asked, and all see one machine. What other designs are built on.
 *
 * @see Ongaro & Ousterhout, "In Search of an Understandable Consensus Algorithm", USENIX ATC 2014.
 * @see Schneider, "Implementing Fault-Tolerant Services Using the State Machine Approach", ACM Computing Surveys 1990.
 */
import { type Node, type NodeId, Refused } from '../node.ts';
import type { Membership } from '../system.ts';
import { Core } from './core.ts';
import { Election } from './election.ts';
import { Entries, type Entry, type Keeping } from './entries.ts';
import { type Options, SOUND } from './options.ts';
import { Replication } from './replication.ts';
import { type Answer, answerOf, type Request, Sessions } from './sessions.ts';
import type { StateMachine } from './state-machine.ts';

export interface Replicated<Command, Query> {
  /**
   * Resolves with the machine's answer once the command is committed. Rejects with what the machine refused; with another `Refused` where no leader
   * was found, so that it certainly was not asked for; and with any other error where it may yet be applied, but at most once.
   */
  execute<R>(command: Command): Promise<R>;
  /** Resolves with an answer that is as new as the call. Rejects where no leader answers in time. */
  query<R>(query: Query): Promise<R>;
  /** Whether this node leads, or believes so. */
  readonly leads: boolean;
  /** How long this node, while it leads, has had no answer from another to what it sent: a failure detector for those who need one. */
  silentMs(peer: NodeId): number;
  readonly membership: Membership;
  readonly state: RaftState;
}

/** What invariants and faults look at, as plain data. */
export interface RaftState {
  readonly term: number;
  readonly leads: boolean;
  readonly members: readonly NodeId[];
  /** The last entry that the node's snapshot stands for, and those after it. */
  readonly snapshot: { readonly index: number; readonly term: number };
  readonly entries: readonly Entry[];
  readonly committed: number;
  readonly applied: number;
  /** Up to where a leader knows the others' logs to be its own. */
  readonly match: Readonly<Record<NodeId, number>>;
  /** What the machine has come to. */
  readonly machine: unknown;
  /** Another number whenever something of this is new. */
  readonly changes: number;
}

/** How long one node is waited for, and how long a leader is looked for. */
const ATTEMPT_MS = 250;
const PATIENCE_MS = 1500;
const RETRY_MS = 20;
/** A disk that is told later. */
const LATER_MS = 100;

/** Call it once as a node starts; `machine` is that of a node which has applied nothing yet. */
export async function replicatedStateMachine<Command, Query>(
  node: Node,
  machine: StateMachine<Command, Query>,
  options: Partial<Options> = {},
): Promise<Replicated<Command, Query>> {
  const rules = { ...SOUND, ...options };
  const nodes = [node.id, ...node.peers].sort();
  const life = ((await node.disk.read<number>('raft/life')) ?? 0) + 1;
  await node.disk.write('raft/life', life);
  const log = await Entries.open(node.disk, nodes, rules.durable ? undefined : later(node));
  const core = new Core(node, rules, log, new Sessions(machine as StateMachine, rules.once));
  const livedBefore = await core.remember();
  core.changes = life * 1e6;
  const replication = new Replication(core);
  // Nobody leads at the very first, so one node need not wait and hear.
  const waits = livedBefore || node.id !== nodes[0];
  const election = new Election(core, () => replication.lead(), waits);
  void election.watch();
  const asking = new Asking(core, replication, life);
  return {
    execute: <R>(command: Command) => asking.execute(command) as Promise<R>,
    query: <R>(query: Query) => asking.query(query) as Promise<R>,
    get leads() {
      return core.leads !== undefined;
    },
    silentMs(peer) {
      const { leads } = core;
      return leads ? node.elapsed() - (leads.round.get(peer)?.atMs ?? leads.sinceMs) : 0;
    },
    membership: {
      get members() {
        return log.members;
      },
      become(members) {
        core.wanted = members;
      },
    },
    state: stateOf(core),
  };
}

function stateOf(core: Core): RaftState {
  const { log, sessions } = core;
  return {
    get term() {
      return core.term;
    },
    get leads() {
      return core.leads !== undefined;
    },
    get members() {
      return log.members;
    },
    get snapshot() {
      return { index: log.snapshot.index, term: log.snapshot.term };
    },
    get entries() {
      return log.all;
    },
    get committed() {
      return core.committed;
    },
    get applied() {
      return core.applied;
    },
    get match() {
      return Object.fromEntries(core.leads?.match ?? []);
    },
    get machine() {
      return sessions.machine.save();
    },
    get changes() {
      return core.changes;
    },
  };
}

/** The leader of the latest term, for faults that are aimed at it. */
export function raftPrimary(states: ReadonlyMap<NodeId, RaftState>): NodeId | undefined {
  const leaders = [...states].filter(([, { leads }]) => leads);
  return leaders.sort(([, a], [, b]) => b.term - a.term)[0]?.[0];
}

function later(node: Node): Keeping {
  return async (write) => {
    void node.sleep(LATER_MS).then(write);
  };
}

/** Asks the leader, whoever that is, and asks again where it does not answer. */
class Asking {
  private readonly core: Core;
  private readonly replication: Replication;
  private readonly life: number;
  private readonly waiting = new Set<number>();
  private requests = 0;

  constructor(core: Core, replication: Replication, life: number) {
    this.core = core;
    this.replication = replication;
    this.life = life;
    core.node.on('execute', (request: Request) => this.executeHere(request));
    core.node.on('query', ({ query }: { query: unknown }) => this.queryHere(query));
    core.node.on('leader', () => core.leader ?? null);
  }

  async execute(command: unknown): Promise<unknown> {
    const request = ++this.requests;
    this.waiting.add(request);
    try {
      const answer = await this.ask<Answer>('execute', () => {
        const lowest = Math.min(...this.waiting);
        return { node: this.core.node.id, life: this.life, request, lowest, command } satisfies Request;
      });
      return replyOf(answer);
    } finally {
      this.waiting.delete(request);
    }
  }

  async query(query: unknown): Promise<unknown> {
    return replyOf(await this.ask<Answer>('query', () => ({ query })));
  }

  private executeHere(request: Request): Promise<Answer> {
    return this.replication.execute({ type: 'command', request });
  }

  private async queryHere(query: unknown): Promise<Answer> {
    await this.replication.confirm();
    return answerOf(() => this.core.sessions.machine.query(query));
  }

  private async ask<R>(kind: 'execute' | 'query', message: () => unknown): Promise<R> {
    const { node } = this.core;
    const deadlineMs = node.elapsed() + PATIENCE_MS;
    let open: Error | undefined;
    while (node.elapsed() < deadlineMs) {
      try {
        if (this.core.leader !== undefined) return await this.askNode<R>(this.core.leader, kind, message());
      } catch (error) {
        if (!(error instanceof Refused)) open = error as Error;
      }
      await node.sleep(RETRY_MS);
      await this.lookForLeader();
    }
    throw open ?? new Refused('no leader is known');
  }

  private askNode<R>(leader: NodeId, kind: 'execute' | 'query', message: unknown): Promise<R> {
    const { node } = this.core;
    if (leader !== node.id) return node.call<R>(leader, kind, message, ATTEMPT_MS);
    const here =
      kind === 'execute' ? this.executeHere(message as Request) : this.queryHere((message as { query: unknown }).query);
    return here as Promise<R>;
  }

  /** A node that no leader speaks to asks around. */
  private async lookForLeader(): Promise<void> {
    const { core } = this;
    const { node } = core;
    const hears = core.leads !== undefined || node.elapsed() - core.leaderMs < ATTEMPT_MS;
    if (hears) return;
    const peer = node.peers[Math.floor(node.random() * node.peers.length)];
    if (peer === undefined) return;
    const leader = await node.call<NodeId | null>(peer, 'leader', undefined, ATTEMPT_MS).catch(() => null);
    if (leader !== null && !core.leads) core.leader = leader;
  }
}

function replyOf(answer: Answer): unknown {
  if ('refused' in answer) throw new Refused(answer.refused, { answer: answer.answer === true });
  return answer.reply;
}
