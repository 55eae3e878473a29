/** What elle-ts says of a round: which models it refutes, and for each column the anomaly that shows it. */
import { type Anomaly, analyse, analyseRows, type History, HistoryBuilder, type Verdict } from 'elle-ts';
import { type Column, columnsOf } from './columns.ts';
import type { Outcome, Recorded } from './steps.ts';

/** An anomaly in a round that shows a column. */
export interface Showing {
  readonly column: Column;
  readonly anomaly: Anomaly;
  /** The transactions of the round that prove it, by their places. */
  readonly txns: readonly number[];
}

export interface RoundVerdict {
  readonly refuted: readonly string[];
  readonly undecided: readonly string[];
  readonly showings: readonly Showing[];
  /** Anomalies by name, those that belong to no column too. */
  readonly names: readonly string[];
}

/** The models that are asked, from the weakest on: each shows anomalies that a weaker one that fails would hide. */
export const MODELS: readonly string[] = [
  'read-uncommitted',
  'read-committed',
  'monotonic-atomic-view',
  'read-atomic',
  'causal-cerone',
  'parallel-snapshot-isolation',
  'prefix',
  'snapshot-isolation',
  'repeatable-read',
  'serializable',
  'strong-read-committed',
  'strong-session-snapshot-isolation',
  'strong-snapshot-isolation',
  'strong-session-serializable',
  'strict-serializable',
];

/** Those of them that rows with predicates are asked. */
const ROW_MODELS: readonly string[] = [
  'read-uncommitted',
  'read-committed',
  'snapshot-isolation',
  'repeatable-read',
  'serializable',
  'strong-session-snapshot-isolation',
  'strong-snapshot-isolation',
  'strong-session-serializable',
  'strict-serializable',
];

/** The operation that puts the first rows there begins before all others. */
const FIRST = 2;
const SETUP = 1_000;

/**
 * The history of a round, or of some of its transactions alone. An operation's `start` is twice its transaction's place
 * in the order of all that was sent, so that the first rows can come before it.
 */
export function historyOfRound({ round, outcomes }: Recorded, only?: ReadonlySet<number>): History {
  const history = new HistoryBuilder();
  if (round.initial) {
    const row = history.invoke(0, 0, SETUP, { f: 'init', input: round.initial });
    history.complete(row, 1, 1, { type: 'ok', output: null });
  }
  const kept = outcomes.map((outcome, txn) => ({ outcome, txn })).filter(({ txn }) => !only || only.has(txn));
  const rows = new Map<number, number>();
  const events = kept.flatMap(({ outcome, txn }) => [
    { at: outcome.begin, txn, outcome, isEnd: false },
    { at: outcome.end, txn, outcome, isEnd: true },
  ]);
  for (const { at, txn, outcome, isEnd } of events.sort((a, b) => a.at - b.at)) {
    if (isEnd) history.complete(rows.get(txn)!, at + FIRST, at + FIRST, endOf(outcome));
    else rows.set(txn, history.invoke(at + FIRST, at + FIRST, outcome.session, { f: 'txn', input: outcome.asked }));
  }
  return history;
}

function endOf({ type, done, refused }: Outcome) {
  if (type === 'ok') return { type, output: done } as const;
  return { type, error: refused ?? 'rolled back, as asked' } as const;
}

/** Judges a round. */
export function judgeRound(recorded: Recorded): RoundVerdict {
  const history = historyOfRound(recorded);
  const { kind } = recorded.round;
  const isRows = kind === 'predicate-registers';
  const ask = isRows ? analyseRows(history) : byModel(history);
  const refuted: string[] = [];
  const undecided: string[] = [];
  const found = new Map<Column, Showing>();
  const names = new Set<string>();
  for (const model of isRows ? ROW_MODELS : MODELS) {
    const verdict = ask(model);
    if (verdict.type === 'unknown') undecided.push(model);
    if (verdict.type !== 'invalid') continue;
    refuted.push(model);
    for (const anomaly of verdict.anomalies) {
      names.add(anomaly.name);
      const txns = txnsOf(anomaly, recorded);
      for (const column of columnsOf({ name: anomaly.name, kind, keys: keysOf(anomaly), isStale: isStale(anomaly) })) {
        const best = found.get(column);
        if (!best || best.txns.length > txns.length) found.set(column, { column, anomaly, txns });
      }
    }
  }
  return { refuted, undecided, showings: [...found.values()], names: [...names] };
}

function byModel(history: History): (model: string) => Verdict {
  const analysis = analyse(history);
  return (model) => analysis.verdict(model);
}

function keysOf({ cycle = [] }: Anomaly): number {
  return new Set(cycle.flatMap(({ key }) => (key === undefined ? [] : [key]))).size;
}

/** Whether the order of time leads to the very transaction that missed something. */
function isStale({ cycle = [] }: Anomaly): boolean {
  return cycle.some(({ kind }, at) => kind === 'realtime' && /^rw/.test(cycle[(at + 1) % cycle.length]!.kind));
}

/** The places of an anomaly's transactions: those of the cycle first, in its order, as drawings have them. */
function txnsOf({ operations, cycle = [] }: Anomaly, recorded: Recorded): readonly number[] {
  const starts = [...cycle.map(({ from }) => from), ...operations, ...cycle.flatMap(({ via = [] }) => via)];
  return [...new Set(starts)].map((start) => txnOf(recorded, start)).filter((txn) => txn >= 0);
}

/** The place of the transaction that an anomaly names by its operation; -1 where it is none. */
export function txnOf({ outcomes }: Pick<Recorded, 'outcomes'>, start: number): number {
  return outcomes.findIndex(({ begin }) => begin + FIRST === start);
}

/** Whether the anomaly's transactions show the column by themselves, without the others of the round. */
export function standsAlone(recorded: Recorded, { column, txns }: Pick<Showing, 'column' | 'txns'>): boolean {
  return judgeRound(only(recorded, txns)).showings.some((showing) => showing.column === column);
}

/** A round with some of its transactions alone, as they went. */
export function only(recorded: Recorded, txns: readonly number[]): Recorded {
  const place = new Map(txns.map((txn, at) => [txn, at]));
  return {
    round: {
      ...recorded.round,
      drafts: txns.map((txn) => recorded.round.drafts[txn]!),
      order: recorded.round.order.flatMap((txn) => (place.has(txn) ? [place.get(txn)!] : [])),
    },
    outcomes: txns.map((txn) => recorded.outcomes[txn]!),
    sent: recorded.sent.flatMap((sent) => (place.has(sent.txn) ? [{ ...sent, txn: place.get(sent.txn)! }] : [])),
  };
}
