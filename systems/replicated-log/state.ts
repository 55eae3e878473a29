/** What invariants and faults look at in a server, as plain data. */
import type { NodeId } from '../node.ts';
import type { Entry } from './entries.ts';
import type { Server } from './server.ts';

export interface RaftState {
  readonly term: number;
  readonly leads: boolean;
  readonly members: readonly NodeId[];
  /** The last entry that the server's snapshot stands for, and those after it. */
  readonly snapshot: { readonly index: number; readonly term: number };
  readonly entries: readonly Entry[];
  readonly committed: number;
  readonly applied: number;
  /** Up to where a leader knows the others' logs to be its own. */
  readonly match: Readonly<Record<NodeId, number>>;
  /** The state of the machine. */
  readonly machine: unknown;
  /** Another number whenever something of this is new. */
  readonly changes: number;
}

/** A view of the server, which follows its changes. */
export function stateOf(server: Server): RaftState {
  const { log, sessions } = server;
  return {
    get term() {
      return server.currentTerm;
    },
    get leads() {
      return server.leadership !== undefined;
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
      return server.commitIndex;
    },
    get applied() {
      return server.lastApplied;
    },
    get match() {
      return Object.fromEntries(server.leadership?.matchIndex ?? []);
    },
    get machine() {
      return sessions.machine.save();
    },
    get changes() {
      return server.changes;
    },
  };
}

/** The leader of the latest term, for faults that are aimed at it. */
export function raftPrimary(states: ReadonlyMap<NodeId, RaftState>): NodeId | undefined {
  const leaders = [...states].filter(([, { leads }]) => leads);
  return leaders.sort(([, a], [, b]) => b.term - a.term)[0]?.[0];
}
