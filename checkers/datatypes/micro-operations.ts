/**
 * Transactions as lists of micro-operations: `["r", key, value]`,
 * `["append", key, element]`, `["rp", predicate, rows]`, `["poll", messages]`.
 */
import { sameJson } from '../formats/json.ts';
import { type Shape, shown } from './shape.ts';

/** One step of a transaction: its kind, and what that is about. */
export type MicroOperation = readonly unknown[];

/** Kinds that observe: everything behind what they ask for is their result. */
const ASKED: Readonly<Record<string, number>> = { r: 2, read: 2, rp: 2, poll: 1 };

/** Whether this is a list of micro-operations; an empty list does not count, since it could be an empty value. */
export function isMops(value: unknown): value is readonly MicroOperation[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((mop) => Array.isArray(mop) && typeof mop[0] === 'string' && (mop.length > 1 || mop[0] in ALONE))
  );
}

/** Kinds that may stand without a key. */
const ALONE: Readonly<Record<string, true>> = { poll: true, abort: true };

/** The transaction as it was asked for: without the results that a tool may have filled in. */
export function askedFor(mops: readonly MicroOperation[]): readonly MicroOperation[] {
  for (let at = 0; at < mops.length; at++)
    if (isFilledIn(mops[at] as MicroOperation)) return mops.map((mop) => (isFilledIn(mop) ? blanked(mop) : mop));
  return mops;
}

function isFilledIn(mop: MicroOperation): boolean {
  for (let at = askedOf(mop[0]); at < mop.length; at++) if (mop[at] !== null) return true;
  return false;
}

/**
 * How many parts of a micro-operation are asked for; all, where it observes nothing. Millions of them are looked at.
 */
function askedOf(kind: unknown): number {
  if (kind === 'r') return 2;
  if (kind === 'append' || kind === 'w') return Number.POSITIVE_INFINITY;
  return ASKED[kind as string] ?? Number.POSITIVE_INFINITY;
}

function blanked(mop: MicroOperation): MicroOperation {
  return mop[0] === 'poll' ? ['poll'] : [...mop.slice(0, ASKED[mop[0] as string]), null];
}

/** Transactions of reads and of one kind of write. */
export interface Plain {
  readonly write: string;
  /** What reads may show beside null; anything where absent. */
  readonly reads: Shape | undefined;
}

/**
 * Whether a transaction completed with what was asked for, in the plainest form: `["r", key, null]` and its result,
 * `[write, key, value]` as it was. Of most histories all are such, and millions are looked at: one pass over each.
 */
export function isPlainlyDone(asked: unknown, done: unknown, { write, reads }: Plain): boolean {
  if (!Array.isArray(asked) || !Array.isArray(done) || asked.length !== done.length) return false;
  for (let at = 0; at < asked.length; at++) {
    const mop = asked[at] as unknown;
    const result = done[at] as unknown;
    if (!Array.isArray(mop) || !Array.isArray(result) || mop.length !== 3 || result.length !== 3) return false;
    const kind = mop[0] as unknown;
    const key = mop[1] as unknown;
    const value = mop[2] as unknown;
    if (kind !== result[0] || key !== result[1] || (typeof key !== 'number' && typeof key !== 'string')) return false;
    if (kind === 'r') {
      if (value !== null || (result[2] !== null && reads && !reads.fits(result[2]))) return false;
    } else if (kind !== write || value !== result[2] || value === undefined) return false;
  }
  return true;
}

/**
 * How a completed transaction differs from the one that was asked for: in words,
 * or undefined where it is the same with its results. Results of reads and polls
 * are free, a `send` may have gained its offset, and nulls at the end do not count.
 */
export function differs(asked: readonly MicroOperation[], completed: unknown): string | undefined {
  if (!Array.isArray(completed)) return `it completes with ${shown(completed)}, which is no list of micro-operations`;
  if (completed.length !== asked.length)
    return `${count(asked.length)} asked for, and ${count(completed.length)} completed`;
  for (let at = 0; at < asked.length; at++) {
    const mop = asked[at] as MicroOperation;
    const done = completed[at] as unknown;
    if (!Array.isArray(done) || !isSame(mop, done)) return `${shown(mop)} was asked for, and ${shown(done)} completed`;
  }
  return undefined;
}

function count(mops: number): string {
  return mops === 1 ? '1 micro-operation was' : `${mops} micro-operations were`;
}

function isSame(asked: MicroOperation, done: MicroOperation): boolean {
  if (asked === done) return true;
  const kind = asked[0];
  const key = asked[1];
  const free = askedOf(kind);
  if (free <= 2) return kind === done[0] && (free < 2 || key === done[1] || sameJson(key, done[1]));
  if (kind === done[0] && key === done[1] && asked[2] === done[2] && asked.length <= 3 && done.length <= 3) return true;
  if (kind === 'send' && done[0] === 'send' && sameJson(key, done[1]) && hasOffset(done[2], asked[2])) return true;
  const length = Math.max(asked.length, done.length);
  for (let at = 0; at < length; at++) if (!sameJson(asked[at] ?? null, done[at] ?? null)) return false;
  return true;
}

/** `[offset, message]`, where the offset may not be known. */
function hasOffset(sent: unknown, message: unknown): boolean {
  return Array.isArray(sent) && sent.length === 2 && sameJson(sent[1], message);
}
