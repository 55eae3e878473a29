/** What can be wrong with a log, class by class, in the words of Jepsen's Kafka workload. */
import { FAIL, OK } from '../../history.ts';
import type { LogError, LogErrorClass } from './log-error.ts';
import { neverSent } from './never-sent.ts';
import type { LogOperation, LogOperations, Message } from './operations.ts';
import { flat, type LogOrders, tookEffect } from './orders.ts';

/** All errors but cycles. O(n log n). */
export function logErrors(log: LogOperations, orders: LogOrders): readonly LogError[] {
  return [
    ...offsetErrors(log, orders),
    ...abortedReads(log, orders),
    ...neverSent(log),
    ...lostWrites(log, orders),
    ...unseen(log, orders),
    ...sequences(log, orders),
  ];
}

function offsetErrors(log: LogOperations, orders: LogOrders): readonly LogError[] {
  const { keys, values } = log;
  const errors: LogError[] = [];
  orders.byKey.forEach(({ offsets, valuesAt }, at) => {
    const key = keys[at];
    const places = new Map<number, number[]>();
    valuesAt.forEach((found, index) => {
      for (const value of found) places.set(value, [...(places.get(value) ?? []), offsets[index]]);
      if (found.length < 2) return;
      const rows = found.map((value) => sighting(log, value, offsets[index]));
      errors.push({
        class: 'inconsistent-offsets',
        key,
        values: found.map((value) => values[value]),
        messages: [],
        rows,
        offsets: [offsets[index]],
      });
    });
    for (const [value, lies] of places) {
      if (lies.length < 2) continue;
      const rows = lies.map((offset) => sighting(log, value, offset));
      errors.push({ class: 'duplicate', key, values: [values[value]], messages: [], rows, offsets: lies });
    }
  });
  return errors;
}

/** The first operation that shows the value at the offset. */
function sighting({ operations, keyOf }: LogOperations, value: number, offset: number): number {
  const shows = (messages: readonly Message[] | undefined): boolean =>
    messages?.some((message) => message.value === value && message.offset === offset) ?? false;
  const key = keyOf[value];
  const found = operations.find(({ sent, polled }) => shows(polled.get(key)) || shows(sent.get(key)));
  return found ? found.row : -1;
}

/** Polls of messages whose sender failed, and of the poller's own messages before its transaction was over. */
function abortedReads(
  { columns, operations, keys, keyOf, values }: LogOperations,
  orders: LogOrders,
): readonly LogError[] {
  const errors: LogError[] = [];
  for (const { row, sent, polled } of operations) {
    const own = polled.size > 0 && sent.size > 0 ? new Set([...flat(sent)].map(({ value }) => value)) : undefined;
    for (const { value } of flat(polled)) {
      const base = { key: keys[keyOf[value]], values: [values[value]], messages: [] };
      if (own?.has(value)) errors.push({ ...base, class: 'precommitted-read', rows: [row] });
      const failed = orders.failedWriter[value];
      if (columns.type[row] !== OK || failed < 0 || orders.writer[value] >= 0) continue;
      errors.push({ ...base, class: 'G1a', rows: [failed, row] });
    }
  }
  return errors;
}

/** Messages certainly sent and never polled, though somebody polled beyond them. */
function lostWrites(log: LogOperations, orders: LogOrders): readonly LogError[] {
  const { byKey, place, reader, writer } = orders;
  const furthest = byKey.map(({ valuesAt }) => {
    let index = valuesAt.length - 1;
    while (index >= 0 && !valuesAt[index].some((value) => reader[value] >= 0)) index--;
    return { index, value: valuesAt[index]?.find((value) => reader[value] >= 0) ?? -1 };
  });
  const errors: LogError[] = [];
  for (const operation of log.operations) {
    if (operation.sent.size === 0 || !tookEffect(log, reader, operation)) continue;
    for (const { value } of flat(operation.sent)) {
      const key = log.keyOf[value];
      const { index, value: beyond } = furthest[key];
      if (place[value] < 0 || reader[value] >= 0 || place[value] >= index) continue;
      const rows = [writer[value], reader[beyond]];
      errors.push({
        class: 'lost-write',
        key: log.keys[key],
        values: [log.values[value], log.values[beyond]],
        messages: [placed(orders, key, value, place[value]), placed(orders, key, beyond, index)],
        rows,
      });
    }
  }
  return errors;
}

/** By key, the messages that were acknowledged and never polled. */
function unseen(log: LogOperations, { reader }: LogOrders): readonly LogError[] {
  const missing = new Map<number, { values: unknown[]; rows: number[] }>();
  for (const { row, sent } of log.operations) {
    if (log.columns.type[row] !== OK) continue;
    for (const { value } of flat(sent)) {
      if (reader[value] >= 0) continue;
      const key = log.keyOf[value];
      const list = missing.get(key) ?? { values: [], rows: [] };
      missing.set(key, list);
      list.values.push(log.values[value]);
      list.rows.push(row);
    }
  }
  return [...missing].map(([key, { values, rows }]) => ({
    class: 'unseen',
    key: log.keys[key],
    values,
    messages: [],
    rows,
  }));
}

/** Messages polled or sent one after another, within operations and from one operation of a process to its next. */
function sequences(log: LogOperations, orders: LogOrders): readonly LogError[] {
  const { columns } = log;
  const errors: LogError[] = [];
  const positions = new Map<number, { polled: Map<number, Position>; sent: Map<number, Position> }>();
  for (const operation of log.operations) {
    const { row, keys } = operation;
    const process = columns.process[row];
    const last = positions.get(process) ?? { polled: new Map(), sent: new Map() };
    positions.set(process, last);
    if (keys) {
      if (columns.type[row] !== FAIL) for (const seen of [last.polled, last.sent]) forget(seen, keys);
      continue;
    }
    polls(log, orders, operation, last.polled, errors);
    if (columns.type[row] !== FAIL) sends(log, orders, operation, last.sent, errors);
  }
  return errors;
}

/** A consumer that is given other keys begins anew with those that it did not have. */
function forget(seen: Map<number, Position>, kept: ReadonlySet<number>): void {
  for (const key of seen.keys()) if (!kept.has(key)) seen.delete(key);
}

interface Position {
  readonly row: number;
  readonly value: number;
}

/**
 * Polls of aborted transactions are compared with what was polled
 * before, but move no position: the next poll begins there again.
 */
function polls(
  log: LogOperations,
  orders: LogOrders,
  { row, polled }: LogOperation,
  last: Map<number, Position>,
  errors: LogError[],
): void {
  for (const [key, messages] of polled) {
    const from = last.get(key);
    if (from) {
      const error = step(log, orders, from, { row, value: messages[0].value });
      if (error.delta > 1) errors.push({ ...error, class: 'poll-skip' });
      else if (error.delta < 1) errors.push({ ...error, class: 'nonmonotonic-poll' });
    }
    within(log, orders, row, messages, 'int-poll-skip', 'int-nonmonotonic-poll', errors);
    if (log.columns.type[row] === OK) last.set(key, { row, value: messages[messages.length - 1].value });
  }
}

function sends(
  log: LogOperations,
  orders: LogOrders,
  { row, sent }: LogOperation,
  last: Map<number, Position>,
  errors: LogError[],
): void {
  for (const [key, messages] of sent) {
    const from = last.get(key);
    if (from) {
      const error = step(log, orders, from, { row, value: messages[0].value });
      // Others may send in between: skipping is no error here.
      if (error.delta < 1) errors.push({ ...error, class: 'nonmonotonic-send' });
    }
    within(log, orders, row, messages, 'int-send-skip', 'int-nonmonotonic-send', errors);
    last.set(key, { row, value: messages[messages.length - 1].value });
  }
}

function within(
  log: LogOperations,
  orders: LogOrders,
  row: number,
  messages: readonly Message[],
  skip: LogErrorClass,
  back: LogErrorClass,
  errors: LogError[],
): void {
  for (let i = 1; i < messages.length; i++) {
    const error = step(log, orders, { row, value: messages[i - 1].value }, { row, value: messages[i].value });
    if (error.delta > 1) errors.push({ ...error, class: skip });
    else if (error.delta < 1) errors.push({ ...error, class: back });
  }
}

/** From one message to the next: by how many messages, or by one where an offset is unknown and nothing can be said. */
function step(
  { keys, keyOf, values }: LogOperations,
  orders: LogOrders,
  from: Position,
  to: Position,
): Omit<LogError, 'class'> & { delta: number } {
  const { place, byKey } = orders;
  const known = place[from.value] >= 0 && place[to.value] >= 0;
  const delta = known ? place[to.value] - place[from.value] : 1;
  const key = keyOf[to.value];
  const both = [from.value, to.value];
  const base = { key: keys[key], values: both.map((at) => values[at]), rows: [from.row, to.row], delta };
  const messages = delta === 1 ? [] : both.map((one) => placed(orders, key, one, place[one]));
  if (delta <= 1) return { ...base, messages };
  const between = byKey[key].valuesAt.slice(place[from.value] + 1, place[to.value]);
  const skipped = between.map((found) => values[found[0]]);
  return { ...base, messages: [...messages, placed(orders, key, between[0][0], place[from.value] + 1)], skipped };
}

/** A message at a place of its key's log. */
function placed({ byKey }: LogOrders, key: number, value: number, place: number): Message {
  return { value, offset: byKey[key].offsets[place] };
}
