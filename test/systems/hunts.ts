/**
 * How each design that is wrong is caught: a seed with which the anomaly that its file names shows, and the setting that brings its flaw out where the
 * usual small one does so seldom.
 */
import type { System } from '../../systems/system.ts';
import { workloads } from '../../workloads/registry.ts';
import { type Cell, SMALL, toleratedFaults } from './cell.ts';

interface Hunt extends Partial<Omit<Cell, 'system' | 'workload'>> {
  readonly seed: number;
  /** By name; the first of the datatype where absent. */
  readonly workload?: string;
}

export const HUNTS: Readonly<Record<string, Hunt>> = {
  'quorum/replies-counted-twice': { faults: ['halves', 'duplication'], nodes: 5, keys: 1, ratePerSecond: 30, seed: 2 },
  'quorum/sloppy': { faults: ['one-node', 'halves'], nodes: 5, ratePerSecond: 30, seed: 2 },
  'quorum/early-collection': { faults: ['one-node', 'crash'], keys: 6, seed: 38 },
  'quorum/no-write-back': { faults: ['reordering'], keys: 1, ratePerSecond: 40, seed: 37 },
  'tunable-store/slide': { workload: 'causal-register', faults: ['loss', 'reordering'], keys: 3, seed: 68 },
  'tunable-store/no-dependency-check': { workload: 'causal-register', keys: 3, ratePerSecond: 30, seed: 5 },
  'tunable-store/dependencies-lost': {
    workload: 'causal-register',
    faults: ['crash', 'link'],
    keys: 3,
    ratePerSecond: 30,
    seed: 17,
  },
  'conflict-resolution/arbitrary-ties': { keys: 1, ratePerSecond: 100, seed: 8 },
  'cap/one-side-wins': { workload: 'causal-register', faults: ['one-node'], keys: 3, ratePerSecond: 20, seed: 3 },
  'paxos/forgetful-acceptor': { seed: 2 },
  'paxos/ignores-accepted': { seed: 2 },
  'paxos/any-accepted': { seed: 47 },
  'broadcast/first-acknowledgement': { seed: 10 },
  'broadcast/no-retry': { seed: 1 },
  'broadcast/volatile': { seed: 2 },
  'unique-ids/no-count': { ratePerSecond: 100, seed: 1 },
  'unique-ids/clock-steps-back': { ratePerSecond: 300, durationMs: 1000, seed: 2 },
  'unique-ids/count-restarts': { seed: 1 },
  'lock/no-fencing': { keys: 1, ratePerSecond: 30, seed: 4 },
  'lock/wall-clock': { keys: 1, ratePerSecond: 30, seed: 159 },
  'lock/release-by-former-holder': { keys: 1, ratePerSecond: 30, seed: 126 },
  'lock/renewal-after-expiry': { keys: 1, ratePerSecond: 30, seed: 13 },
  'lock/tokens-by-node': { keys: 1, ratePerSecond: 30, seed: 1 },
  'lock/no-deadlock-detection': { workload: 'nested-locks', ratePerSecond: 40, seed: 2 },
  'no-replication': { seed: 1 },
  'sync-replication/slide': { seed: 6 },
  'sync-replication/read-any-replica': { seed: 1 },
  'sync-replication/early-acknowledgement': { seed: 57 },
  'sync-replication/two-primaries': { seed: 7 },
  'sync-replication/volatile': { seed: 248 },
  'sync-replication/newest-by-length': { seed: 1 },
  'sync-replication/no-new-election': { seed: 1 },
  'async-replication/slide': { seed: 5 },
  'async-replication/no-retransmission': { seed: 18 },
  'async-replication/out-of-order': { seed: 1 },
  'async-replication/wrong-offset': { seed: 1 },
  'tunable-store/slide-strong': { seed: 1 },
  'tunable-store/local-strong-reads': { seed: 1 },
  'quorum/slide': { seed: 3 },
  'quorum/small-quorums': { seed: 1 },
  'quorum/volatile': { seed: 74 },
  'quorum/equal-tags': { seed: 2 },
  'quorum/no-writer-id': { seed: 2 },
  'quorum/no-tombstones': { seed: 16 },
  'conflict-resolution/slide-lww': { seed: 8 },
  'conflict-resolution/slide-vector': { seed: 1 },
  'conflict-resolution/wall-clock': { seed: 8 },
  'cap/slide-cp': { seed: 3 },
  'cap/slide-ap': { seed: 3 },
  'cap/stale-minority-reads': { seed: 3 },
  'cap/minority-writes': { seed: 3 },
  'cap/no-reconciliation': { seed: 7 },
  'async-replication/replica-reads-claimed-strong': { seed: 1 },
  'async-replication/merged-suffix': { seed: 3 },
  'async-replication/failover-claimed-strong': { seed: 1 },
  'conflict-resolution/slide-merge': { seed: 1 },
  'conflict-resolution/sibling-dropped': { seed: 1 },
  'conflict-resolution/entry-lost': { seed: 1 },
  'conflict-resolution/merge-not-idempotent': { seed: 1 },
  'conflict-resolution/merge-not-commutative': { seed: 1 },
  'g-counter/slide': { seed: 3 },
  'g-counter/id-reused': { seed: 2 },
  'g-counter/merge-by-sum': { seed: 1 },
  'g-counter/negative-amounts': { seed: 1 },
  'g-counter/deltas-sent-once': { seed: 1 },
  'g-counter/delivered-twice': { seed: 1 },
  'pn-counter/one-entry': { seed: 1 },
  'g-set/larger-set-wins': { seed: 1 },
  '2p-set/early-collection': { seed: 1 },
  'or-set/removes-by-value': { seed: 1 },
  'or-set/delta-out-of-order': { nodes: 5, keys: 1, ratePerSecond: 40, faults: ['link', 'partition'], seed: 1 },
  'or-set/delta-without-gaps': { seed: 1 },
  'or-set/any-order': { seed: 1 },
  'or-set/removes-unseen-tags': { seed: 6 },
  'lww-register/own-of-equals': { seed: 1 },
  'lww-map/no-tombstones': { seed: 5 },
  'mv-register/replaces-own-only': { seed: 1 },
  'rga/order-of-arrival': { seed: 4 },
  'rga/early-collection': { seed: 4 },
  'mvcc/slide': { seed: 1 },
  'mvcc/no-conflict-check': { seed: 1 },
  'mvcc/si-claimed-serializable': { workload: 'write-skew', seed: 3 },
  'mvcc/parallel': { workload: 'long-fork', seed: 4 },
  'mvcc/dirty-reads': { seed: 2 },
  'mvcc/past-pivots': { workload: 'write-skew', seed: 12 },
  'mvcc/readers-not-tracked': { workload: 'write-skew', seed: 12 },
  'mvcc/decision-not-logged': {
    workload: 'bank',
    faults: ['crash', 'crash-all', 'loss'],
    ratePerSecond: 30,
    seed: 5,
  },
  'mvcc/vote-not-logged': { workload: 'bank', faults: ['crash', 'crash-all'], ratePerSecond: 30, seed: 5 },
  'mvcc/half-commit': { workload: 'bank', faults: ['partition', 'link'], ratePerSecond: 30, seed: 1 },
  'mvcc/in-doubt-for-ever': { workload: 'bank', seed: 3 },
  'mvcc/ignores-promises': { workload: 'bank', seed: 2 },
  'mvcc/shard-clocks': { workload: 'bank', seed: 1 },
  'mvcc/local-clock': { faults: ['clock'], seed: 6 },
  'mvcc/ignores-locks': { workload: 'bank', seed: 1 },
  'mvcc/cleans-up-committed': { workload: 'bank', seed: 8 },
  'two-phase-locking/released-early': { seed: 2 },
  'timestamp-ordering/no-thomas-rule': { workload: 'blind-writes', ratePerSecond: 30, seed: 5 },
  'timestamp-ordering/reads-not-stamped': { seed: 1 },
};

/** The cell in which this system is hunted. */
export function huntOf(system: System): Cell {
  const { seed: _, workload: name, ...over } = HUNTS[system.name] ?? { seed: 0 };
  const workload = workloads.find((one) => (name ? one.name === name : one.datatype === system.datatype));
  if (!workload) throw new Error(`no workload for ${system.name}`);
  return { system, faults: toleratedFaults(system), ...SMALL, ...over, workload };
}
