/** Datatypes that are judged by an invariant of their own. */
import { bank } from '../monitors/bank.ts';
import { predicateInserts } from '../monitors/predicate-inserts.ts';
import type { Datatype } from './datatype.ts';
import { answered, only } from './detection.ts';
import { own } from './models.ts';
import { ANYTHING, isMap, LIST, MAP, mapWith, NUMBER } from './shape.ts';

export const invariants: readonly Datatype[] = [
  {
    name: 'bank',
    says: 'accounts whose sum stays the same: transfer, read of all balances',
    functions: {
      read: { returns: MAP },
      transfer: { takes: mapWith({ from: ANYTHING, to: ANYTHING, amount: NUMBER }) },
    },
    initial: MAP,
    detect: (history) =>
      only(history, 'read', 'transfer') && (!only(history, 'read') || answered(history, 'read', isMap) > 0),
    model: 'bank',
    realTime: [],
    models: { bank: own(bank) },
  },
  {
    name: 'g2',
    says: 'pairs of inserts of which one must see the other: insert',
    aliases: ['adya', 'predicate-inserts'],
    functions: { insert: { takes: LIST } },
    detect: (history) => only(history, 'insert'),
    model: 'g2',
    realTime: [],
    models: { g2: own(predicateInserts) },
  },
];
