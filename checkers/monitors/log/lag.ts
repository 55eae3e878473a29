import { type History, OK } from '../../history.ts';
import { type Log, logOperations } from './operations.ts';
import { ordersOf, tookEffect } from './orders.ts';

/**
 * How far a consumer was behind at a poll: the time since a message
 * was known to be in the log that it had not polled even then.
 */
export interface PollLag {
  /** The poll, by `start`, and when it began, in ns. */
  readonly start: number;
  readonly atNs: number;
  readonly process: number;
  readonly key: string;
  readonly lagNs: number;
}

/**
 * The largest lag among all polls of keys that their consumers
 * were assigned; undefined where there are none. O(n log n).
 */
export function worstPollLag(history: History<Log>): PollLag | undefined {
  const { columns } = history;
  const log = logOperations(columns);
  const since = knownSince(log);
  const positions = new Map<number, Map<number, number>>();
  let worst: PollLag | undefined;
  for (const { row, polled, keys } of log.operations) {
    if (columns.type[row] !== OK) continue;
    const process = columns.process[row];
    const before = positions.get(process) ?? new Map<number, number>();
    if (keys) {
      positions.set(process, new Map([...keys].map((key) => [key, before.get(key) ?? -1])));
      continue;
    }
    for (const [key, messages] of polled) if (before.has(key)) before.set(key, messages[messages.length - 1].offset);
    if (!polls(columns.fNames[columns.f[row]], columns.output[row])) continue;
    for (const [key, offset] of before) {
      const lagNs = Math.max(0, columns.startNs[row] - since(key, offset));
      if (worst && lagNs <= worst.lagNs) continue;
      worst = { start: columns.start[row], atNs: columns.startNs[row], process, key: log.keys[key], lagNs };
    }
  }
  return worst;
}

function polls(f: string, output: unknown): boolean {
  return f === 'poll' || (Array.isArray(output) && output.some((mop) => Array.isArray(mop) && mop[0] === 'poll'));
}

/** When a message beyond an offset of a key was first known to be in its log, in ns; infinity for never. */
function knownSince(log: ReturnType<typeof logOperations>): (key: number, offset: number) => number {
  const { columns } = log;
  const { byKey, reader } = ordersOf(log);
  const times = byKey.map(({ offsets }) => new Float64Array(offsets.length).fill(Number.POSITIVE_INFINITY));
  for (const operation of log.operations) {
    const both = tookEffect(log, reader, operation) ? [operation.sent, operation.polled] : [operation.polled];
    for (const [key, messages] of both.flatMap((messages) => [...messages])) {
      for (const { offset } of messages) {
        const at = place(byKey[key].offsets, offset);
        if (byKey[key].offsets[at] === offset) times[key][at] = Math.min(times[key][at], columns.endNs[operation.row]);
      }
    }
  }
  // What is known of a later offset is known to be beyond an earlier one too.
  for (const known of times) for (let i = known.length - 2; i >= 0; i--) known[i] = Math.min(known[i], known[i + 1]);
  return (key, offset) => times[key]?.[place(byKey[key].offsets, offset + 1)] ?? Number.POSITIVE_INFINITY;
}

/** The first place whose offset is at least this. */
function place(offsets: readonly number[], offset: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsets[middle] < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
