/**
 * Pairs of keys: one transaction reads both and writes the first, another at the same time reads
 * both, or one, and writes the second, and a third looks on. That two overwrite what the other
 * read is write skew, Adya's G2; that only an onlooker closes the cycle is the anomaly of Fekete,
 * O'Neil & O'Neil, "A Read-Only Transaction Anomaly Under Snapshot Isolation", SIGMOD Record 2004.
 */
import type { Mop, Transactions } from '../systems/blocks/transactions.ts';
import { callTimes, type Slot } from './call-times.ts';
import { durabilityOfRegisters, finalReads, group, maybeAborted, modelsOf, transactionAt } from './transactions.ts';
import type { Draw, Workload, WorkloadOptions } from './workload.ts';

const SIZE = 3;

function skew(draw: Draw, options: WorkloadOptions, first: Slot) {
  const [a, b] = [`s${first.id}a`, `s${first.id}b`];
  const both: readonly Mop[] = [
    ['r', a, null],
    ['r', b, null],
  ];
  const second = draw('second') < 0.5 ? both : both.slice(1);
  return group(draw, options, first, SIZE).map((slot, i) => {
    if (i === 2) return transactionAt(slot, both);
    const mops: readonly Mop[] = i === 0 ? [...both, ['w', a, slot.id]] : [...second, ['w', b, slot.id]];
    return transactionAt(slot, maybeAborted(draw, options, mops));
  });
}

export const writeSkewWorkload: Workload<Transactions> = {
  name: 'write-skew',
  datatype: 'transactions',
  mix: { txn: 1 },
  heeds: [],
  calls: (draw, options) =>
    callTimes(draw, options)
      .filter((_, i) => i % SIZE === 0)
      .flatMap((slot) => skew(draw, options, slot)),
  final: finalReads,
  checkers: [...modelsOf('rw-register'), ...durabilityOfRegisters()],
  placedAs: 'rw-register',
};
