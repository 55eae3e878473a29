/**
 * Rows that come and go, read by key and by predicate: a transaction that has read all rows with a predicate must not
 * find another one of them later. Phantoms are what repeatable read allows and serializability forbids (Adya, "Weak
 * Consistency", MIT 1999, PL-2.99); Elle's closed predicates name every row, so that what was not found is known, too.
 */
import { lostRows, type Predicate } from 'elle-ts';
import type { Mop, Transactions } from '../systems/blocks/transactions.ts';
import { drawPlaces } from './keys.ts';
import { modelsOf, transactionCalls } from './transactions.ts';
import type { Draw, Workload } from './workload.ts';

/** The share of transactions that only read. */
const READERS = 0.6;
/** The share of changes that take a row away: mostly one that no longer comes back, so that there are never many. */
const DELETES = 0.4;

/** What a read asks for: everything, a half, a third, or what was written not long ago. */
function predicate(draw: Draw, newest: number): Predicate {
  const kind = draw('predicate');
  if (kind < 0.4) return 'true';
  if (kind < 0.7) return ['mod', 2, Math.floor(draw('remainder') * 2)];
  if (kind < 0.85) return ['mod', 3, Math.floor(draw('remainder') * 3)];
  return ['range', Math.max(0, newest - 200), newest];
}

export const predicateRegistersWorkload: Workload<Transactions> = {
  name: 'predicate-registers',
  datatype: 'transactions',
  mix: { txn: 1 },
  heeds: ['keys', 'skew'],
  calls(draw, options) {
    const old = drawPlaces(draw, options);
    return transactionCalls(draw, options, (key, value) => {
      const reads = draw('reads') < READERS;
      const count = 1 + Math.floor(draw('length') * (options.maxTxnLength ?? (reads ? 3 : 2)));
      return Array.from({ length: count }, (_, i): Mop => {
        if (reads || draw('read') < 0.3)
          return draw('by predicate') < 0.6 ? ['rp', predicate(draw, value(0)), null] : ['r', key(), null];
        if (draw('delete') >= DELETES) return ['insert', key(), value(i)];
        const number = Number(key().slice(1)) - (draw('old') < 0.6 ? options.keys + old() : 0);
        return ['delete', `k${Math.max(0, number)}`];
      });
    });
  },
  final: () => [{ f: 'txn', input: [['rp', 'true', null]] }],
  checkers: [...modelsOf('predicate-registers'), ...lostRows<Transactions>()],
  placedAs: 'predicate-registers',
};
