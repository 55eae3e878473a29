/**
 * Registers on a replicated log: a leader that a majority has voted for orders all commands,
 * an entry counts once a majority has it on disk, and every node applies what counts in the
 * log's order. Logs are compacted into snapshots, which whoever is behind is sent.
 *
 * @see Ongaro & Ousterhout, "In Search of an Understandable Consensus Algorithm", USENIX ATC 2014.
 * @see Ongaro, "Consensus: Bridging Theory and Practice", PhD thesis,
 *   Stanford 2014: members one by one, reads without the log, sessions.
 *
 * Claims linearizable reads, writes and compare-and-sets under partition, crash, pause, bad links,
 * skewed clocks and changes of members, available to a majority. The price: every operation passes
 * one node, and no read is answered before a majority has confirmed that this node leads.
 */
import type { Register, Value } from 'elle-ts';
import { type Node, Refused } from '../node.ts';
import { type Stepped, stepped } from '../twin.ts';
import { raftInvariants } from './invariants.ts';
import { replicatedStateMachine } from './replicated-state-machine.ts';
import type { Steps } from './server.ts';
import { type RaftState, raftPrimary } from './state.ts';
import type { StateMachine } from './state-machine.ts';
import { steps } from './steps.ts';

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

async function start(node: Node, given: Steps) {
  const replicated = await replicatedStateMachine(node, registers(), {}, given);
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

export type Raft = Stepped<Register, RaftState, Steps>;

export const raft: Raft = stepped<Register, RaftState, Steps>({
  name: 'replicated-log/raft',
  datatype: 'register',
  claims: [
    {
      model: 'linearizable',
      under: ['partition', 'link', 'crash', 'pause', 'clock', 'membership'],
      available: 'majority',
      durable: 'always',
      converges: false,
      recoversMs: 3000,
    },
  ],
  primary: raftPrimary,
  invariants: raftInvariants,
  steps,
  startWith: start,
});
