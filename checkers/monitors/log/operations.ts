/**
 * What clients of a partitioned log did: which messages they sent
 * and which they polled, out of several shapes of operations.
 */
import type { Columns } from '../../history.ts';
import { identity } from '../identity.ts';

/** `["send", key, value]`, in an output `["send", key, [offset, value]]` where the offset became known. */
type SendMop = readonly ['send', key: string | number, message: unknown];
/** `["poll"]`, in an output `["poll", {key: [[offset, value], ...]}]`. */
type PollMop = readonly [
  'poll',
  messages?: Readonly<Record<string, readonly (readonly [offset: number, value: unknown])[]>>,
];

/**
 * A partitioned log. Transactions are lists of micro-operations. With a key, `send`
 * takes one message and returns its offset, and `poll` returns messages with offsets.
 * `assign` and `subscribe` name the keys that a consumer polls from then on.
 */
export type Log = {
  send(input: unknown): unknown;
  poll(input: unknown): unknown;
  txn(input: readonly (SendMop | PollMop)[]): readonly (SendMop | PollMop)[];
  assign(keys: readonly (string | number)[]): unknown;
  subscribe(keys: readonly (string | number)[]): unknown;
  crash(input: null): unknown;
};

/** A message sent or polled; values are numbers given to each pair of key and value, offsets -1 where unknown. */
export interface Message {
  readonly value: number;
  readonly offset: number;
}

/** What one operation sent and polled, by key, in its order. */
export interface LogOperation {
  readonly row: number;
  readonly sent: ReadonlyMap<number, readonly Message[]>;
  readonly polled: ReadonlyMap<number, readonly Message[]>;
  /** The keys of an `assign` or `subscribe`. */
  readonly keys?: ReadonlySet<number>;
}

/** All operations in the order of their starts, and what their numbers mean. */
export interface LogOperations {
  readonly columns: Columns;
  readonly operations: readonly LogOperation[];
  readonly keys: readonly string[];
  /** By value: what it is, and its key. */
  readonly values: readonly unknown[];
  readonly keyOf: readonly number[];
}

/**
 * Reads the history once. Completions that failed or crashed count for
 * what they reported (`partial`), and otherwise for what was asked. O(n).
 */
export function logOperations(columns: Columns): LogOperations {
  const keys = new Names();
  const values: unknown[] = [];
  const keyOf: number[] = [];
  const ids: Map<unknown, number>[] = [];
  const idOf = (key: number, value: unknown): number => {
    ids[key] ??= new Map();
    const name = identity(value);
    const before = ids[key].get(name);
    if (before !== undefined) return before;
    const id = values.push(value) - 1;
    keyOf.push(key);
    ids[key].set(name, id);
    return id;
  };
  const operations: LogOperation[] = [];
  for (let row = 0; row < columns.length; row++) {
    const f = columns.fNames[columns.f[row]];
    const sent = new Map<number, Message[]>();
    const polled = new Map<number, Message[]>();
    if (f === 'assign' || f === 'subscribe') {
      const asked = columns.input[row];
      const named = Array.isArray(asked) ? (asked as readonly unknown[]).map((key) => keys.of(String(key))) : [];
      operations.push({ row, sent, polled, keys: new Set(named) });
      continue;
    }
    for (const [name, message] of sendsOf(columns, row, f)) {
      const key = keys.of(String(name));
      const { offset, value } = located(columns, row, message);
      append(sent, key, { value: idOf(key, value), offset });
    }
    for (const [name, messages] of pollsOf(columns, row, f)) {
      const key = keys.of(name);
      for (const [offset, value] of messages) append(polled, key, { value: idOf(key, value), offset });
    }
    operations.push({ row, sent, polled });
  }
  return { columns, operations, keys: keys.names, values, keyOf };
}

class Names {
  readonly names: string[] = [];
  private readonly ids = new Map<string, number>();

  of(name: string): number {
    let id = this.ids.get(name);
    if (id === undefined) {
      id = this.names.push(name) - 1;
      this.ids.set(name, id);
    }
    return id;
  }
}

function append(lists: Map<number, Message[]>, key: number, message: Message): void {
  const list = lists.get(key);
  if (list) list.push(message);
  else lists.set(key, [message]);
}

/** The micro-operations of a completion, or of its request where it reported nothing; other functions have none. */
function mopsOf(columns: Columns, row: number): readonly (SendMop | PollMop)[] {
  if (!['send', 'poll', 'txn'].includes(columns.fNames[columns.f[row]])) return [];
  const mops = columns.output[row] ?? columns.input[row];
  return Array.isArray(mops) ? (mops as readonly (SendMop | PollMop)[]).filter(Array.isArray) : [];
}

type Pairs = readonly (readonly [offset: number, value: unknown])[];

function sendsOf(
  columns: Columns,
  row: number,
  f: string,
): readonly (readonly [key: string | number, message: unknown])[] {
  const key = columns.key[row];
  if (key < 0) return mopsOf(columns, row).flatMap((mop) => (mop[0] === 'send' ? [[mop[1], mop[2]] as const] : []));
  const offset = columns.output[row];
  const message = columns.input[row];
  return f === 'send' ? [[columns.keyNames[key], typeof offset === 'number' ? [offset, message] : message]] : [];
}

function pollsOf(columns: Columns, row: number, f: string): readonly (readonly [key: string, messages: Pairs])[] {
  const key = columns.key[row];
  if (key < 0)
    return mopsOf(columns, row).flatMap((mop) =>
      mop[0] === 'poll' ? Object.entries(columns.output[row] === undefined ? {} : (mop[1] ?? {})) : [],
    );
  const messages = columns.output[row];
  return f === 'poll' && Array.isArray(messages) ? [[columns.keyNames[key], messages as Pairs]] : [];
}

/**
 * A message and its offset: a pair that begins with a number, where
 * the completion reported anything; otherwise the message as asked.
 */
function located(columns: Columns, row: number, message: unknown): { offset: number; value: unknown } {
  if (
    columns.output[row] !== undefined &&
    Array.isArray(message) &&
    message.length === 2 &&
    typeof message[0] === 'number'
  ) {
    return { offset: message[0], value: message[1] as unknown };
  }
  return { offset: -1, value: message };
}
