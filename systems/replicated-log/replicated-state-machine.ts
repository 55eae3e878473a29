/**
 * Any deterministic state machine, replicated: every node may be
 * asked, and all see one machine. What other designs are built on.
 *
 * @see Ongaro & Ousterhout, "In Search of an Understandable Consensus Algorithm", USENIX ATC 2014.
 * @see Schneider, "Implementing Fault-Tolerant Services Using the State Machine Approach", ACM Computing Surveys 1990.
 */
import type { Node, NodeId } from '../node.ts';
import type { Membership } from '../system.ts';
import { Client } from './client.ts';
import { type Configuration, DEFAULTS } from './configuration.ts';
import { runElections } from './election.ts';
import { Entries } from './entries.ts';
import { receiveSnapshots } from './install-snapshot.ts';
import { receiveReplies } from './leadership.ts';
import { receiveEntries } from './replication.ts';
import { Server, type Steps } from './server.ts';
import { Sessions } from './sessions.ts';
import { type RaftState, stateOf } from './state.ts';
import type { StateMachine } from './state-machine.ts';
import { steps as soundSteps } from './steps.ts';

export interface Replicated<Command, Query> {
  /**
   * Resolves with the machine's answer once the command is committed. Rejects with what the
   * machine refused; with another `Refused` where no leader was found, so that it certainly
   * was not asked for; and with any other error where it may yet be applied, but at most once.
   */
  execute<R>(command: Command): Promise<R>;
  /** Resolves with an answer that is as new as the call. Rejects where no leader answers in time. */
  query<R>(query: Query): Promise<R>;
  /** Whether this node leads, or believes so. */
  readonly leads: boolean;
  /**
   * How long this node, while it leads, has had no answer from another
   * to what it sent: a failure detector for those who need one.
   */
  silentMs(peer: NodeId): number;
  readonly membership: Membership;
  readonly state: RaftState;
}

/** Call it once as a node starts; `machine` is that of a node which has applied nothing yet. */
export async function replicatedStateMachine<Command, Query>(
  node: Node,
  machine: StateMachine<Command, Query>,
  configuration: Partial<Configuration> = {},
  steps: Steps = soundSteps,
): Promise<Replicated<Command, Query>> {
  const nodes = [node.id, ...node.peers].sort();
  const life = ((await node.disk.read<number>('raft/life')) ?? 0) + 1;
  await node.disk.write('raft/life', life);
  const log = await Entries.open(node.disk, nodes, (write) => steps.persistLog(write, node));
  const sessions = new Sessions(machine as StateMachine);
  const server = new Server(node, { ...DEFAULTS, ...configuration }, steps, log, sessions);
  const ranBefore = await server.restore();
  server.changes = life * 1e6;
  receiveEntries(server);
  receiveSnapshots(server);
  receiveReplies(server);
  // Nobody leads at the very first, so one node need not wait for a leader.
  runElections(server, ranBefore || node.id !== nodes[0]);
  const client = new Client(server, life);
  return {
    execute: <R>(command: Command) => client.execute(command) as Promise<R>,
    query: <R>(query: Query) => client.query(query) as Promise<R>,
    get leads() {
      return server.leadership !== undefined;
    },
    silentMs(peer) {
      const { leadership } = server;
      return leadership ? node.elapsed() - (leadership.answered.get(peer)?.atMs ?? leadership.sinceMs) : 0;
    },
    membership: {
      get members() {
        return log.members;
      },
      become(members) {
        server.wanted = members;
      },
    },
    state: stateOf(server),
  };
}
