/** Datatypes of transactions. */
import type { Verdict } from '../checker.ts';
import type { History } from '../history.ts';
import { predicateRegisters } from '../models/predicate-registers.ts';
import { logMonitor } from '../monitors/log/log.ts';
import { impliedModels } from '../transactions/boundary.ts';
import { lattice } from '../transactions/lattice.ts';
import { analyseRows } from '../transactions/predicates/predicates.ts';
import { rowRules } from '../transactions/predicates/rules.ts';
import { analyse } from '../transactions/transactional.ts';
import { type Assumptions, type CheckerOf, datatype } from './datatype.ts';
import { has, hasMop, only } from './detection.ts';
import { anyApi, general } from './models.ts';
import { ANYTHING, isMap, isMop, LIST, MAP, micro, microOfAnyKey, NUMBER, orNull, type Shape, shown } from './shape.ts';

/** Models of single objects. */
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
]);

/** The models of transactions, those that imply most first. */
const names = Object.keys(lattice.implies)
  .filter((name) => !NOT_OF_TRANSACTIONS.has(name))
  .map((name) => ({ name, implies: impliedModels([name], lattice).length }))
  .sort((a, b) => b.implies - a.implies)
  .map(({ name }) => name);

/** Analyses a history once, for all models. */
function analysis(history: History, assumptions: Assumptions): (model: string) => Verdict {
  const analysed = analyse(history, assumptions);
  return (model) => analysed.verdict(model);
}

/** A checker for each model, which by itself analyses the history anew. */
const models = Object.fromEntries(
  names.map((name): [string, CheckerOf] => [
    name,
    (assumptions) => ({ name, check: (history) => analyse(history, assumptions).verdict(name) }),
  ]),
);

/** What all transactions share: they return what they were asked for, with its results. */
const TRANSACTION = { returns: LIST, updates: true, micro: 'always' } as const;

/** The models that order different sessions by real time. */
const realTime = names.filter((name) => /^(strict-|strong-(?!session-))/.test(name));

const OFFSET: Shape = orNull({ ...NUMBER, says: 'an offset' });
const MESSAGES: Shape = { says: 'a list of [offset, message]', fits: isMessages };

const PREDICATE_MOPS: Shape = {
  says: 'a list of ["r" | "w" | "insert", key, value], ["delete", key] and ["rp", "true" | ["=", value] | ["mod", n, m] | ["range", a, b], rows]',
  fits: (value) =>
    Array.isArray(value) &&
    value.every((mop) => isMop(mop, ['r', 'w', 'insert', 'delete', 'abort']) || isPredicateRead(mop)),
};

function isPredicateRead(mop: unknown): boolean {
  if (!Array.isArray(mop) || mop[0] !== 'rp') return false;
  const [, predicate, found] = mop as readonly unknown[];
  if (found !== null && found !== undefined && !isMap(found)) return false;
  if (predicate === 'true') return true;
  if (!Array.isArray(predicate)) return false;
  return predicate[0] === '='
    ? predicate.length === 2
    : ['mod', 'range'].includes(predicate[0] as string) &&
        predicate.length === 3 &&
        predicate.slice(1).every(Number.isFinite);
}

const rowOptions = ({ initial, budget }: Assumptions) => ({
  ...(isMap(initial) ? { initial } : {}),
  ...(budget === undefined ? {} : { budget }),
});

/**
 * Judges rows: each model by what depends on what and a search for an order. Where these cannot decide, as of more
 * transactions than they can hold, a search for an order of all operations in real time decides strict serializability
 * of long histories too, which proves every weaker model.
 */
function rowAnalysis(history: History, assumptions: Assumptions): (model: string) => Verdict {
  const dependencies = analyseRows(history, rowOptions(assumptions));
  let strict: Verdict | undefined;
  return (model) => {
    const verdict = dependencies(model);
    if (verdict.type !== 'unknown' || !history.realTime) return verdict;
    strict ??= general(predicateRegisters)(assumptions).check(history);
    if (strict.type === 'valid') return strict;
    return model === 'strict-serializable' && strict.type === 'invalid' ? strict : verdict;
  };
}

/** The datatypes of transactions. */
export const transactions = [
  datatype({
    name: 'list-append',
    says: 'transactions that append to lists and read them: ["append", key, element], ["r", key, list]',
    aliases: ['txn-list-append', 'append'],
    functions: {
      txn: {
        takes: microOfAnyKey('a list of ["append", key, element] and ["r", key, list]', ['append', 'r', 'abort']),
        ...TRANSACTION,
        reads: { says: 'a list', fits: Array.isArray },
      },
    },
    detect: (history) => only(history, 'txn') && hasMop(history, 'append'),
    model: 'strict-serializable',
    realTime,
    models,
    analysis,
  }),
  datatype({
    name: 'rw-register',
    says: 'transactions that read and write registers: ["r", key, value], ["w", key, value]; where a value is written twice, the writer of each read is searched for',
    aliases: ['txn-rw-register', 'wr'],
    functions: {
      txn: {
        takes: microOfAnyKey('a list of ["r", key, value] and ["w", key, value]', ['r', 'w', 'abort']),
        ...TRANSACTION,
        reads: { says: 'a single value', fits: (result) => typeof result !== 'object', unlessNested: true },
      },
    },
    initial: ANYTHING,
    detect: (history) =>
      only(history, 'txn') && history.length > 0 && !['send', 'poll', 'rp'].some((kind) => hasMop(history, kind)),
    heeds: ['linearizableKeys', 'sequentialKeys', 'wfrKeys', 'transactionOrder'],
    model: 'strict-serializable',
    realTime,
    models,
    analysis,
  }),
  datatype({
    name: 'predicate-registers',
    says: 'transactions that read rows by key and by predicate: ["rp", predicate, {key: value}], ["insert", key, value], ["delete", key]; init',
    aliases: ['closed-predicate'],
    functions: { init: { takes: MAP }, txn: { takes: PREDICATE_MOPS, ...TRANSACTION } },
    initial: MAP,
    detect: (history) => only(history, 'init', 'txn') && hasMop(history, 'rp'),
    model: 'strict-serializable',
    realTime: Object.keys(rowRules).filter((name) => realTime.includes(name)),
    models: Object.fromEntries(
      Object.keys(rowRules).map((name): [string, CheckerOf] => [
        name,
        (assumptions) => ({ name, check: (history) => rowAnalysis(history, assumptions)(name) }),
      ]),
    ),
    analysis: rowAnalysis,
  }),
  datatype({
    name: 'log',
    says: "partitioned logs, as Kafka's: send, poll, assign, subscribe, and transactions of sends and polls",
    aliases: ['kafka'],
    functions: {
      send: { takes: ANYTHING, returns: ANYTHING, inRuns: OFFSET, updates: true, micro: 'without a key' },
      poll: { takes: ANYTHING, returns: ANYTHING, inRuns: MESSAGES, micro: 'without a key' },
      txn: { takes: micro('a list of ["send", key, message] and ["poll"]', ['send', 'poll']), ...TRANSACTION },
      assign: { takes: ANYTHING },
      subscribe: { takes: ANYTHING },
      crash: { takes: ANYTHING },
      'debug-topic-partitions': { takes: ANYTHING },
    },
    wrong: wrongOfLogs,
    detect: (history) =>
      has(history, 'send') || has(history, 'poll') || hasMop(history, 'send') || hasMop(history, 'poll'),
    model: 'log',
    realTime: [],
    models: {
      // A subscribed consumer may be moved to other keys at any time.
      log: () => ({
        name: 'log',
        check: (history) => anyApi(logMonitor({ subscribed: has(history, 'subscribe') })).check(history),
      }),
    },
  }),
] as const;

/**
 * Logs: with a key, one message; without, micro-operations.
 * A completion that did not succeed may report something nevertheless.
 */
function wrongOfLogs({ columns }: History): { row: number; what: string } | undefined {
  for (let row = 0; row < columns.length; row++) {
    const f = columns.fNames[columns.f[row] as number] as string;
    const told = columns.output[row];
    if (!['send', 'poll', 'txn'].includes(f) || told === undefined || told === null) continue;
    const single = columns.key[row] >= 0 && f !== 'txn';
    const right = single ? f === 'send' || isMessages(told) : isPolledMops(told);
    if (!right) return { row, what: `returns messages with their offsets, and not ${shown(told)}` };
  }
  return undefined;
}

function isPolledMops(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((mop) => isMop(mop, ['send', 'poll']) && (mop[0] !== 'poll' || isPolled(mop[1] as unknown)))
  );
}

function isPolled(messages: unknown): boolean {
  if (messages === undefined || messages === null) return true;
  return isMap(messages) && Object.values(messages).every(isMessages);
}

function isMessages(messages: unknown): boolean {
  return Array.isArray(messages) && messages.every((pair) => Array.isArray(pair) && Number.isFinite(pair[0]));
}
