/**
 * Registers on a replicated log: a leader that a majority has voted for orders all commands, an entry counts once a majority has it on disk, and
 * every node applies what counts in the log's order. Logs are compacted into snapshots, which whoever is behind is sent.
 *
 * @see Ongaro & Ousterhout, "In Search of an Understandable Consensus Algorithm", USENIX ATC 2014.
 * @see Ongaro, "Consensus: Bridging Theory and Practice", PhD thesis, Stanford 2014: members one by one, reads without the log, sessions.
 *
 * Claims linearizable reads, writes and compare-and-sets under partition, crash, pause, bad links, skewed clocks and changes of members, available to a majority. The
 * price: every operation passes one node, and no read is answered before a majority has confirmed that this node leads.
 */
import type { Register, Value } from 'elle-ts';
import { type Node, Refused } from '../node.ts';
import type { Claim, System } from '../system.ts';
import { raftInvariants } from './invariants.ts';
import type { Options } from './options.ts';
import { type RaftState, raftPrimary, replicatedStateMachine } from './replicated-state-machine.ts';
import type { StateMachine } from './state-machine.ts';

/** A write, or a compare-and-set where `old` is given. */
interface Update {
  readonly key: string;
  readonly value: Value;
  readonly old?: Value;
}

function registers(): StateMachine<Update, string> {
  let values: Record<string, Value> = {};
  return {
    apply({ key, value, old }) {
      if (old !== undefined && (values[key] ?? null) !== old) throw new Refused('mismatch', { answer: true });
      values[key] = value;
      return null;
    },
    query: (key) => values[key] ?? null,
    save: () => ({ ...values }),
    restore(saved) {
      values = { ...(saved as Record<string, Value>) };
    },
  };
}

async function start(node: Node, options: Partial<Options>) {
  const replicated = await replicatedStateMachine(node, registers(), options);
  return {
    state: replicated.state,
    membership: replicated.membership,
    api: {
      read: (_: null, key = '') => replicated.query<Value>(key),
      write: (value: Value, key = '') => replicated.execute<null>({ key, value }),
      cas: ([old, value]: readonly [Value, Value], key = '') => replicated.execute<null>({ key, value, old }),
    },
  };
}

const claim: Claim = {
  model: 'linearizable',
  under: ['partition', 'link', 'crash', 'pause', 'clock', 'membership'],
  available: 'majority',
  durable: 'always',
  converges: false,
  recoversMs: 3000,
};

function raft(name: string, options: Partial<Options>, flaw?: System['flaw']): System<Register, RaftState> {
  return {
    name: `replicated-log/${name}`,
    datatype: 'register',
    claims: [claim],
    ...(flaw ? { flaw } : {}),
    primary: raftPrimary,
    invariants: raftInvariants,
    start: (node) => start(node, options),
  };
}

export const rafts: readonly System<Register, RaftState>[] = [
  raft('raft', {}),
  raft(
    'stale-candidate',
    { upToDate: false },
    { says: 'nodes vote for candidates whose logs are behind their own', anomaly: 'stale-read' },
  ),
  raft(
    'vote-forgotten',
    { keepsVote: false },
    { says: 'whom a node has voted for is not on disk: restarted it votes again', anomaly: 'stale-read' },
  ),
  raft(
    'votes-counted-twice',
    { countsNodes: false },
    { says: 'a candidate counts votes and not voters, so a doubled one counts twice', anomaly: 'stale-read' },
  ),
  raft(
    'commits-earlier-term',
    { ownTermAlone: false },
    { says: 'copies on a majority commit entries of earlier terms', anomaly: 'leader-completeness' },
  ),
  raft(
    'early-acknowledgement',
    { durable: false },
    { says: 'a node acknowledges entries that its disk is told of later', anomaly: 'stale-read' },
  ),
  raft(
    'cuts-always',
    { cutsAtConflict: false },
    {
      says: 'a follower cuts its log after whatever it is sent, late messages included',
      anomaly: 'acknowledged-entries-kept',
    },
  ),
  raft(
    'leased-reads',
    { reads: 'leased' },
    { says: 'a leader reads without asking while its own clock says that it must still lead', anomaly: 'stale-read' },
  ),
  raft(
    'leased-reads-without-refusal',
    { reads: 'leased', refusesVotes: false },
    {
      says: 'a leader reads without asking for a while, in which others may vote for somebody else',
      anomaly: 'stale-read',
    },
  ),
  raft(
    'unconfirmed-reads',
    { reads: 'unconfirmed' },
    { says: 'who believes that it leads answers reads from its own copy', anomaly: 'stale-read' },
  ),
  raft(
    'changes-at-once',
    { beginsBeforeChange: false },
    {
      says: 'a new leader changes the members before an entry of its own term is committed, so that two leaders may change them apart',
      anomaly: 'leader-completeness',
    },
  ),
  raft(
    'older-snapshot',
    { passesOldSnapshots: false },
    { says: 'a late snapshot replaces what was applied since', anomaly: 'state-machine-safety' },
  ),
  raft(
    'snapshot-drops-tail',
    { keepsTail: false },
    {
      says: 'a snapshot replaces the entries after it, too, which may have been acknowledged',
      anomaly: 'acknowledged-entries-kept',
    },
  ),
  raft(
    'compacts-unapplied',
    { compactsApplied: false },
    { says: 'compaction drops entries that have not been applied', anomaly: 'state-machine-safety' },
  ),
  raft(
    'retries-twice',
    { once: false },
    { says: 'a command that is asked for again is applied again', anomaly: 'stale-read' },
  ),
];
