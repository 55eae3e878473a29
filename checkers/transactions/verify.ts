/**
 * Checks the certificate of a valid verdict by replaying it, from
 * the history alone: it shares no code with the analysis that made it.
 */

import { FAIL, type History, INFO, OK } from '../history.ts';
import { canonical } from '../monitors/identity.ts';
import { initialOf } from './initial-of.ts';

/**
 * Transactions one after the other (`serial`), or the moments at
 * which each read and wrote (`snapshot`). Operations by `start`.
 */
export type TransactionCertificate =
  | { readonly kind: 'serial'; readonly order: readonly number[] }
  | { readonly kind: 'snapshot'; readonly moments: readonly (readonly ['begin' | 'commit', number])[] };

/** What an order must respect beside the data, and whether two transactions that write the same key may overlap. */
export interface OrderPromise {
  readonly time: 'none' | 'session' | 'real';
  readonly conflicts: boolean;
}

type Mop = readonly [string, unknown, unknown?];

/**
 * Null where the certificate proves it, else what is wrong with
 * the certificate. Linear in the history and the lists read.
 */
export function refute(
  history: History,
  certificate: TransactionCertificate,
  promise: OrderPromise,
  initial: unknown = null,
): string | null {
  const moments =
    certificate.kind === 'serial'
      ? certificate.order.flatMap((start) => [['begin', start] as const, ['commit', start] as const])
      : certificate.moments;
  return new Replay(history, promise, initial).run(moments);
}

class Replay {
  private readonly history: History;
  private readonly promise: OrderPromise;
  private readonly initial: unknown;
  private readonly row = new Map<number, number>();
  private readonly state = new Map<unknown, unknown[]>();
  /** When each key was last written. */
  private readonly written = new Map<unknown, number>();
  private readonly begun = new Map<number, number>();
  private readonly committed = new Set<number>();
  private readonly session = new Map<number, number>();
  private readonly sessionOf: number[] = [];
  private readonly lists: boolean;
  private latestStart = -1;

  constructor(history: History, promise: OrderPromise, initial: unknown) {
    this.history = history;
    this.promise = promise;
    this.initial = initial;
    // A process that continues after an operation that never returned is another session.
    const current = new Map<number, number>();
    const { process, type, start } = history.columns;
    for (let row = 0; row < history.length; row++) {
      this.row.set(start[row], row);
      this.sessionOf.push(current.get(process[row]) ?? row);
      if (type[row] === INFO) current.delete(process[row]);
      else current.set(process[row], this.sessionOf[row]);
    }
    const list = (mops: unknown): boolean =>
      Array.isArray(mops) && mops.some((mop) => mop?.[0] === 'append' || Array.isArray(mop?.[2]));
    this.lists = history.columns.input.some(list) || history.columns.output.some(list);
  }

  run(moments: readonly (readonly ['begin' | 'commit', number])[]): string | null {
    for (let at = 0; at < moments.length; at++) {
      const [kind, start] = moments[at];
      const row = this.row.get(start);
      if (row === undefined || this.history.columns.type[row] === FAIL) return `operation ${start} did not happen`;
      const wrong = kind === 'begin' ? this.begin(row, at) : this.commit(row, at);
      if (wrong) return `operation ${start}: ${wrong}`;
    }
    const { type, start, f, fNames } = this.history.columns;
    const txn = fNames.indexOf('txn');
    for (let row = 0; row < this.history.length; row++)
      if (type[row] === OK && (txn < 0 || f[row] === txn) && !this.committed.has(row))
        return `operation ${start[row]} is missing`;
    return null;
  }

  private begin(row: number, at: number): string | null {
    const { start, process } = this.history.columns;
    if (this.begun.has(row)) return 'it begins twice';
    this.begun.set(row, at);
    const before = this.session.get(this.sessionOf[row]);
    if (this.promise.time !== 'none' && before !== undefined && process[row] >= 0) {
      if (!this.committed.has(before)) return 'its process had not committed the one before';
      if (start[before] > start[row]) return 'its process made it before the one before';
    }
    this.session.set(this.sessionOf[row], row);
    this.latestStart = Math.max(this.latestStart, start[row]);
    return this.reads(row);
  }

  private reads(row: number): string | null {
    if (this.history.columns.type[row] !== OK) return null;
    const own = new Map<unknown, unknown[]>();
    for (const [f, rawKey, value] of this.mops(row)) {
      const key = keyOf(rawKey);
      const mine = own.get(key) ?? [];
      own.set(key, mine);
      if (f !== 'r') {
        mine.push(value);
        continue;
      }
      const held = this.state.get(key) ?? [];
      const fits = this.lists
        ? sameList((value ?? []) as unknown[], held, mine)
        : same(value ?? null, (mine.length > 0 ? mine : held).at(-1) ?? initialOf(this.initial, rawKey));
      if (!fits) return `it read ${JSON.stringify(value)} from ${String(rawKey)}, which holds something else`;
    }
    return null;
  }

  private commit(row: number, at: number): string | null {
    const { end } = this.history.columns;
    const begun = this.begun.get(row);
    if (begun === undefined || this.committed.has(row)) return 'it commits without having begun';
    if (this.promise.time === 'real' && end[row] < this.latestStart)
      return 'it had ended before another began that is put before it';
    this.committed.add(row);
    for (const [f, rawKey, value] of this.mops(row)) {
      if (f === 'r') continue;
      const key = keyOf(rawKey);
      const last = this.written.get(key);
      if (this.promise.conflicts && last !== undefined && last > begun && last !== at)
        return 'another wrote the same key meanwhile';
      this.written.set(key, at);
      const held = this.state.get(key) ?? [];
      this.state.set(key, held);
      if (f === 'append') held.push(value);
      else held[0] = value;
    }
    return null;
  }

  private mops(row: number): readonly Mop[] {
    const { type, input, output } = this.history.columns;
    return ((type[row] === OK ? (output[row] ?? input[row]) : input[row]) ?? []) as Mop[];
  }
}

const keyOf = (key: unknown): unknown => (typeof key === 'object' ? canonical(key) : key);

const same = (a: unknown, b: unknown): boolean => a === b || canonical(a) === canonical(b);

/** Whether a list is what a key holds, and then the transaction's own appends. */
function sameList(list: readonly unknown[], held: readonly unknown[], own: readonly unknown[]): boolean {
  if (list.length !== held.length + own.length) return false;
  for (let i = 0; i < list.length; i++)
    if (!same(list[i], i < held.length ? held[i] : own[i - held.length])) return false;
  return true;
}
