/** Datatypes that are judged by an invariant of their own. */
import { type BankOptions, bank } from '../monitors/bank.ts';
import { predicateInserts } from '../monitors/predicate-inserts.ts';
import { datatype } from './datatype.ts';
import { answered, only } from './detection.ts';
import { anyApi, own } from './models.ts';
import { ANYTHING, isMap, LIST, MAP, mapOf, mapWith, NUMBER } from './shape.ts';

/** The accounts, and the sum of their balances. */
function openedWith(balances: Readonly<Record<string, unknown>>): BankOptions {
  const total = Object.values(balances).reduce((sum: number, one) => sum + (one as number), 0);
  return { accounts: Object.keys(balances), total };
}

/** The datatypes that are judged by an invariant. */
export const invariants = [
  datatype({
    name: 'bank',
    says: 'accounts whose sum stays the same: transfer, read of all balances',
    functions: {
      read: { ignores: LIST, returns: MAP },
      transfer: { takes: mapWith({ from: ANYTHING, to: ANYTHING, amount: NUMBER }) },
    },
    initial: mapOf(NUMBER),
    detect: (history) =>
      only(history, 'read', 'transfer') && (!only(history, 'read') || answered(history, 'read', isMap) > 0),
    model: 'bank',
    realTime: [],
    models: { bank: ({ initial }) => anyApi(bank(isMap(initial) ? openedWith(initial) : {})) },
  }),
  datatype({
    name: 'g2',
    says: 'pairs of inserts of which one must see the other: insert',
    aliases: ['adya', 'predicate-inserts'],
    functions: { insert: { takes: LIST } },
    detect: (history) => only(history, 'insert'),
    model: 'g2',
    realTime: [],
    models: { g2: own(predicateInserts) },
  }),
] as const;
