/** Datatypes of transactions. */
import type { History } from '../history.ts';
import { predicateRegisters } from '../models/predicate-registers.ts';
import { logMonitor } from '../monitors/log/log.ts';
import type { Analysis } from '../transactions/analysis.ts';
import { impliedModels } from '../transactions/boundary.ts';
import { lattice } from '../transactions/lattice.ts';
import { analyse } from '../transactions/transactional.ts';
import type { Assumptions, CheckerOf, Datatype } from './datatype.ts';
import { anyApi, general } from './models.ts';
import { has, hasMop, isMap, only } from './shapes.ts';
import { unwanted, unwantedOfLogs, wantsOfPredicates } from './wants.ts';

/** Models of single objects, and two that no test tells apart from serializability. */
const NOT_OF_TRANSACTIONS = new Set([
  'linearizable',
  'sequential',
  'CM',
  'CC',
  'PRAM',
  'monotonic-reads',
  'monotonic-writes',
  'read-your-writes',
  'writes-follow-reads',
  '1SR',
  'view-serializable',
]);

/** The models of transactions, those that imply most first. */
const names = Object.keys(lattice.implies)
  .filter((name) => !NOT_OF_TRANSACTIONS.has(name))
  .map((name) => ({ name, implies: impliedModels([name], lattice).length }))
  .sort((a, b) => b.implies - a.implies)
  .map(({ name }) => name);

/** A checker for each model, all of which share one analysis of the history that they were last asked about. */
const models: Datatype['models'] = Object.fromEntries(
  names.map((name): [string, CheckerOf] => [
    name,
    (assumptions) => ({ name, check: (history) => analysisOf(history, assumptions).verdict(name) }),
  ]),
);

/** The last analysis made under these assumptions; it goes when they go. */
const analyses = new WeakMap<Assumptions, { readonly history: History; readonly analysis: Analysis }>();

function analysisOf(history: History, assumptions: Assumptions): Analysis {
  const known = analyses.get(assumptions);
  if (known?.history === history) return known.analysis;
  const analysis = analyse(history, assumptions);
  analyses.set(assumptions, { history, analysis });
  return analysis;
}

export const transactions: readonly Datatype[] = [
  {
    name: 'list-append',
    says: 'transactions that append to lists and read them: ["append", key, element], ["r", key, list]',
    aliases: ['txn-list-append', 'append'],
    functions: ['txn'],
    detect: (history) => only(history, 'txn') && hasMop(history, 'append'),
    model: 'strict-serializable',
    models,
  },
  {
    name: 'rw-register',
    says: 'transactions that read and write registers: ["r", key, value], ["w", key, value]; written values are unique by key',
    aliases: ['txn-rw-register', 'wr'],
    functions: ['txn'],
    detect: (history) =>
      only(history, 'txn') && history.length > 0 && !['send', 'poll', 'rp'].some((kind) => hasMop(history, kind)),
    model: 'strict-serializable',
    models,
  },
  {
    name: 'predicate-registers',
    says: 'transactions that read rows by key and by predicate: ["rp", predicate, {key: value}], ["insert", key, value], ["delete", key]; init',
    aliases: ['closed-predicate'],
    functions: ['init', 'txn'],
    wrong: (history) => unwanted(history, wantsOfPredicates),
    initially: (initial) => (isMap(initial) ? undefined : 'a map of rows'),
    detect: (history) => only(history, 'init', 'txn') && hasMop(history, 'rp'),
    model: 'strict-serializable',
    models: {
      'strict-serializable': (assumptions) => ({
        ...general(predicateRegisters)(assumptions),
        name: 'strict-serializable',
      }),
    },
  },
  {
    name: 'log',
    says: "partitioned logs, as Kafka's: send, poll, assign, subscribe, and transactions of sends and polls",
    aliases: ['kafka'],
    functions: ['send', 'poll', 'txn', 'assign', 'subscribe', 'crash', 'debug-topic-partitions'],
    wrong: unwantedOfLogs,
    detect: (history) =>
      has(history, 'send') || has(history, 'poll') || hasMop(history, 'send') || hasMop(history, 'poll'),
    model: 'log',
    models: {
      // Who subscribes may be moved to other keys at any time.
      log: () => ({
        name: 'log',
        check: (history) => anyApi(logMonitor({ subscribed: has(history, 'subscribe') })).check(history),
      }),
    },
  },
];
