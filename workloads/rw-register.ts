/** Transactions that read and write registers; written values are unique. */
import type { Mop, Transactions } from '../systems/blocks/transactions.ts';
import { durabilityOfRegisters, finalReads, modelsOf, transactionCalls } from './transactions.ts';
import type { Workload } from './workload.ts';

const common = {
  datatype: 'transactions' as const,
  mix: { txn: 1 },
  heeds: ['keys', 'skew'] as const,
  final: finalReads,
  checkers: [...modelsOf('rw-register'), ...durabilityOfRegisters()],
  placedAs: 'rw-register' as const,
};

/** Whoever writes a register has read it: the order of a register's versions is known, and lost updates show. */
export const rwRegisterWorkload: Workload<Transactions> = {
  ...common,
  name: 'rw-register',
  calls: (draw, options) =>
    transactionCalls(draw, options, (key, value) => {
      const count = 1 + Math.floor(draw('length') * 2);
      return Array.from({ length: count }, (_, i): readonly Mop[] => {
        const name = key();
        const read: Mop = ['r', name, null];
        return draw('write') < 0.6 ? [read, ['w', name, value(i)]] : [read];
      }).flat();
    }),
};

/**
 * Registers are written by transactions that have not read them: nobody
 * says in which order, so judges look for one that explains it all.
 */
export const blindWritesWorkload: Workload<Transactions> = {
  ...common,
  name: 'blind-writes',
  calls: (draw, options) =>
    transactionCalls(draw, options, (key, value) => {
      const count = 1 + Math.floor(draw('length') * (options.maxTxnLength ?? 3));
      return Array.from(
        { length: count },
        (_, i): Mop => (draw('write') < 0.5 ? ['w', key(), value(i)] : ['r', key(), null]),
      );
    }),
};
