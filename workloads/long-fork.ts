/**
 * Two writes of two keys, and readers of both at the same time: under snapshot isolation no two readers see the writes
 * in opposite orders. Sovran, Power, Aguilera & Li, "Transactional Storage for Geo-replicated Systems", SOSP 2011.
 */
import { type Checker, longFork, worst } from 'elle-ts';
import type { Mop, Transactions } from '../systems/blocks/transactions.ts';
import { callTimes, type Slot } from './call-times.ts';
import {
  checkerOfTransactions,
  durabilityOfRegisters,
  finalReads,
  group,
  modelsOf,
  transactionAt,
} from './transactions.ts';
import type { Draw, Workload, WorkloadOptions } from './workload.ts';

/** Two writers and four readers. */
const SIZE = 6;

function fork(draw: Draw, options: WorkloadOptions, first: Slot) {
  const keys = [`f${first.id}a`, `f${first.id}b`];
  const reads = keys.map((key): Mop => ['r', key, null]);
  return group(draw, options, first, SIZE).map((slot, i) => {
    const key = keys[i];
    return transactionAt(slot, key === undefined ? reads : [['w', key, slot.id]]);
  });
}

/** A fork refutes all models down to snapshot isolation, by a name of its own. */
function withForks(checker: Checker<Transactions>): Checker<Transactions> {
  const forks = checkerOfTransactions(longFork());
  return { name: checker.name, check: (history) => worst([forks.check(history), checker.check(history)]) };
}

export const longForkWorkload: Workload<Transactions> = {
  name: 'long-fork',
  datatype: 'transactions',
  mix: { txn: 1 },
  heeds: [],
  calls: (draw, options) =>
    callTimes(draw, options)
      .filter((_, i) => i % SIZE === 0)
      .flatMap((slot) => fork(draw, options, slot)),
  final: finalReads,
  checkers: [
    ...modelsOf('rw-register').map((checker, i) => (i < 4 ? withForks(checker) : checker)),
    ...durabilityOfRegisters(),
  ],
  placedAs: 'rw-register',
};
