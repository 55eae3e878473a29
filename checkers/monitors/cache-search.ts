/**
 * The search for values of a cache that are set again, and that may expire.
 *
 * In an order of the operations, let a set and the reads that found it stand from the set to the last of these reads.
 * There are moments for all operations, each in its interval and in this order, at which no value has expired, iff of
 * these the one that began last began at most a time to live after the one that ended first had ended: each set may be
 * as late as that end, and each read as early as that beginning, and none of them is then beyond the next set.
 */
import type { Checker, Verdict } from '../checker.ts';
import { type History, NEVER, type Operation } from '../history.ts';
import { historyOf } from '../history-builder.ts';
import { linearizable } from '../linearizable/linearizable.ts';
import { fewer } from '../linearizable/problem-part.ts';
import type { Model } from '../model.ts';
import { anomaly, say } from './findings.ts';
import { identity } from './identity.ts';

/** What `set` is given: a value, or a value with the time after which it must not be found any more. */
type Entry = unknown | { readonly value: unknown; readonly ttlMs: number };

/** One key of a cache. `get` returns null where it finds nothing. */
export type Cache = {
  get(input: null): unknown;
  set(entry: Entry): null;
  invalidate(input: null): null;
};

/** What a set was given. */
export function entry(input: unknown): { value: unknown; ttlMs?: number } {
  if (typeof input !== 'object' || input === null || !('ttlMs' in input)) return { value: input };
  return input as { value: unknown; ttlMs: number };
}

/** An operation with what decides whether a value has expired: in ns, `lives` is null for ever. */
interface Timed {
  readonly value: unknown;
  readonly lives: number | null;
  readonly start: number;
  readonly end: number;
}

/** What is there, for how long, and of the operations on it the first end and the last beginning. */
type Held = Timed | null;

/** Later than anything ends; unlike infinity, it is a number in JSON. */
const AT_NO_TIME = Number.MAX_SAFE_INTEGER;

interface Expiring {
  readonly get: (given: Timed) => unknown;
  readonly set: (given: Timed) => null;
  readonly invalidate: (given: null) => null;
  readonly [f: string]: (given: never) => unknown;
}

const model: Model<Expiring, Held> = {
  name: 'cache',
  init: null,
  step: {
    get: (held, { start, end }) => {
      const after = held && { ...held, start: Math.max(held.start, start), end: Math.min(held.end, end) };
      const isLate = after !== null && after.lives !== null && after.start - after.end > after.lives;
      // No state: it cannot have been found.
      return [isLate ? (undefined as never) : after, held?.value ?? null];
    },
    set: (_, given) => [given.value === null ? null : given, null],
    invalidate: () => [null, null],
  },
  observes: ['get'],
  same: (_, expected, observed) => identity(expected) === identity(observed),
};

/** How long entries live, in ms, that do not say so, and how far clocks may be wrong. */
interface Expiry {
  readonly ttlMs?: number;
  readonly toleranceMs?: number;
}

/** How often a counterexample is searched again to be made smaller. */
const MOST_TRIALS = 300;

/** The search: without time first, and then, where entries expire, with it. Bounded as every search is. */
export function cacheSearch(plain: Model<Cache, unknown>, { ttlMs, toleranceMs = 0 }: Expiry): Checker<Cache> {
  return {
    name: 'cache',
    check(history): Verdict {
      const forever = timed(history, () => undefined);
      const untimed = linearizable(model).check(historyOf([...forever]));
      if (untimed.type === 'invalid') return linearizable(plain).check(only(history, smallest(forever)));
      const operations = timed(history, (input) => {
        const lives = entry(input).ttlMs ?? ttlMs;
        return lives === undefined ? undefined : lives + toleranceMs;
      });
      if (untimed.type === 'unknown' || operations.every(({ input }) => !(input as Timed | null)?.lives))
        return untimed;
      const verdict = linearizable(model).check(historyOf([...operations]));
      if (verdict.type !== 'invalid') return verdict;
      const { columns } = only(history, smallest(operations));
      const rows = Array.from({ length: columns.length }, (_, row) => row);
      const message = 'Whichever set each read found, one of them found a value whose time to live had passed.';
      const steps = rows.map((row) => `${say(columns, row)}.`);
      return { type: 'invalid', anomalies: [anomaly(columns, 'expired-read', message, rows, steps)] };
    },
  };
}

type Part = readonly Operation<Expiring>[];

function only(history: History<Cache>, part: Part): History<Cache> {
  const starts = new Set(part.map(({ start }) => start));
  return historyOf([...history].filter(({ start }) => starts.has(start)));
}

/** Leaves out reads, and then what none of those left may have found: neither makes a right order wrong. */
function smallest(operations: Part): Part {
  let trials = 0;
  const isAllowed = () => trials++ < MOST_TRIALS;
  const isWrong = (some: Part) => isAllowed() && linearizable(model).check(historyOf([...some])).type === 'invalid';
  const lessOf = (all: Part, isOptional: (one: Operation<Expiring>) => boolean, suffices: (some: Part) => boolean) => {
    const withThese = (some: Part) => {
      const kept = new Set(some);
      return all.filter((one) => !isOptional(one) || kept.has(one));
    };
    return withThese(fewer(all.filter(isOptional), (some) => suffices(withThese(some)), isAllowed));
  };
  const few = lessOf(operations, ({ f }) => f === 'get', isWrong);
  const reads = few.filter(({ f }) => f === 'get');
  const begunBefore = latestBegin(operations.filter(({ f, end }) => f !== 'get' && end !== NEVER));
  const found = new Set(reads.flatMap((read) => few.filter((one) => mayHaveFound(read, one, begunBefore(read.start)))));
  const isUseless = (one: Operation<Expiring>) => one.f !== 'get' && !found.has(one);
  // What a read found stays in sight, though it had been replaced or had expired.
  const isSet = (read: Operation<Expiring>, some: Part) => some.some((one) => isEarlierSetOf(read, one));
  return lessOf(few, isUseless, (some) => reads.every((read) => isSet(read, some)) && isWrong(some));
}

/** For a time: when that operation began that began last of those that ended before; -1 where none had. */
function latestBegin(changes: Part): (time: number) => number {
  return (time) => changes.reduce((latest, { start, end }) => (end < time ? Math.max(latest, start) : latest), -1);
}

/** Whether an operation set what a read found, before that ended. */
function isEarlierSetOf({ outcome, end }: Operation<Expiring>, set: Operation<Expiring>): boolean {
  if (set.f !== 'set' || outcome.type !== 'ok' || set.start > end) return false;
  return identity((set.input as Timed).value) === identity(outcome.output);
}

/** Whether it may have been what the read found: not replaced, by an operation that began later, nor expired. */
function mayHaveFound(read: Operation<Expiring>, set: Operation<Expiring>, replacedBy: number): boolean {
  if (!isEarlierSetOf(read, set) || set.end < replacedBy) return false;
  const { end, lives } = set.input as Timed;
  return lives === null || end + lives >= (read.input as Timed).start;
}

/** The operations with their times; reads that found nothing say nothing, and are left out. */
function timed(history: History<Cache>, livesMs: (input: unknown) => number | undefined): Part {
  return [...history].flatMap((operation): Operation<Expiring>[] => {
    const { f, input, outcome, startNs: start, end } = operation as Operation;
    if (f === 'get' && (outcome.type !== 'ok' || outcome.output === null)) return [];
    const ms = f === 'set' ? livesMs(input) : undefined;
    const times = {
      lives: ms === undefined ? null : ms * 1e6,
      start,
      end: end === NEVER ? AT_NO_TIME : operation.endNs,
    };
    const given = f === 'invalidate' ? null : { value: f === 'set' ? entry(input).value : null, ...times };
    return [{ ...operation, input: given } as unknown as Operation<Expiring>];
  });
}
