/** Transfers between accounts, and reads of all of them: money is neither made nor lost, whatever snapshot one sees. */
import { bank, lostTransfers } from 'elle-ts';
import { OPENING_BALANCE, type Transactions } from '../systems/blocks/transactions.ts';
import { callTimes } from './call-times.ts';
import { drawPlaces, keyNames } from './keys.ts';
import { checkerOfTransactions, impliedByModels } from './transactions.ts';
import type { Draw, PlannedCall, Workload, WorkloadOptions } from './workload.ts';

function calls(draw: Draw, options: WorkloadOptions): readonly PlannedCall<Transactions>[] {
  const accounts = keyNames(Math.max(ACCOUNTS, options.keys));
  const account = () => draw('account');
  const from = drawPlaces(account, { ...options, keys: accounts.length });
  const further = drawPlaces(account, { keys: accounts.length - 1 });
  return callTimes(draw, { ...options, ratePerSecond: options.ratePerSecond / TOUCHED }).map((slot) => {
    if (slot.f === 'read') return { ...slot, f: 'read', input: accounts };
    const source = from();
    const target = (source + 1 + further()) % accounts.length;
    const amount = 1 + Math.floor(draw('amount') * MOST);
    return { ...slot, f: 'transfer', input: { from: accounts[source]!, to: accounts[target]!, amount } };
  });
}

/**
 * A call of the bank touches several accounts, and a read all of them: so many operations of
 * the rate are counted for one, as otherwise hardly any transfer would find its accounts free.
 */
const TOUCHED = 6;
/** Between two alone, a transfer that undoes another would leave the sum as it is. */
const ACCOUNTS = 3;
/** Large enough that accounts run dry now and then. */
const MOST = OPENING_BALANCE / 2;

export const bankWorkload: Workload<Transactions> = {
  name: 'bank',
  datatype: 'transactions',
  mix: { read: 1, transfer: 1 },
  heeds: ['keys', 'skew', 'mix'],
  calls,
  final(_, planned) {
    const named = planned.flatMap(({ f, input }) =>
      f === 'read' ? input : f === 'transfer' ? [input.from, input.to] : [],
    );
    return [{ f: 'read', input: [...new Set(named)].sort() }];
  },
  checkers: [...impliedByModels(bank()), checkerOfTransactions(lostTransfers(OPENING_BALANCE))],
};
