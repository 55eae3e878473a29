/**
 * Locks with leases and what they guard: a visit acquires a lock and, where that is granted, reads
 * the guarded resource, writes to it what it made of that, and lets go. Some holders dawdle past
 * their lease and act all the same, as a process does that was paused. Every written value is unique.
 */
import { fencingTokens, leaseLock } from 'elle-ts';
import type { GuardedLocks } from '../systems/lock/guarded.ts';
import { callTimes, type Slot } from './call-times.ts';
import { deadlockFree } from './deadlock-free.ts';
import { guardedResource } from './guarded-resource.ts';
import { drawKeys, drawPlaces, keyNames } from './keys.ts';
import type { Draw, PlannedCall, Workload, WorkloadOptions } from './workload.ts';

/** How long a lease is asked for where nobody says; shorter where others are likely to wait for it to run out. */
const TTL_MS = 100;
const SHORT_TTL_MS = 20;
/** A holder that dawdles pauses for its lease and up to so much more, where nobody says. */
const BEYOND_MS = 1400;
/** The last leases serve to see who is granted anything: all nodes ask for them, one after the other. */
const LAST_TTL_MS = 5;
/** Real software may take longer to grant a lease: where longer ones are asked for throughout, so are the last ones. */
const LONG_LAST_TTL_MS = 500;
/** A visit makes at most so many calls, each with an id of its own. */
const CALLS = 10;

/** Visits of several calls each, at a rate that makes about as many calls as were asked for. */
function visits(draw: Draw, options: WorkloadOptions, callsEach: number): readonly Slot[] {
  return callTimes(draw, { ...options, ratePerSecond: options.ratePerSecond / callsEach });
}

/** An input that names what an earlier call of the visit was answered. */
const answerOf = (id: number, field?: string) => ({ $answer: id, ...(field ? { field } : {}) });

function planned(
  { id, client, node, atMs }: Slot,
  i: number,
  afterMs: number,
  call: object,
): PlannedCall<GuardedLocks> {
  return { id: id * CALLS + i, client, node, atMs: Math.round(atMs + afterMs), ...call } as PlannedCall<GuardedLocks>;
}

function calls(draw: Draw, options: WorkloadOptions): readonly PlannedCall<GuardedLocks>[] {
  const drawKey = drawKeys(draw, options);
  const { leaseMs: ttlMs = TTL_MS, dawdleMs } = options;
  const dawdle = () => dawdleMs ?? ttlMs + BEYOND_MS * draw('pause');
  return visits(draw, options, 3).flatMap((slot) => {
    const key = drawKey();
    const acquire = slot.id * CALLS + 1;
    const grant = answerOf(acquire);
    const token = answerOf(acquire, 'token');
    const pause = () => (draw('dawdles') < 0.25 ? dawdle() : 20 * draw('pause'));
    const used = pause();
    const renewed = used + pause();
    const written = renewed + pause();
    const seen = answerOf(slot.id * CALLS + 2);
    return [
      planned(slot, 1, 0, { f: 'acquire', key, input: { ttlMs, wait: false, grant: null } }),
      planned(slot, 2, used, { f: 'use', key, input: { grant, token }, needs: acquire }),
      ...(slot.f === 'renew'
        ? [planned(slot, 3, renewed, { f: 'renew', key, input: { ttlMs, grant }, needs: acquire })]
        : []),
      planned(slot, 4, written, { f: 'write', key, input: { grant, token, value: slot.id, seen }, needs: acquire }),
      planned(slot, 5, written + pause(), { f: 'release', key, input: { grant }, needs: acquire }),
    ];
  });
}

function final(keys: readonly string[], calls: readonly PlannedCall<GuardedLocks>[]) {
  const asked = calls.find(({ f }) => f === 'acquire')?.input as Parameters<GuardedLocks['acquire']>[0] | undefined;
  const longMs = asked?.ttlMs ?? 0;
  const ttlMs = longMs > TTL_MS ? Math.min(LONG_LAST_TTL_MS, longMs / 4) : LAST_TTL_MS;
  return keys.map((key) => ({ f: 'acquire', key, input: { ttlMs, wait: false, grant: null } }) as const);
}

const checkers = [leaseLock({ ttlMs: TTL_MS }), fencingTokens(), guardedResource, deadlockFree];

export const leaseLockWorkload = {
  name: 'lease-lock',
  datatype: 'lease-lock',
  mix: { acquire: 1, use: 1, renew: 3, write: 1, release: 1 },
  heeds: ['keys', 'skew', 'mix', 'lease', 'dawdle'],
  rare: ['renew', 'write', 'release'],
  calls,
  final,
  finalOnce: true,
  finalSucceeds: true,
  checkers,
} as unknown as Workload<GuardedLocks>;

/** Visits that hold one lock while they wait for another, in any order. */
function nestedCalls(draw: Draw, options: WorkloadOptions): readonly PlannedCall<GuardedLocks>[] {
  const keys = keyNames(Math.max(2, options.keys));
  const drawPlace = drawPlaces(draw, { ...options, keys: keys.length });
  const { leaseMs: ttlMs = SHORT_TTL_MS } = options;
  return visits(draw, options, 4).flatMap((slot) => {
    const at = drawPlace();
    const further = 1 + Math.min(keys.length - 2, Math.floor(draw('other key') * (keys.length - 1)));
    const [outer, inner] = [keys[at]!, keys[(at + further) % keys.length]!];
    const pause = () => 60 * draw('pause');
    const [outerId, innerId] = [slot.id * CALLS + 1, slot.id * CALLS + 2];
    const [first, second] = [answerOf(outerId), answerOf(innerId)];
    const nested = pause();
    const done = nested + pause();
    return [
      planned(slot, 1, 0, { f: 'acquire', key: outer, input: { ttlMs, wait: true, grant: null } }),
      planned(slot, 2, nested, {
        f: 'acquire',
        key: inner,
        input: { ttlMs, wait: true, grant: first },
        needs: outerId,
      }),
      planned(slot, 3, done, { f: 'release', key: inner, input: { grant: second }, needs: innerId }),
      planned(slot, 4, done + pause(), { f: 'release', key: outer, input: { grant: first }, needs: outerId }),
    ];
  });
}

export const nestedLocksWorkload = {
  name: 'nested-locks',
  datatype: 'lease-lock',
  mix: { acquire: 1, release: 1 },
  heeds: ['keys', 'skew', 'lease'],
  rare: ['release'],
  calls: nestedCalls,
  final,
  finalOnce: true,
  finalSucceeds: true,
  checkers,
} as unknown as Workload<GuardedLocks>;
