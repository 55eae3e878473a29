/** In which order each key's messages lie, as far as offsets show. */
import { FAIL, INFO, OK } from '../../history.ts';
import type { LogOperations, Message } from './operations.ts';

/** A key's log: offsets with a message, ascending and without gaps, and the values seen there. */
interface KeyOrder {
  readonly offsets: readonly number[];
  readonly valuesAt: readonly (readonly number[])[];
}

/** What the history says of the logs' contents, by key and by value. */
export interface LogOrders {
  readonly byKey: readonly KeyOrder[];
  /** By value: its place among its key's offsets, the first if it has several; -1 where no offset is known. */
  readonly place: Int32Array;
  /**
   * By value: the row that sent it and did not fail (-1 for none),
   * the row that failed to, the row of an `ok` poll of it.
   */
  readonly writer: Int32Array;
  readonly failedWriter: Int32Array;
  readonly reader: Int32Array;
  /** Values that two operations sent. */
  readonly sentTwice: readonly number[];
}

/**
 * Gathers offsets from all polls, whatever became of their transactions, and from sends that certainly
 * took effect: those that succeeded, and those that crashed of which some message was polled. O(n log n).
 */
export function ordersOf(log: LogOperations): LogOrders {
  const people = writersAndReaders(log);
  const at = offsetsSeen(log, people.reader);
  const place = new Int32Array(log.values.length).fill(-1);
  const byKey = at.map((there) => {
    const offsets = [...there.keys()].sort((a, b) => a - b);
    const valuesAt = offsets.map((offset) => there.get(offset) as number[]);
    valuesAt.forEach((found, index) => {
      for (const value of found) if (place[value] < 0) place[value] = index;
    });
    return { offsets, valuesAt };
  });
  return { byKey, place, ...people };
}

function writersAndReaders({ columns, operations, values }: LogOperations): Omit<LogOrders, 'byKey' | 'place'> {
  const writer = new Int32Array(values.length).fill(-1);
  const failedWriter = new Int32Array(values.length).fill(-1);
  const reader = new Int32Array(values.length).fill(-1);
  const sentTwice: number[] = [];
  for (const { row, sent, polled } of operations) {
    const failed = columns.type[row] === FAIL;
    for (const { value } of flat(sent)) {
      if (failed) failedWriter[value] = row;
      else if (writer[value] >= 0) sentTwice.push(value);
      else writer[value] = row;
    }
    if (columns.type[row] !== OK) continue;
    for (const { value } of flat(polled)) if (reader[value] < 0) reader[value] = row;
  }
  return { writer, failedWriter, reader, sentTwice };
}

/** By key, the values seen at each offset. */
function offsetsSeen(log: LogOperations, reader: Int32Array): readonly ReadonlyMap<number, number[]>[] {
  const at: Map<number, number[]>[] = log.keys.map(() => new Map());
  const note = (key: number, messages: readonly Message[]): void => {
    for (const { offset, value } of messages) {
      const there = at[key].get(offset);
      if (offset < 0 || !Number.isFinite(offset)) continue;
      if (!there) at[key].set(offset, [value]);
      else if (!there.includes(value)) there.push(value);
    }
  };
  for (const operation of log.operations) {
    for (const [key, messages] of operation.polled) note(key, messages);
    if (!tookEffect(log, reader, operation)) continue;
    for (const [key, messages] of operation.sent) note(key, messages);
  }
  return at;
}

/**
 * Whether an operation succeeded, or crashed and certainly sent
 * its messages: some of them was polled, and transactions are atomic.
 */
export function tookEffect(
  { columns }: Pick<LogOperations, 'columns'>,
  reader: Int32Array,
  { row, sent }: LogOperations['operations'][number],
): boolean {
  if (columns.type[row] === OK) return true;
  if (columns.type[row] !== INFO) return false;
  for (const { value } of flat(sent)) if (reader[value] >= 0) return true;
  return false;
}

/** All messages, key by key. */
export function* flat(byKey: ReadonlyMap<number, readonly Message[]>): Generator<Message> {
  for (const messages of byKey.values()) yield* messages;
}
