/**
 * Transactions that append to lists and read them. A list that is read shows the order
 * of all its appends, which is what makes every dependency known: Kingsbury & Alvaro,
 * "Elle: Inferring Isolation Anomalies from Experimental Observations", VLDB 2021.
 */
import { lostAppends } from 'elle-ts';
import type { Mop, Transactions } from '../systems/blocks/transactions.ts';
import { finalReads, modelsOf, transactionCalls } from './transactions.ts';
import type { Workload } from './workload.ts';

export const listAppendWorkload: Workload<Transactions> = {
  name: 'list-append',
  datatype: 'transactions',
  mix: { txn: 1 },
  heeds: ['keys', 'skew'],
  calls: (draw, options) =>
    transactionCalls(draw, options, (key, value) => {
      const count = 1 + Math.floor(draw('length') * (options.maxTxnLength ?? 4));
      return Array.from(
        { length: count },
        (_, i): Mop => (draw('append') < 0.5 ? ['append', key(), value(i)] : ['r', key(), null]),
      );
    }),
  final: finalReads,
  checkers: [...modelsOf('list-append'), lostAppends()],
  placedAs: 'list-append',
};
