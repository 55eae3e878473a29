/**
 * What Raft promises of its nodes' insides at every moment: the
 * properties of figure 3 of the paper, each watched over a whole run.
 *
 * @see Ongaro & Ousterhout, "In Search of an Understandable Consensus Algorithm", USENIX ATC 2014.
 */
import type { NodeId } from '../node.ts';
import type { Invariant } from '../system.ts';
import type { Entry } from './entries.ts';
import type { RaftState } from './state.ts';

type States = ReadonlyMap<NodeId, RaftState>;

/**
 * Judges only what is new: most events of a run change no log. `fresh` are the states that are other than they were.
 */
function onChange<Memory>(
  begin: () => Memory,
  judge: (fresh: States, memory: Memory, states: States) => string | undefined,
): Invariant<RaftState> {
  return (states, memory, changed) => {
    memory.changes ??= new Map<NodeId, number>();
    const changes = memory.changes as Map<NodeId, number>;
    let fresh: Map<NodeId, RaftState> | undefined;
    for (const node of changed) {
      const state = states.get(node);
      if (!state || changes.get(node) === state.changes) continue;
      changes.set(node, state.changes);
      fresh ??= new Map();
      fresh.set(node, state);
    }
    if (!fresh) return undefined;
    memory.noted ??= begin();
    return judge(fresh, memory.noted as Memory, states);
  };
}

/** At most one leader is elected in a term. */
const electionSafety = onChange(
  () => new Map<number, NodeId>(),
  (fresh, leaders) => {
    for (const [node, { leads, term }] of fresh) {
      if (!leads) continue;
      const other = leaders.get(term) ?? node;
      if (other !== node) return `${other} and ${node} both led in term ${term}.`;
      leaders.set(term, node);
    }
    return undefined;
  },
);

/** An entry as logs must agree on it, with the term of the one before it. */
interface Known {
  readonly beforeTerm: number | undefined;
  readonly says: string;
  readonly node: NodeId;
}

/** Two logs that have an entry of the same index and term have the same entries up to there. */
const logMatching = onChange(
  () => ({ known: new Map<string, Known>(), judged: new WeakMap<Entry, number | undefined>() }),
  (fresh, { known, judged }) => {
    for (const [node, { entries, snapshot }] of fresh) {
      let beforeTerm = snapshot.term;
      for (const [i, entry] of entries.entries()) {
        const mine = { beforeTerm, says: '', node };
        beforeTerm = entry.term;
        if (judged.get(entry) === mine.beforeTerm) continue;
        judged.set(entry, mine.beforeTerm);
        mine.says = JSON.stringify(entry.payload);
        const index = snapshot.index + 1 + i;
        const place = `${index}/${entry.term}`;
        const other: Known = known.get(place) ?? mine;
        known.set(place, other);
        if (other.beforeTerm !== mine.beforeTerm || other.says !== mine.says)
          return `${other.node} and ${node} have the entry ${index} of term ${entry.term}, but differ in it or before it.`;
      }
    }
    return undefined;
  },
);

interface Committed {
  readonly term: number;
  /** The term in which it was committed. */
  readonly inTerm: number;
  readonly node: NodeId;
}

/** What is committed is in the logs of all later leaders. */
const leaderCompleteness = onChange(
  () => new Map<number, Committed>(),
  (fresh, committed, states) => {
    for (const [node, state] of fresh) noteCommitted(committed, node, state);
    for (const [leader, state] of states) {
      if (!state.leads) continue;
      for (let index = state.snapshot.index + 1; committed.has(index); index++) {
        const known = committed.get(index) as Committed;
        if (known.inTerm < state.term && termAt(state, index) !== known.term)
          return `${leader} leads in term ${state.term} without the entry ${index}, which ${known.node} had committed in term ${known.inTerm}.`;
      }
    }
    return undefined;
  },
);

function noteCommitted(committed: Map<number, Committed>, node: NodeId, state: RaftState): void {
  for (let index = state.committed; index > state.snapshot.index && !committed.has(index); index--) {
    const term = termAt(state, index);
    if (term !== undefined) committed.set(index, { term, inTerm: state.term, node });
  }
}

function termAt({ snapshot, entries }: RaftState, index: number): number | undefined {
  return entries[index - snapshot.index - 1]?.term;
}

/** Nodes that have applied up to the same index have applied the same: the committed prefix never changes. */
const stateMachineSafety = onChange(
  () => ({ committed: new Map<number, Committed>(), machines: new Map<number, readonly [string, NodeId]>() }),
  (fresh, { committed, machines }) => {
    for (const [node, state] of fresh) {
      noteCommitted(committed, node, state);
      for (let index = state.snapshot.index + 1; index <= state.committed; index++) {
        const known = committed.get(index);
        const term = termAt(state, index);
        if (known && term !== undefined && term !== known.term)
          return `${known.node} and ${node} have committed different entries at ${index}.`;
      }
      const machine = JSON.stringify(state.machine);
      const [other, whose] = machines.get(state.applied) ?? [machine, node];
      if (other !== machine)
        return `${whose} and ${node} have applied ${state.applied} entries, and came to different states.`;
      machines.set(state.applied, [machine, node]);
    }
    return undefined;
  },
);

/**
 * What a leader knows a follower to have, the follower has: an
 * acknowledged entry stays in a log as long as its leader leads.
 */
const acknowledgedKept = onChange(
  () => null,
  (_, __, states) => {
    for (const [leader, { leads, term, match }] of states) {
      if (!leads) continue;
      for (const [follower, upTo] of Object.entries(match)) {
        const state = states.get(follower);
        if (state?.term === term && state.snapshot.index + state.entries.length < upTo)
          return `${follower} has acknowledged the entries up to ${upTo} to ${leader}, and does not have them all.`;
      }
    }
    return undefined;
  },
);

export const raftInvariants: Readonly<Record<string, Invariant<RaftState>>> = {
  'one-leader-a-term': electionSafety,
  'log-matching': logMatching,
  'leader-completeness': leaderCompleteness,
  'state-machine-safety': stateMachineSafety,
  'acknowledged-entries-kept': acknowledgedKept,
};
