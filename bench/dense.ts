/**
 * Dense histories of registers for measurements: every client nearly always has an
 * operation in flight. Each operation takes effect at a random instant of its interval;
 * one that crashes never returns, and takes effect with probability one half.
 */
import { HistoryBuilder, type Outcome, type Register } from 'elle-ts';
import { randomOf } from './histories.ts';

export interface Dense {
  readonly operations: number;
  readonly clients: number;
  /** The part of the operations that never return. */
  readonly crashed?: number;
  /** How many different values are written; absent: each write its own. */
  readonly values?: number;
  readonly keys?: number;
  /** The part of the operations that are swaps of what the client saw last, most of which are refused. */
  readonly swaps?: number;
  /** The part of the operations other than swaps that are reads; half of them where absent. */
  readonly reads?: number;
  /**
   * Makes one read, at nine tenths of the history, return a value that was overwritten before it began. With few
   * `values` it is one more, which is written once, at a tenth: of no other value is it certain that it was gone.
   */
  readonly stale?: boolean;
  readonly seed?: number;
}

/**
 * The history as columns. Kinds are 0 for a read, 1 for a write, 2 for a swap
 * and 3 for a refused one; values begin at 1, and 0 is what is there at first.
 */
export interface DenseRows {
  readonly length: number;
  readonly events: number;
  readonly process: Int32Array;
  readonly start: Int32Array;
  /** `NEVER` for a crashed one. */
  readonly end: Int32Array;
  readonly type: Uint8Array;
  readonly kind: Uint8Array;
  readonly value: Int32Array;
  /** What a swap expected. */
  readonly old: Int32Array;
  readonly key: Int32Array;
}

const NEVER = 0x7fffffff;

/** A client: what it does next, and when. */
interface Client {
  name: number;
  row: number;
  phase: 'begin' | 'effect' | 'return';
  at: number;
  left: number;
  /** The row in which it saw a value last, and that value. */
  seen: number;
  saw: number;
}

export function denseRows(shape: Dense): DenseRows {
  const { operations, clients } = shape;
  const random = randomOf(shape.seed ?? 1);
  const rows = {
    length: operations,
    events: 0,
    process: new Int32Array(operations),
    start: new Int32Array(operations),
    end: new Int32Array(operations).fill(NEVER),
    type: new Uint8Array(operations),
    kind: new Uint8Array(operations),
    value: new Int32Array(operations),
    old: new Int32Array(operations),
    key: new Int32Array(operations),
  };
  const state = new Int32Array(shape.keys ?? 1);
  const all = Array.from(
    { length: clients },
    (_, name): Client => ({ name, row: -1, phase: 'begin', at: random(), left: 0, seen: -1, saw: 0 }),
  );
  let begun = 0;
  let written = 0;
  let nextName = clients;
  const acts: Record<Client['phase'], (client: Client) => void> = {
    begin(client) {
      client.row = begun++;
      written = draw(rows, client.row, shape, random, written);
      rows.process[client.row] = client.name;
      rows.old[client.row] = client.saw;
      if (rows.kind[client.row] === 2 && client.seen >= 0) rows.key[client.row] = rows.key[client.seen] as number;
      rows.start[client.row] = rows.events++;
      const duration = 0.5 + random();
      const effect = duration * random();
      client.at += effect;
      client.left = duration - effect;
      client.phase = 'effect';
    },
    effect({ row, left }) {
      const key = rows.key[row] as number;
      if (rows.kind[row] === 2 && state[key] !== rows.old[row]) {
        rows.kind[row] = 3;
        rows.type[row] = 1;
      }
      const client = earliest as Client;
      const kind = rows.kind[row] as number;
      if (kind === 0) rows.value[row] = state[key] as number;
      if (kind === 0 || kind === 3) {
        client.seen = row;
        client.saw = state[key] as number;
      } else if (rows.type[row] !== 2 || random() < 0.5) state[key] = rows.value[row] as number;
      client.at += left;
      client.phase = 'return';
    },
    return(client) {
      if (rows.type[client.row] === 2) client.name = nextName++;
      else rows.end[client.row] = rows.events++;
      client.at += 0.1 * random();
      client.phase = 'begin';
    },
  };
  let earliest = next(all, begun < operations);
  while (earliest) {
    acts[earliest.phase](earliest);
    earliest = next(all, begun < operations);
  }
  if (shape.stale && shape.values) makeStaleOnce(rows, shape.values + 1);
  else if (shape.stale) makeStale(rows);
  return rows;
}

/** The client whose turn it is. */
function next(all: readonly Client[], more: boolean): Client | undefined {
  let earliest: Client | undefined;
  for (const client of all)
    if ((more || client.phase !== 'begin') && (!earliest || client.at < earliest.at)) earliest = client;
  return earliest;
}

/** Draws what an operation is to do, `written` writes having gone before. Returns how many have by then. */
function draw(rows: DenseRows, row: number, shape: Dense, random: () => number, written: number): number {
  rows.kind[row] = shape.swaps && random() < shape.swaps ? 2 : random() < (shape.reads ?? 0.5) ? 0 : 1;
  rows.key[row] = Math.floor(random() * (shape.keys ?? 1));
  if (rows.kind[row] !== 0) rows.value[row] = shape.values ? 1 + Math.floor(random() * shape.values) : written + 1;
  if (shape.crashed && rows.kind[row] !== 2 && random() < shape.crashed) rows.type[row] = 2;
  if (shape.stale && shape.values && row === Math.floor(shape.operations / 10)) {
    rows.kind[row] = 1;
    rows.type[row] = 0;
    rows.value[row] = shape.values + 1;
  }
  return written + (rows.kind[row] === 0 ? 0 : 1);
}

/** Gives a late read a value whose overwriting had ended before the read began. */
function makeStale(rows: DenseRows): void {
  for (let read = Math.floor(rows.length * 0.9); read < rows.length; read++) {
    if (rows.type[read] !== 0 || rows.kind[read] !== 0) continue;
    const over = writeBefore(rows, read);
    const under = over < 0 ? -1 : writeBefore(rows, over);
    if (under < 0) continue;
    rows.value[read] = rows.value[under] as number;
    return;
  }
}

/** Gives a late read the value that was written once, and overwritten, between two answers, before the read began. */
function makeStaleOnce(rows: DenseRows, value: number): void {
  const once = rows.value.findIndex((written, row) => written === value && rows.kind[row] === 1);
  const answeredWrite = (row: number): boolean => rows.type[row] === 0 && rows.kind[row] === 1;
  const over = rows.start.findIndex((start, row) => answeredWrite(row) && start > (rows.end[once] as number));
  const from = Math.floor(rows.length * 0.9);
  const read = rows.start.findIndex(
    (start, row) => row >= from && rows.type[row] === 0 && rows.kind[row] === 0 && start > (rows.end[over] as number),
  );
  if (once < 0 || over < 0 || read < 0) throw new Error('no read that can be made stale');
  rows.value[read] = value;
}

/** The latest answered write of the same key that had ended when this operation began. */
function writeBefore(rows: DenseRows, row: number): number {
  for (let write = row - 1; write >= 0; write--) {
    const answered = rows.type[write] === 0 && rows.kind[write] === 1 && rows.key[write] === rows.key[row];
    if (answered && (rows.end[write] as number) < (rows.start[row] as number)) return write;
  }
  return -1;
}

/** The same as a history. */
export function denseHistory(shape: Dense): HistoryBuilder<Register> {
  const rows = denseRows(shape);
  const history = new HistoryBuilder<Register>();
  const events = new Int32Array(rows.events).fill(-1);
  for (let row = 0; row < rows.length; row++) {
    events[rows.start[row] as number] = row;
    if (rows.end[row] !== NEVER) events[rows.end[row] as number] = row;
  }
  for (let event = 0; event < rows.events; event++) {
    const row = events[event] as number;
    const kind = rows.kind[row] as number;
    const key = shape.keys === undefined ? {} : { key: `k${rows.key[row]}` };
    if (rows.start[row] !== event) history.complete(row, event, event, outcomeOf(rows, row));
    else
      history.invoke(event, event, rows.process[row] as number, {
        f: FUNCTIONS[kind] as string,
        input: inputOf(rows, row),
        ...key,
      });
  }
  return history;
}

const FUNCTIONS = ['read', 'write', 'cas', 'cas'];

function numberOf(number: number | undefined): number | null {
  return number === 0 ? null : (number as number);
}

function inputOf({ kind, value, old }: DenseRows, row: number): unknown {
  if (kind[row] === 0) return null;
  return kind[row] === 1 ? numberOf(value[row]) : [numberOf(old[row]), numberOf(value[row])];
}

function outcomeOf({ kind, value }: DenseRows, row: number): Outcome<unknown> {
  if (kind[row] === 3) return { type: 'fail', error: 'mismatch' };
  return { type: 'ok', output: kind[row] === 0 ? numberOf(value[row]) : null };
}
