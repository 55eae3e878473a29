/** Replicated registers and maps: which writes may be what is left. */
import type { Anomaly, Checker } from '../checker.ts';
import { type Columns, FAIL, OK } from '../history.ts';
import { anomaly, say, short } from '../monitors/findings.ts';
import { identity } from '../monitors/identity.ts';
import { replicated } from './convergence.ts';
import { shown } from './final-reads.ts';
import { certainlyAfter } from './replica-order.ts';

/** A register, or by key the entries of a map; `remove` writes null. */
export type ReplicatedRegister = {
  read(input: null): unknown;
  write(value: unknown): null;
  remove(input: null): null;
};

/** A register that keeps concurrent writes side by side. */
export type MultiValueRegister = {
  read(input: null): readonly unknown[];
  write(value: unknown): null;
};

export interface LastWriterWinsOptions {
  /**
   * Where timestamps come from. `logical` (the default): a write at a replica that knew of another has the larger timestamp. `wall`: so has a write that
   * began more than `skewMs` after another had ended.
   */
  readonly clock?: 'logical' | 'wall';
  readonly skewMs?: number;
}

/**
 * A register whose last write wins, by timestamp: in the end it holds a value that was written, and not one that an acknowledged write had
 * certainly replaced. By key, the same for a map's entries. O(n log n) a key for each write of the final value.
 */
export function lwwRegister(options: LastWriterWinsOptions = {}): Checker<ReplicatedRegister> {
  return replicated({ name: 'lww-register', final: (columns, rows, read) => judgeLast(columns, rows, read, options) });
}

/** A map whose entries are such registers, each under its key. */
export function lwwMap(options: LastWriterWinsOptions = {}): Checker<ReplicatedRegister> {
  return { ...lwwRegister(options), name: 'lww-map' };
}

/**
 * A register that keeps concurrent writes side by side: in the end it holds values that were written, none that an acknowledged write had certainly
 * replaced, and every acknowledged one that nothing can have replaced. O(n log n) a key for each of the values.
 */
export function mvRegister(): Checker<MultiValueRegister> {
  return replicated({ name: 'mv-register', unordered: true, final: judgeSiblings });
}

/** Rows of writes by value, a removal as the write of null; and of those that failed. */
interface Writes {
  readonly of: ReadonlyMap<unknown, readonly number[]>;
  readonly all: readonly number[];
  readonly failed: ReadonlyMap<unknown, number>;
}

function writesOf(columns: Columns, rows: readonly number[]): Writes {
  const of = new Map<unknown, number[]>();
  const all: number[] = [];
  const failed = new Map<unknown, number>();
  for (const row of rows) {
    const f = columns.fNames[columns.f[row]];
    if (f === 'read') continue;
    const value = f === 'remove' ? null : identity(columns.input[row]);
    if (columns.type[row] === FAIL) failed.set(value, row);
    else {
      all.push(row);
      of.set(value, [...(of.get(value) ?? []), row]);
    }
  }
  return { of, all, failed };
}

/** What a read saw: the only write of each value that it shows; of values written twice nothing is certain. */
function seenBy(columns: Columns, { of }: Writes, several: boolean): (row: number) => readonly number[] {
  return (row) => {
    if (columns.fNames[columns.f[row]] !== 'read') return [];
    const value = shown(columns, row);
    const values = several && Array.isArray(value) ? (value as readonly unknown[]) : [value];
    return values.flatMap((one) => {
      // Null is also what there is before the first write.
      const writes = one === null ? [] : (of.get(identity(one)) ?? []);
      return writes.length === 1 ? writes : [];
    });
  };
}

function judgeLast(
  columns: Columns,
  rows: readonly number[],
  read: number,
  options: LastWriterWinsOptions,
): readonly Anomaly[] {
  const writes = writesOf(columns, rows);
  const value = shown(columns, read);
  const candidates = writes.of.get(identity(value)) ?? [];
  if (candidates.length === 0) return [unwritten(columns, writes, value, read)].filter((one) => one !== undefined);
  const proofs = candidates.map((write) => replacedBy(columns, rows, write, writes, options));
  const replaced = proofs.filter((by) => by >= 0);
  if (replaced.length < candidates.length) return [];
  const by = replaced[0];
  const steps = [`${say(columns, candidates[0])} came before ${say(columns, by)}.`, say(columns, read)];
  const message = `The final value is ${short(value)}, which ${say(columns, by)} had replaced.`;
  return [anomaly(columns, 'lost-update', message, [...candidates, ...replaced, read], steps)];
}

/** A value that nobody wrote; null is what there was before the first write, and right if nothing was acknowledged. */
function unwritten(columns: Columns, { all, failed }: Writes, value: unknown, read: number): Anomaly | undefined {
  if (value === null) {
    const acked = all.find((row) => columns.type[row] === OK);
    if (acked === undefined) return undefined;
    const message = 'Nothing is there in the end, though something was written.';
    return anomaly(columns, 'lost', message, [acked, read], [say(columns, acked), say(columns, read)]);
  }
  const refused = failed.get(identity(value));
  const rows = refused === undefined ? [read] : [refused, read];
  const why = refused === undefined ? 'nobody wrote it' : 'writing it had failed';
  return anomaly(
    columns,
    'unexpected',
    `The final value is ${short(value)}, but ${why}.`,
    rows,
    rows.map((row) => say(columns, row)),
  );
}

/** An acknowledged write whose timestamp is certainly larger; -1 for none. */
function replacedBy(
  columns: Columns,
  rows: readonly number[],
  write: number,
  writes: Writes,
  options: LastWriterWinsOptions,
): number {
  const acked = writes.all.filter((row) => row !== write && columns.type[row] === OK);
  if (options.clock === 'wall') {
    const limit = columns.endNs[write] + (options.skewMs ?? 0) * 1e6;
    return acked.find((row) => columns.startNs[row] > limit) ?? -1;
  }
  const after = certainlyAfter(columns, rows, write, seenBy(columns, writes, false));
  return acked.find((row) => after.has(row)) ?? -1;
}

function judgeSiblings(columns: Columns, rows: readonly number[], read: number): readonly Anomaly[] {
  const writes = writesOf(columns, rows);
  const content = shown(columns, read);
  const values = Array.isArray(content) ? (content as readonly unknown[]) : content === null ? [] : [content];
  const anomalies: Anomaly[] = [];
  const kept = new Set<unknown>();
  for (const value of values) {
    const name = identity(value);
    if (kept.has(name))
      anomalies.push(anomaly(columns, 'duplicate', `The final read shows ${short(value)} twice.`, [read]));
    kept.add(name);
    const candidates = writes.of.get(name) ?? [];
    if (candidates.length === 0)
      anomalies.push(...[unwritten(columns, writes, value, read)].flatMap((found) => found ?? []));
    else anomalies.push(...replacedSibling(columns, rows, writes, candidates, read));
  }
  for (const [value, candidates] of writes.of) {
    const acked = candidates.find((row) => columns.type[row] === OK && alone(columns, writes, row));
    if (kept.has(value) || acked === undefined) continue;
    const message = `${short(columns.input[acked])} is gone in the end, though nothing can have replaced it.`;
    anomalies.push(anomaly(columns, 'lost', message, [acked, read], [say(columns, acked), say(columns, read)]));
  }
  return anomalies;
}

/** Whether every other write had ended before this one began. */
function alone(columns: Columns, { all }: Writes, write: number): boolean {
  return all.every((row) => row === write || columns.end[row] < columns.start[write]);
}

function replacedSibling(
  columns: Columns,
  rows: readonly number[],
  writes: Writes,
  candidates: readonly number[],
  read: number,
): readonly Anomaly[] {
  const proofs = candidates.map((write) => {
    const after = certainlyAfter(columns, rows, write, seenBy(columns, writes, true));
    return writes.all.find((row) => columns.type[row] === OK && after.has(row)) ?? -1;
  });
  if (proofs.includes(-1)) return [];
  const message = `${short(columns.input[candidates[0]])} is there in the end, though ${say(columns, proofs[0])} had replaced it.`;
  return [
    anomaly(
      columns,
      'resurrected',
      message,
      [...candidates, ...proofs, read],
      [say(columns, proofs[0]), say(columns, read)],
    ),
  ];
}
