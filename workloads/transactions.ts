/**
 * What the workloads of transactions share: keys that come and go,
 * transactions that change their minds, final reads, and who judges.
 */
import {
  type Analyse,
  type Api,
  type Call,
  type Checker,
  type Datatype,
  datatypes,
  type History,
  lostTransactionWrites,
} from 'elle-ts';
import type { Mop, Transactions } from '../systems/blocks/transactions.ts';
import { callTimes, type Slot } from './call-times.ts';
import { drawPlaces } from './keys.ts';
import type { Draw, PlannedCall, WorkloadOptions } from './workload.ts';

/** The models that systems claim, from the strongest on. */
const MODELS = [
  'strict-serializable',
  'serializable',
  'strong-snapshot-isolation',
  'snapshot-isolation',
  'read-atomic',
  'read-committed',
];

/** Steps that a search for an order of blind writes may take. */
const BUDGET = 2_000_000;

/** The checkers of all models for transactions of this type; they share one analysis of the history. */
export function modelsOf(
  type: 'list-append' | 'rw-register' | 'predicate-registers',
): readonly Checker<Transactions>[] {
  const { analysis, models } = datatypes.find(({ name }) => name === type) as Datatype;
  const analyse: Analyse<Transactions> = (history) => analysis!(history as unknown as History, { budget: BUDGET });
  return MODELS.filter((name) => name in models).map((name) => ({
    name,
    analyse,
    check: (history) => analyse(history)(name),
  }));
}

/**
 * Whether no write of a register is lost: by what transactions had
 * read alone, and for claims that order them by real time by that too.
 */
export function durabilityOfRegisters(): readonly Checker<Transactions>[] {
  const exact = lostTransactionWrites<Transactions>({ realTime: true });
  return [lostTransactionWrites(), { ...exact, name: 'lost-writes-in-real-time' }];
}

/** A checker of something that all those models imply, once for each of them, so that each claim is judged by it. */
export function impliedByModels<A extends Api>(checker: Checker<A>): readonly Checker<Transactions>[] {
  return MODELS.slice(0, 4).map((name) => checkerOfTransactions({ ...checker, name }));
}

/**
 * Checkers are typed by their functions; here what they look
 * at is `txn`, `read` and `transfer`, which transactions have.
 */
export function checkerOfTransactions<A extends Api>(checker: Checker<A>): Checker<Transactions> {
  return checker as unknown as Checker<Transactions>;
}

/** A key is used for so many calls on average before another takes its place: lists and versions stay short. */
const CALLS_PER_KEY = 16;
/** The share of transactions that abort after their last operation. */
const ABORTS = 1 / 8;
/** So many values may a call write: its id names them, since shrinking deletes calls and renames none. */
const VALUES = 10;

/** Draws transactions: `mops` are one's operations, given a way to draw a key and the values that it may write. */
export function transactionCalls(
  draw: Draw,
  options: WorkloadOptions,
  mops: (key: () => string, value: (i: number) => number) => readonly Mop[],
): readonly PlannedCall<Transactions>[] {
  const place = drawPlaces(draw, options);
  return callTimes(draw, options).map((slot) => {
    const oldest = Math.floor(slot.id / (options.maxWritesPerKey ?? CALLS_PER_KEY));
    const key = () => `k${oldest + place()}`;
    return transactionAt(
      slot,
      maybeAborted(
        draw,
        options,
        mops(key, (i) => slot.id * VALUES + i),
      ),
    );
  });
}

export function maybeAborted(draw: Draw, { aborts = ABORTS }: WorkloadOptions, mops: readonly Mop[]): readonly Mop[] {
  return draw('abort') < aborts ? [...mops, ['abort']] : mops;
}

export function transactionAt(slot: Slot, input: readonly Mop[]): PlannedCall<Transactions> {
  return { ...slot, f: 'txn', input };
}

/** So many calls as a group needs, at one time but for some ms, each by another client. */
export function group(draw: Draw, options: WorkloadOptions, first: Slot, size: number): readonly Slot[] {
  return Array.from({ length: size }, (_, i) => {
    const client = (first.client + i) % options.clients;
    const node = options.nodes[client % options.nodes.length]!;
    const atMs = first.atMs + Math.floor(draw('offset') * WITHIN_MS);
    return { f: 'txn', id: first.id * VALUES + i, client, node, atMs };
  });
}

const WITHIN_MS = 40;

/** A final transaction reads so many keys: enough to compare them, few enough for a client's patience. */
const READ_AT_ONCE = 4;

/** Reads all keys that the calls name. */
export function finalReads(
  _: readonly string[],
  calls: readonly PlannedCall<Transactions>[],
): readonly Call<Transactions>[] {
  const named = calls.flatMap(({ f, input }) =>
    f === 'txn' ? input.flatMap((mop) => (mop[0] === 'abort' || mop[0] === 'rp' ? [] : [mop[1]])) : [],
  );
  const keys = [...new Set(named)];
  const reads: Call<Transactions>[] = [];
  for (let i = 0; i < keys.length; i += READ_AT_ONCE)
    reads.push({ f: 'txn', input: keys.slice(i, i + READ_AT_ONCE).map((key): Mop => ['r', key, null]) });
  return reads;
}
