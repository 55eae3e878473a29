/** Datatypes of transactions. */
import { type History, INFO } from '../history.ts';
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

/** A checker for each model, each of which analyses the history anew. */
const models = modelsBy(analyse);

/** The same, of which all share one analysis as long as they are asked about the same events of one history. */
function sharing(): Datatype['models'] {
  let last: { history: History; events: number; assumptions: Assumptions; analysis: Analysis } | null = null;
  return modelsBy((history, assumptions) => {
    const events = eventsIn(history);
    if (last?.history !== history || last.events !== events || last.assumptions !== assumptions)
      last = { history, events, assumptions, analysis: analyse(history, assumptions) };
    return last.analysis;
  });
}

function modelsBy(analysed: (history: History, assumptions: Assumptions) => Analysis): Datatype['models'] {
  return Object.fromEntries(
    names.map((name): [string, CheckerOf] => [
      name,
      (assumptions) => ({ name, check: (history) => analysed(history, assumptions).verdict(name) }),
    ]),
  );
}

/** How many invocations and completions a history has: a view that grows has more, and then its analysis is out of date. */
function eventsIn({ length, columns }: History): number {
  let events = length;
  for (let row = 0; row < length; row++) if (columns.type[row] !== INFO) events++;
  return events;
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
    sharing,
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
    sharing,
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
