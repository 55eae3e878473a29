/** Datatypes of transactions. */
import type { History } from '../history.ts';
import { logMonitor } from '../monitors/log/log.ts';
import type { Analysis } from '../transactions/analysis.ts';
import { impliedModels } from '../transactions/boundary.ts';
import { lattice } from '../transactions/lattice.ts';
import { analyse } from '../transactions/transactional.ts';
import type { Assumptions, CheckerOf, Datatype } from './datatype.ts';
import { own } from './models.ts';
import { has, hasMop, only } from './shapes.ts';

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

/** A checker for each model, all of which share one analysis of the history they look at. */
function models(): Record<string, CheckerOf> {
  let last: { readonly history: History; readonly assumed: string; readonly analysis: Analysis } | undefined;
  const analysisOf = (history: History, assumptions: Assumptions): Analysis => {
    const order = [...(assumptions.transactionOrder ?? [])];
    const assumed = JSON.stringify([history.length, assumptions, order]);
    if (last?.history !== history || last.assumed !== assumed)
      last = { history, assumed, analysis: analyse(history, assumptions) };
    return last.analysis;
  };
  return Object.fromEntries(
    names.map((name): [string, CheckerOf] => [
      name,
      (assumptions) => ({ name, check: (history) => analysisOf(history, assumptions).verdict(name) }),
    ]),
  );
}

export const transactions: readonly Datatype[] = [
  {
    name: 'list-append',
    says: 'transactions that append to lists and read them: ["append", key, element], ["r", key, list]',
    aliases: ['txn-list-append', 'append'],
    functions: ['txn'],
    detect: (history) => only(history, 'txn') && hasMop(history, 'append'),
    model: 'strict-serializable',
    models: models(),
  },
  {
    name: 'rw-register',
    says: 'transactions that write registers and read them: ["w", key, value], ["r", key, value]',
    aliases: ['txn-rw-register', 'wr'],
    functions: ['txn'],
    detect: (history) => only(history, 'txn') && hasMop(history, 'w') && !hasMop(history, 'append'),
    model: 'strict-serializable',
    models: models(),
  },
  {
    name: 'log',
    says: "partitioned logs, as Kafka's: send, poll, assign, subscribe, and transactions of sends and polls",
    aliases: ['kafka'],
    functions: ['send', 'poll', 'txn', 'assign', 'subscribe', 'crash', 'debug-topic-partitions'],
    detect: (history) =>
      has(history, 'send') || has(history, 'poll') || hasMop(history, 'send') || hasMop(history, 'poll'),
    model: 'log',
    models: { log: own(logMonitor) },
  },
];
