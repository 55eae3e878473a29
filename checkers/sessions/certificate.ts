/**
 * The independent half of a certificate: whether an order of operations shows what it claims to.
 * It knows nothing of how the order was found, and reads the history by operations, not by rows.
 */

import type { History, Operation } from '../history.ts';
import type { Register } from '../models/register.ts';
import { canonical } from '../monitors/identity.ts';

/** An operation as an effect: what it found, what it left, and in which session. */
interface Effect {
  readonly session: number;
  readonly key: string;
  /** Absent where it only writes. */
  readonly found?: string;
  /** Absent where it only reads. */
  readonly left?: string;
}

/**
 * Whether replaying the operations in this order, by `start`,
 * gives every read what it returned, and keeps the sessions. O(n).
 */
export function showsSequential(history: History<Register>, order: readonly number[], initial: unknown): boolean {
  const effects = effectsOf(history, order);
  if (effects === null) return false;
  const registers = new Map<string, string>();
  return effects.every(({ key, found, left }) => {
    const right = found === undefined || found === (registers.get(key) ?? canonical(initial));
    if (left !== undefined) registers.set(key, left);
    return right;
  });
}

/**
 * Whether in this order, by `start`, every read returns the last of the writes of its key in its causal past: CCv.
 * The order must keep sessions, and every write must come before its reads. Time and memory O(n k) for k sessions.
 */
export function showsConvergence(history: History<Register>, order: readonly number[], initial: unknown): boolean {
  const effects = effectsOf(history, order);
  if (effects === null) return false;
  const sessions = effects.reduce((most, { session }) => Math.max(most, session + 1), 0);
  /** By session: how much of each session is in the past of its next operation; one's own operations count. */
  const clocks = Array.from({ length: sessions }, () => new Int32Array(sessions));
  const clockOf = new Map<string, Int32Array>();
  const writes = Array.from({ length: sessions }, () => new Map<string, Write[]>());
  for (const [at, { session, key, found, left }] of effects.entries()) {
    const clock = clocks[session];
    if (found !== undefined) {
      const from = clockOf.get(`${key} ${found}`);
      for (let s = 0; from && s < sessions; s++) clock[s] = Math.max(clock[s], from[s]);
      if (found !== (lastSeen(writes, key, clock) ?? canonical(initial))) return false;
    }
    clock[session]++;
    if (left === undefined) continue;
    const ofKey = writes[session].get(key);
    const write = { until: clock[session], left, at };
    if (ofKey) ofKey.push(write);
    else writes[session].set(key, [write]);
    clockOf.set(`${key} ${left}`, clock.slice());
  }
  return true;
}

/** A write of one session: how much of the session there is up to it, what it left, and where it is in the order. */
interface Write {
  readonly until: number;
  readonly left: string;
  readonly at: number;
}

/** What the write of the key left that is last in the order, of those within the clock. */
function lastSeen(writes: readonly Map<string, Write[]>[], key: string, clock: Int32Array): string | undefined {
  let last: Write | undefined;
  for (let s = 0; s < writes.length; s++) {
    const seen = writes[s].get(key)?.findLast(({ until }) => until <= clock[s]);
    if (seen && (!last || seen.at > last.at)) last = seen;
  }
  return last?.left;
}

/**
 * The effects in the order claimed; null where it leaves an `ok` out,
 * repeats an operation, has a failed one or turns a session around.
 */
function effectsOf(history: History<Register>, order: readonly number[]): Effect[] | null {
  const { sessionOf, byStart, ok } = sessionsOf(history);
  const numbers = new Map<number, number>();
  const latest = new Map<number, number>();
  const effects: Effect[] = [];
  let missing = ok;
  for (const start of order) {
    const operation = byStart.get(start);
    const session = sessionOf.get(start) ?? -1;
    if (!operation || operation.outcome.type === 'fail' || start <= (latest.get(session) ?? -1)) return null;
    latest.set(session, start);
    if (operation.outcome.type === 'ok') missing--;
    if (!numbers.has(session)) numbers.set(session, numbers.size);
    effects.push(effectOf(operation, numbers.get(session) as number));
  }
  return missing === 0 ? effects : null;
}

/**
 * The operations by `start`, the session of each, and how many
 * are `ok`. A process continues after an `info` as a new session.
 */
function sessionsOf(history: History<Register>) {
  const byStart = new Map<number, Operation<Register>>();
  const sessionOf = new Map<number, number>();
  const current = new Map<number, number>();
  let ok = 0;
  for (const operation of history) {
    byStart.set(operation.start, operation);
    const session = current.get(operation.process) ?? operation.start;
    sessionOf.set(operation.start, session);
    if (operation.outcome.type === 'info') current.delete(operation.process);
    else current.set(operation.process, session);
    if (operation.outcome.type === 'ok') ok++;
  }
  return { byStart, sessionOf, ok };
}

function effectOf(operation: Operation<Register>, session: number): Effect {
  const base = { session, key: operation.key ?? '' };
  if (operation.f === 'write') return { ...base, left: canonical(operation.input) };
  if (operation.f === 'cas') {
    return { ...base, found: canonical(operation.input[0]), left: canonical(operation.input[1]) };
  }
  return { ...base, found: canonical(operation.outcome.type === 'ok' ? operation.outcome.output : null) };
}
