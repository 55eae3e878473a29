/**
 * From a history of registers to rows in sessions: who wrote what
 * was read, which operations count, and which reads no model allows.
 *
 * Every value is told apart by its writer, so a value that was read must have one possible writer (unique writes);
 * where it has several, its readers are taken as having read nothing, and the model can still be refuted but
 * not confirmed. What failed did not happen. An `info` happened if somebody observed it, and is otherwise left out,
 * which changes no verdict. A session is a process; one that continues after an `info` continues as a new session.
 */

import type { Anomaly } from '../checker.ts';
import { type Columns, FAIL, type History, INFO, OK } from '../history.ts';
import { hintsFor } from '../linearizable/explain-initial.ts';
import { unwrittenReads } from '../linearizable/explain-unwritten.ts';
import { sameJson } from '../linearizable/intern.ts';
import { INITIAL, type SessionRows } from './rows.ts';
import { ValueNumbers } from './values.ts';

/** How to judge the sessions of registers. */
export interface RegisterOptions {
  /** What every register holds before the first write; `null` when absent. */
  readonly initial?: unknown;
  /** Show with `valid` an order that proves it, for sequential and causal consistency. */
  readonly certificate?: boolean;
}

/** The rows of a history of registers; `operationOf` has the history's row of each. */
export interface RegisterSessions {
  readonly rows: SessionRows;
  readonly operationOf: Int32Array;
  /**
   * Reads that no model allows: of a value nobody wrote, or whose
   * write failed. A write that began only later is no anomaly here.
   */
  readonly anomalies: readonly Anomaly[];
  /** Why a model that is not refuted is not confirmed either. */
  readonly unsure: string | null;
}

/** `INITIAL` is another number. */
const NOBODY = -2;
const SEVERAL = -3;
const NONE = -1;
/** The most overlaps that a report lists. */
const LISTED = 8;

/** What each operation reads and writes, as numbers of values; `NONE` where it does not. */
interface Effects {
  readonly reads: Int32Array;
  readonly writes: Int32Array;
  /** By value: the operation that wrote it, `INITIAL`, `NOBODY` or `SEVERAL`. */
  readonly writer: Int32Array;
  readonly unsure: string | null;
}

/** Throws nothing: what is not an operation on registers is left out, and the verdict is not affirmed. O(n). */
export function registerSessions(history: History, options: RegisterOptions = {}): RegisterSessions {
  const { columns } = history;
  const initial = options.initial ?? null;
  const effects = effectsOf(columns, initial);
  const kept = keptOperations(columns, effects);
  const sessions = sessionsOf(history);
  const anomalies = [...sessions.overlapping, ...impossibleReads(history, effects, kept, initial)];
  return {
    ...layOut(columns, effects, kept, sessions),
    anomalies,
    unsure: effects.unsure ?? ambiguous(columns, effects, kept),
  };
}

function effectsOf(columns: Columns, initial: unknown): Effects {
  const n = columns.length;
  const numbers = new ValueNumbers(2 * n + 1);
  const reads = new Int32Array(n).fill(NONE);
  const writes = new Int32Array(n).fill(NONE);
  const writer = new Int32Array(2 * n + 1).fill(NOBODY);
  const codes = columns.fNames.map((name) => ['read', 'write', 'cas'].indexOf(name));
  let unsure: string | null = null;
  const number = (row: number, value: unknown): number => {
    const before = numbers.length;
    const at = numbers.number(columns.key[row] + 1, value);
    if (at === before && sameJson(value, initial)) writer[at] = INITIAL;
    return at;
  };
  const write = (row: number, value: unknown): void => {
    const at = number(row, value);
    writes[row] = at;
    if (columns.type[row] !== FAIL) writer[at] = writer[at] === NOBODY ? row : SEVERAL;
  };
  for (let row = 0; row < n; row++) {
    const code = codes[columns.f[row]];
    const input = columns.input[row];
    if (code === 0) {
      if (columns.type[row] === OK) reads[row] = number(row, columns.output[row] ?? null);
    } else if (code === 1) {
      write(row, input ?? null);
    } else if (code === 2 && Array.isArray(input) && input.length === 2) {
      reads[row] = number(row, input[0]);
      write(row, input[1]);
    } else {
      unsure ??= `operation ${columns.start[row]} is not a read, a write or a cas of a register`;
    }
  }
  return { reads, writes, writer, unsure };
}

/** The first read, if any, of a value that more than one operation may have written. */
function ambiguous(columns: Columns, { reads, writer }: Effects, kept: Uint8Array): string | null {
  for (let row = 0; row < columns.length; row++) {
    if (kept[row] === 0 || reads[row] < 0 || writer[reads[row]] !== SEVERAL) continue;
    return `${sentence(columns, row, 'read')} (operation ${columns.start[row]}), and it is not known whose write that was: the value was there more than once`;
  }
  return null;
}

/** All that is ok, and of what is `info` what was observed, directly or by an `info` that was observed itself. */
function keptOperations(columns: Columns, { reads, writes, writer }: Effects): Uint8Array {
  const kept = new Uint8Array(columns.length);
  const todo: number[] = [];
  for (let row = 0; row < columns.length; row++) {
    if (columns.type[row] !== OK || (reads[row] < 0 && writes[row] < 0)) continue;
    kept[row] = 1;
    todo.push(row);
    while (todo.length > 0) {
      const seen = reads[todo.pop() as number];
      const from = seen < 0 ? NONE : writer[seen];
      if (from < 0 || kept[from] === 1 || columns.type[from] !== INFO) continue;
      kept[from] = 1;
      todo.push(from);
    }
  }
  return kept;
}

interface Sessions {
  readonly count: number;
  /** The session of each operation. */
  readonly of: Int32Array;
  readonly overlapping: Anomaly[];
}

/**
 * The order within a process is that of the starts. Only where times say
 * something can an operation have begun before the last one had ended.
 */
function sessionsOf({ columns, realTime }: Pick<History, 'columns' | 'realTime'>): Sessions {
  const of = new Int32Array(columns.length);
  const latest = new Map<number, number>();
  const overlapping: Anomaly[] = [];
  let count = 0;
  for (let row = 0; row < columns.length; row++) {
    const process = columns.process[row];
    const before = latest.get(process);
    of[row] = before === undefined || columns.type[before] === INFO ? count++ : of[before];
    const began = before !== undefined && columns.type[before] !== INFO && columns.end[before] > columns.start[row];
    if (realTime && began && overlapping.length < LISTED) overlapping.push(overlap(columns, before, row));
    latest.set(process, row);
  }
  return { count, of, overlapping };
}

function overlap(columns: Columns, before: number, row: number): Anomaly {
  const process = columns.process[row];
  return {
    name: 'overlapping-operations',
    message: `Process ${process} began an operation before its last one had ended, so its operations are in no order.`,
    steps: [
      `operation ${columns.start[before]} of process ${process} ended at event ${columns.end[before]}`,
      `operation ${columns.start[row]} of process ${process} began before that, at event ${columns.start[row]}`,
    ],
    operations: [columns.start[before], columns.start[row]],
  };
}

/** Reads of what nobody wrote; whether there are any is soon known. */
function impossibleReads(history: History, effects: Effects, kept: Uint8Array, initial: unknown): Anomaly[] {
  const { reads, writes, writer } = effects;
  const { columns, realTime } = history;
  let row = 0;
  while (row < columns.length && (kept[row] === 0 || reads[row] < 0 || writer[reads[row]] !== NOBODY)) row++;
  if (row === columns.length) return [];
  return unwrittenReads({
    columns,
    realTime,
    found: (of) => (columns.type[of] === FAIL ? NONE : reads[of]),
    left: (of) => writes[of],
    writer: (value) => writer[value],
    isUnwritten: (value) => writer[value] === NOBODY,
    hints: hintsFor({ columns, realTime, initial }),
  });
}

/** What the operation in a row of the history did, for a person: `process 2 read x = 5`. */
export function sentence(columns: Columns, row: number, as?: 'read' | 'write'): string {
  const f = columns.fNames[columns.f[row]];
  const key = columns.key[row] < 0 ? '' : `${columns.keyNames[columns.key[row]]} = `;
  const who = `process ${columns.process[row]}`;
  if (f === 'write') return `${who} wrote ${key}${JSON.stringify(columns.input[row])}`;
  if (f !== 'cas') return `${who} read ${key}${JSON.stringify(columns.output[row])}`;
  const [old, next] = columns.input[row] as readonly unknown[];
  if (as === 'read') return `${who} found ${key}${JSON.stringify(old)}`;
  return `${who} replaced ${key}${JSON.stringify(old)} by ${JSON.stringify(next)}`;
}

/** Rows session by session; one pass in the order of the history, which is at one place of each session at a time. */
function layOut(columns: Columns, effects: Effects, kept: Uint8Array, sessions: Sessions) {
  const sessionAt = new Int32Array(sessions.count + 1);
  const readsUpTo = new Int32Array(sessions.count + 1);
  const writesUpTo = new Int32Array(sessions.count + 1);
  for (let row = 0; row < columns.length; row++) {
    if (kept[row] === 0) continue;
    const s = sessions.of[row] + 1;
    sessionAt[s]++;
    if (readsSomething(effects, row)) readsUpTo[s]++;
    if (effects.writes[row] >= 0) writesUpTo[s]++;
  }
  for (let s = 0; s < sessions.count; s++) {
    sessionAt[s + 1] += sessionAt[s];
    readsUpTo[s + 1] += readsUpTo[s];
    writesUpTo[s + 1] += writesUpTo[s];
  }
  const length = sessionAt[sessions.count];
  const rows = {
    length,
    keys: columns.keyNames.length + 1,
    sessionAt,
    sessionOf: new Int32Array(length),
    readAt: new Int32Array(length + 1),
    readKey: new Int32Array(readsUpTo[sessions.count]),
    readFrom: new Int32Array(readsUpTo[sessions.count]),
    writeAt: new Int32Array(length + 1),
    writeKey: new Int32Array(writesUpTo[sessions.count]),
  };
  const operationOf = new Int32Array(length);
  const rowOf = new Int32Array(columns.length);
  const next = sessionAt.slice();
  for (let row = 0; row < columns.length; row++) {
    if (kept[row] === 0) continue;
    const s = sessions.of[row];
    const at = next[s]++;
    rowOf[row] = at;
    operationOf[at] = row;
    rows.sessionOf[at] = s;
    if (readsSomething(effects, row)) {
      rows.readKey[readsUpTo[s]] = columns.key[row] + 1;
      rows.readFrom[readsUpTo[s]++] = effects.writer[effects.reads[row]];
    }
    if (effects.writes[row] >= 0) rows.writeKey[writesUpTo[s]++] = columns.key[row] + 1;
    rows.readAt[at + 1] = readsUpTo[s];
    rows.writeAt[at + 1] = writesUpTo[s];
  }
  for (let e = 0; e < rows.readFrom.length; e++) {
    if (rows.readFrom[e] !== INITIAL) rows.readFrom[e] = rowOf[rows.readFrom[e]];
  }
  return { rows, operationOf };
}

/** Whether the operation reads, and it is known from whom. */
function readsSomething({ reads, writer }: Effects, row: number): boolean {
  return reads[row] >= 0 && writer[reads[row]] !== SEVERAL && writer[reads[row]] !== NOBODY;
}
