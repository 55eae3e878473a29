/**
 * Partitioned logs, as Kafka's: clients send messages, which get offsets, and poll them.
 * All that can be wrong with that, by class, after the workload of Jepsen's tests
 * of Kafka and Redpanda. Every class is linear, or almost, in the number of messages.
 */
import type { Anomaly, Checker } from '../../checker.ts';
import { counted } from '../../explain/grammar.ts';
import { type Columns, type History, OK } from '../../history.ts';
import { anomaly, say, short, verdictOf } from '../findings.ts';
import { NO_REAL_TIME } from '../real-time.ts';
import { type LogCycle, logCycles } from './cycles.ts';
import { logErrors } from './errors.ts';
import type { LogError } from './log-error.ts';
import { type Log, type LogOperations, logOperations } from './operations.ts';
import { type LogOrders, ordersOf } from './orders.ts';
import { Witnesses } from './witnesses.ts';

/** How to judge a log. */
export interface LogOptions {
  /**
   * Whether consumers subscribe, so that a rebalance may move them at
   * any time: skips and steps back between polls are no errors then.
   */
  readonly subscribed?: boolean;
  /**
   * Whether the order of messages in the log counts among transactions'
   * dependencies. Then cycles through it are shown, and no errors.
   */
  readonly writeOrder?: boolean;
  /** Whether the run ended by polling everything: then a message that was acknowledged and never polled is an error. */
  readonly drained?: boolean;
  /** Further classes that count as no errors; gaps between the messages of one sender never do. */
  readonly allowed?: readonly string[];
}

/** All errors and cycles of a log, allowed or not. */
export interface LogReport {
  readonly errors: readonly LogError[];
  readonly cycles: readonly LogCycle[];
  /** Messages sent by two operations: what was polled of them has no known origin. */
  readonly sentTwice: readonly unknown[];
}

/**
 * Whether a log kept its promises: offsets mean one message each, messages have one offset, nothing acknowledged
 * is passed over, and nothing aborted or never sent is polled, nor anything before somebody began to send it
 * (which is a cycle with real time). Valid means none of the classes was found; unknown, that nothing was polled
 * or sent, that messages repeat, that some acknowledged ones were not polled yet, or that there is no real time.
 */
export function logMonitor(options: LogOptions = {}): Checker<Log> {
  return {
    name: 'log',
    check(history) {
      const { columns } = history;
      const log = logOperations(columns);
      const orders = ordersOf(log);
      const { errors, cycles, sentTwice } = reportOf(log, orders, options);
      const allowed = allowedClasses(options);
      const witnesses = new Witnesses(log, orders);
      const verdict = verdictOf([
        ...errors.filter((error) => !allowed.has(error.class)).map((error) => tell(columns, error, witnesses)),
        ...cycles.filter((cycle) => !allowed.has(cycle.class)).map((cycle) => tellCycle(columns, cycle)),
      ]);
      if (verdict.type === 'invalid') return verdict;
      if (!columns.realTime)
        return { type: 'unknown', reason: `${NO_REAL_TIME}, which polls and sends are ordered by` };
      if (!anyMessage(columns)) return { type: 'unknown', reason: 'nothing was sent and nothing was polled' };
      if (sentTwice.length > 0) return { type: 'unknown', reason: `the message ${short(sentTwice[0])} was sent twice` };
      const unpolled = errors
        .filter((error) => error.class === 'unseen')
        .reduce((sum, { values }) => sum + values.length, 0);
      if (unpolled === 0 || options.allowed?.includes('unseen')) return verdict;
      return {
        type: 'unknown',
        reason: `${counted(unpolled, 'acknowledged message was', 'acknowledged messages were')} not polled`,
      };
    },
  };
}

/** What the verdict is made of. */
export function logReport(history: History<Log>, options: LogOptions = {}): LogReport {
  const log = logOperations(history.columns);
  return reportOf(log, ordersOf(log), options);
}

function reportOf(log: LogOperations, orders: LogOrders, options: LogOptions): LogReport {
  return {
    errors: logErrors(log, orders),
    cycles: logCycles(log, orders, options.writeOrder ?? false),
    sentTwice: orders.sentTwice.map((value) => log.values[value]),
  };
}

function allowedClasses(options: LogOptions): ReadonlySet<string> {
  const allowed = ['int-send-skip', 'G0', 'G0-process', 'G0-realtime', ...(options.allowed ?? [])];
  if (options.subscribed) allowed.push('poll-skip', 'nonmonotonic-poll');
  if (options.writeOrder) allowed.push('G1c', 'G1c-process', 'G1c-realtime');
  if (!options.drained) allowed.push('unseen');
  return new Set(allowed);
}

function anyMessage({ length, type, f, fNames }: Columns): boolean {
  const moving = fNames.map((name) => name !== 'assign' && name !== 'subscribe' && name !== 'crash');
  for (let row = 0; row < length; row++) if (type[row] === OK && moving[f[row]]) return true;
  return false;
}

function tell(columns: Columns, error: LogError, witnesses: Witnesses): Anomaly {
  const rows = error.class === 'unseen' ? error.rows.slice(0, 8) : witnesses.rowsOf(error);
  return anomaly(
    columns,
    error.class,
    sentence(error),
    rows,
    [...new Set(rows)].map((row) => `${say(columns, row)}${among(columns.output[row], error.values)}`),
  );
}

/** Where the messages in question stand in a long output, which the sentence shortens: `, with 386 at offset 9`. */
function among(output: unknown, values: readonly unknown[]): string {
  if (JSON.stringify(output) === short(output)) return '';
  const wanted = new Set(values.map((value) => JSON.stringify(value)));
  const found: string[] = [];
  const visit = (part: unknown): void => {
    if (part === null || typeof part !== 'object') return;
    const [offset, value] = Array.isArray(part) ? part : [];
    if (typeof offset === 'number' && wanted.has(JSON.stringify(value)))
      found.push(`${short(value)} at offset ${offset}`);
    else for (const inner of Object.values(part)) visit(inner);
  };
  visit(output);
  return found.length === 0 ? '' : `, with ${found.slice(0, 4).join(' and ')}`;
}

function sentence({ class: name, key, values, delta, skipped, offsets }: LogError): string {
  const [one, two] = values.map(short);
  const between = skipped?.slice(0, 8).map(short).join(', ');
  const where = `in the log of ${short(key)}`;
  switch (name) {
    case 'duplicate':
      return `${one} lies at the offsets ${offsets?.join(', ')} ${where}.`;
    case 'inconsistent-offsets':
      return `Offset ${offsets?.[0]} holds ${values.map(short).join(' and ')} ${where}.`;
    case 'G1a':
      return `${one} was polled, though sending it had failed, ${where}.`;
    case 'never-sent':
      return `${one} was polled, but no client sent it, ${where}.`;
    case 'precommitted-read':
      return `A transaction polled ${one}, which it had itself just sent, ${where}.`;
    case 'lost-write':
      return `${one} was sent and never polled, though ${two} beyond it was, ${where}.`;
    case 'unseen':
      return `${counted(values.length, 'acknowledged message was', 'acknowledged messages were')} never polled, ${one} among them, ${where}.`;
    case 'poll-skip':
      return `A consumer polled ${one} and then ${two}, and skipped ${between}, ${where}.`;
    case 'int-poll-skip':
      return `A poll shows ${one} and then ${two}, and skips ${between}, ${where}.`;
    case 'int-send-skip':
      return `An operation sent ${one} and then ${two}, and ${between} lies between, ${where}.`;
    case 'nonmonotonic-poll':
      return `A consumer polled ${one}, and then went back to ${two}, ${where}.`;
    case 'int-nonmonotonic-poll':
      return `A poll shows ${one}, and then ${two}, which lies ${-(delta ?? 0)} before it, ${where}.`;
    case 'nonmonotonic-send':
    case 'int-nonmonotonic-send':
      return `${two} was sent after ${one} and lies before it ${where}.`;
  }
}

function tellCycle(columns: Columns, { class: name, rows, edges }: LogCycle): Anomaly {
  const why = {
    ww: 'sent a message that lies right before one of',
    wr: 'sent a message that was polled by',
    process: 'comes, in its process, before',
    realtime: 'ended before the beginning of',
  };
  const steps = rows.map(
    (row, i) => `${say(columns, row)} ${why[edges[i]]} ${say(columns, rows[(i + 1) % rows.length])}.`,
  );
  const { start } = columns;
  return {
    ...anomaly(columns, name, `${rows.length} operations each come before the next, in a cycle.`, rows, steps),
    cycle: rows.map((row, i) => ({
      from: start[row],
      to: start[rows[(i + 1) % rows.length]],
      kind: edges[i],
      why: steps[i],
    })),
  };
}
