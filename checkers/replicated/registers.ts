/** Replicated registers and maps: which writes may be what is left. */
import type { Anomaly, Checker } from '../checker.ts';
import { type Columns, FAIL, OK } from '../history.ts';
import { baseless, untimed, untimedReason, WROTE } from '../monitors/begun.ts';
import { anomaly, say, short } from '../monitors/findings.ts';
import { identity } from '../monitors/identity.ts';
import { endedBefore } from '../monitors/real-time.ts';
import { type ReplicatedType, replicated } from './convergence.ts';
import { shown } from './final-reads.ts';
import { certainlyAfter, wayOfNews } from './replica-order.ts';
import { unwrittenValue } from './unanswered.ts';

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

/** How to judge a register whose last write wins. */
export interface LastWriterWinsOptions {
  /**
   * Where timestamps come from. `logical` (the default): a write at a replica that knew of another has
   * the larger timestamp. `wall`: so has a write that began more than `skewMs` after another had ended.
   */
  readonly clock?: 'logical' | 'wall';
  readonly skewMs?: number;
}

/**
 * A register whose last write wins, by timestamp: in the end it holds a value that was
 * written, and not one that an acknowledged write had certainly replaced. By key,
 * the same for a map's entries. O(n log n) a key for each write of the final value.
 */
export function lwwRegister(options: LastWriterWinsOptions = {}): Checker<ReplicatedRegister> {
  return replicated({
    name: 'lww-register',
    ...sameRegisters,
    judge: (columns, rows, reads) => {
      const read = reads.at(-1);
      const writes = writesOf(columns, rows);
      const { anomalies, unsure } = madeUp(columns, rows, writes, false);
      const final = read === undefined ? [] : judgeLast(columns, rows, read, writes, options);
      return { always: anomalies, final, unsure };
    },
  } satisfies ReplicatedType);
}

/** What makes two values of a replicated register the same. */
export const sameRegisters = { certain: unwrittenValue(false) } as const;
/** And two lists of concurrent writes. */
export const sameSiblings = { certain: unwrittenValue(true), unordered: true } as const;

/** A map whose entries are such registers, each under its key. */
export function lwwMap(options: LastWriterWinsOptions = {}): Checker<ReplicatedRegister> {
  return { ...lwwRegister(options), name: 'lww-map' };
}

/**
 * A register that keeps concurrent writes side by side: in the end it holds values
 * that were written, none that an acknowledged write had certainly replaced, and every
 * acknowledged one that nothing can have replaced. O(n log n) a key for each of the values.
 */
export function mvRegister(): Checker<MultiValueRegister> {
  return replicated({
    name: 'mv-register',
    ...sameSiblings,
    judge: (columns, rows, reads) => {
      const read = reads.at(-1);
      const writes = writesOf(columns, rows);
      const { anomalies, unsure } = madeUp(columns, rows, writes, true);
      return { always: anomalies, final: read === undefined ? [] : judgeSiblings(columns, rows, read, writes), unsure };
    },
  } satisfies ReplicatedType);
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

/** The values that a read shows; null is also what there is before the first write. */
function valuesOf(columns: Columns, row: number, several: boolean): readonly unknown[] {
  if (columns.type[row] !== OK || columns.fNames[columns.f[row]] !== 'read') return [];
  const value = shown(columns, row);
  return (several && Array.isArray(value) ? (value as readonly unknown[]) : [value]).filter((one) => one !== null);
}

/** Values that were read when nobody had begun to write them; and why nobody can tell, where there is no real time. */
function madeUp(
  columns: Columns,
  rows: readonly number[],
  { of, failed }: Writes,
  several: boolean,
): { anomalies: readonly Anomaly[]; unsure?: string | undefined } {
  const soonest = new Map<unknown, { readonly value: unknown; readonly row: number }>();
  let early: number | undefined;
  const origin = (name: unknown) => ({ begun: of.get(name) ?? [], failed: failed.get(name) ?? -1 });
  for (const row of rows)
    for (const value of valuesOf(columns, row, several)) {
      const name = identity(value);
      const before = soonest.get(name);
      if (!before || columns.end[row] < columns.end[before.row]) soonest.set(name, { value, row });
      if (early === undefined && untimed(columns, origin(name), row)) early = row;
    }
  const anomalies = [...soonest].flatMap(
    ([name, { value, row }]) => baseless(columns, WROTE, `A read shows ${short(value)}`, row, origin(name)) ?? [],
  );
  return { anomalies, unsure: early === undefined ? undefined : untimedReason(columns, early) };
}

/** What a read saw: the only write of each value that it shows; of values written twice nothing is certain. */
function seenBy(columns: Columns, { of }: Writes, several: boolean): (row: number) => readonly number[] {
  return (row) =>
    valuesOf(columns, row, several).flatMap((one) => {
      const writes = of.get(identity(one)) ?? [];
      return writes.length === 1 ? writes : [];
    });
}

function judgeLast(
  columns: Columns,
  rows: readonly number[],
  read: number,
  writes: Writes,
  options: LastWriterWinsOptions,
): readonly Anomaly[] {
  const value = shown(columns, read);
  const candidates = writes.of.get(identity(value)) ?? [];
  if (candidates.length === 0) return value === null ? vanished(columns, writes, read) : [];
  const proofs = candidates.map((write) => replacedBy(columns, rows, write, writes, options));
  const last = proofs.map((proof) => proof.at(-1)).filter((row) => row !== undefined);
  if (last.length < candidates.length) return [];
  const by = last[0];
  const steps = [`${say(columns, candidates[0])} came before ${say(columns, by)}.`, say(columns, read)];
  const message = `The final value is ${short(value)}, which ${say(columns, by)} had replaced.`;
  return [anomaly(columns, 'lost-update', message, [...candidates, ...proofs.flat(), read], steps)];
}

/** Null is what there was before the first write, and right if nothing was acknowledged. */
function vanished(columns: Columns, { all }: Writes, read: number): readonly Anomaly[] {
  const acked = all.find((row) => columns.type[row] === OK);
  if (acked === undefined) return [];
  const message = 'Nothing is there in the end, though something was written.';
  return [anomaly(columns, 'lost', message, [acked, read], [say(columns, acked), say(columns, read)])];
}

/**
 * An acknowledged write whose timestamp is certainly larger,
 * after the operations by which its replica knew; empty for none.
 */
function replacedBy(
  columns: Columns,
  rows: readonly number[],
  write: number,
  writes: Writes,
  options: LastWriterWinsOptions,
): readonly number[] {
  const acked = writes.all.filter((row) => row !== write && columns.type[row] === OK);
  if (options.clock === 'wall') {
    const limit = columns.endNs[write] + (options.skewMs ?? 0) * 1e6;
    return acked.filter((row) => columns.realTime && columns.startNs[row] > limit).slice(0, 1);
  }
  return laterBy(columns, rows, write, acked, seenBy(columns, writes, false));
}

/**
 * The first of these writes that certainly came after another,
 * after the operations by which its replica knew; empty for none.
 */
function laterBy(
  columns: Columns,
  rows: readonly number[],
  write: number,
  acked: readonly number[],
  shows: (row: number) => readonly number[],
): readonly number[] {
  const after = certainlyAfter(columns, rows, write, shows);
  const later = acked.find((row) => after.has(row));
  return later === undefined ? [] : [...wayOfNews(after, write, later, shows), later];
}

function judgeSiblings(columns: Columns, rows: readonly number[], read: number, writes: Writes): readonly Anomaly[] {
  const content = shown(columns, read);
  const values = Array.isArray(content) ? (content as readonly unknown[]) : content === null ? [] : [content];
  const anomalies: Anomaly[] = [];
  const kept = new Set<unknown>();
  for (const value of values) {
    const name = identity(value);
    if (kept.has(name))
      anomalies.push(anomaly(columns, 'duplicate', `The final read shows ${short(value)} twice.`, [read]));
    kept.add(name);
    anomalies.push(...replacedSibling(columns, rows, writes, writes.of.get(name) ?? [], read));
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
  return all.every((row) => row === write || endedBefore(columns, row, write));
}

function replacedSibling(
  columns: Columns,
  rows: readonly number[],
  writes: Writes,
  candidates: readonly number[],
  read: number,
): readonly Anomaly[] {
  const acked = writes.all.filter((row) => columns.type[row] === OK);
  const shows = seenBy(columns, writes, true);
  const proofs = candidates.map((write) => laterBy(columns, rows, write, acked, shows));
  const [first] = proofs;
  if (first === undefined || proofs.some((proof) => proof.length === 0)) return [];
  const by = first.at(-1) as number;
  const message = `${short(columns.input[candidates[0]])} is there in the end, though ${say(columns, by)} had replaced it.`;
  const named = [...candidates, ...proofs.flat(), read];
  return [anomaly(columns, 'resurrected', message, named, [say(columns, by), say(columns, read)])];
}
