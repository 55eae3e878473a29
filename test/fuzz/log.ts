/** Logs beside their literal definition: every message, offset and poll is compared with every other. */
import { type Api, type Checker, type History, historyOf, logMonitor, NEVER, type Operation } from 'elle-ts';
import { type Chance, chance } from '../checkers/oracle/chance.ts';
import type { Subject } from './subject.ts';

type Message = readonly [offset: number, value: number];

/** Two senders, two consumers of one partition that poll on from where they were, and what goes wrong now and then. */
function drawLog(seed: number): History {
  const c = chance(seed);
  const log: number[] = [];
  const at = [0, 0];
  const wrong = c.pick([0, 0, 0, 0.1, 0.3]);
  const operations: unknown[] = [];
  const busy = [0, 0, 0, 0];
  let time = 0;
  for (let i = 0; i < 3 + c.int(8); i++) {
    const process = c.int(4);
    const start = Math.max(time, busy[process] as number) + 1;
    const fate = process < 2 ? c.int(10) : 2;
    const end = fate === 0 ? NEVER : start + 1 + c.int(3) * 2;
    const drawn = process < 2 ? send(c, log, i, fate, wrong) : poll(c, log, at, process - 2, wrong);
    operations.push({ process, start: start * 2, end: end === NEVER ? NEVER : end * 2 + 1, ...drawn });
    if (end !== NEVER) busy[process] = end;
    else break;
    time = c.maybe(0.7) ? end : start;
  }
  // Mostly all that is left is polled in the end.
  if (c.maybe(0.8)) {
    const start = 2 * Math.max(time, ...busy) + 2;
    const rest = log.map((value, offset): Message => [offset, value]).slice(at[0]);
    const output = [['poll', rest.length > 0 ? { x: rest } : {}]];
    const outcome = { type: 'ok', output };
    operations.push({ process: 2, start, end: start + 1, f: 'poll', input: [['poll']], outcome });
  }
  return historyOf(numbered(operations as Operation[]));
}

function send(c: Chance, log: number[], value: number, fate: number, wrong: number) {
  const kept = fate > 1 || c.maybe(fate === 0 ? 0.5 : wrong);
  const offset = c.maybe(wrong) ? c.int(log.length + 2) : log.length;
  if (kept) log.push(value);
  const base = { f: 'send', input: [['send', 'x', value]] };
  if (fate === 0) return { ...base, outcome: { type: 'info', error: 'timeout' } };
  if (fate === 1) return { ...base, outcome: { type: 'fail', error: 'refused' } };
  return { ...base, outcome: { type: 'ok', output: [['send', 'x', [offset, value]]] } };
}

function poll(c: Chance, log: readonly number[], at: number[], consumer: number, wrong: number) {
  const from = c.maybe(wrong) ? c.int(log.length + 1) : (at[consumer] as number);
  const messages = log
    .map((value, offset): Message => [c.maybe(wrong / 3) ? c.int(log.length) : offset, value])
    .slice(from, from + c.int(4));
  at[consumer] = from + messages.length;
  const output = [['poll', messages.length > 0 ? { x: messages } : {}]];
  return { f: 'poll', input: [['poll']], outcome: { type: 'ok', output } };
}

/** Events get indices of their own, in the order of their times. */
function numbered(all: readonly Operation[]): Operation[] {
  const events = all.flatMap((o, i) => [
    { time: o.start, i, begins: true },
    ...(o.end === NEVER ? [] : [{ time: o.end, i, begins: false }]),
  ]);
  events.sort((a, b) => a.time - b.time || Number(b.begins) - Number(a.begins) || a.i - b.i);
  const place = (i: number, begins: boolean): number => events.findIndex((e) => e.i === i && e.begins === begins);
  return all.map((o, i): Operation => {
    const start = place(i, true);
    const end = o.end === NEVER ? NEVER : place(i, false);
    return { ...o, start, end, startNs: start, endNs: end } as Operation;
  });
}

interface Seen {
  readonly operation: Operation;
  readonly messages: readonly Message[];
}

const valueIn = ({ input }: Operation): number => (input as unknown as [[string, string, number]])[0][2];

/** Whether the log kept its promises; undefined where nothing was done. */
function holds(all: readonly Operation[]): boolean | undefined {
  const sends = all.filter(({ f }) => f === 'send');
  const acknowledged = sends.flatMap(({ outcome }): Message[] =>
    outcome.type === 'ok' ? [(outcome.output as unknown as [[string, string, Message]])[0][2]] : [],
  );
  const polls = all.flatMap((operation): Seen[] => {
    if (operation.f !== 'poll' || operation.outcome.type !== 'ok') return [];
    const [[, shown]] = operation.outcome.output as unknown as [[string, { x?: readonly Message[] }]];
    return [{ operation, messages: shown.x ?? [] }];
  });
  const seen = [...acknowledged, ...polls.flatMap(({ messages }) => messages)];
  if (acknowledged.length === 0 && polls.length === 0) return undefined;
  const offsets = [...new Set(seen.map(([offset]) => offset))].sort((a, b) => a - b);
  const place = (value: number): number =>
    Math.min(...seen.filter(([, v]) => v === value).map(([offset]) => offsets.indexOf(offset)));
  const isOne = seen.every(([offset, value]) => seen.every(([o, v]) => (o === offset) === (v === value)));
  return (
    isOne &&
    polls.every(({ operation, messages }) => messages.every(([, value]) => wasSent(sends, value, operation))) &&
    !isLost(acknowledged, polls, place) &&
    inOrder(all, polls, place)
  );
}

/** Whether somebody who did not fail had begun to send a message when a poll of it ended. */
const wasSent = (sends: readonly Operation[], value: number, { end }: Operation): boolean =>
  sends.some((send) => valueIn(send) === value && send.outcome.type !== 'fail' && send.start < end);

/** Whether an acknowledged message was never polled, though one beyond it was. */
function isLost(acknowledged: readonly Message[], polls: readonly Seen[], place: (value: number) => number): boolean {
  const polled = polls.flatMap(({ messages }) => messages.map(([, value]) => value));
  return acknowledged.some(
    ([, value]) => !polled.includes(value) && polled.some((other) => place(other) > place(value)),
  );
}

/** Whether each consumer was shown one message after another, and each sender's messages lie in their order. */
function inOrder(all: readonly Operation[], polls: readonly Seen[], place: (value: number) => number): boolean {
  return [...new Set(all.map(({ process }) => process))].every((process) => {
    const shown = polls.filter(({ operation }) => operation.process === process).flatMap(({ messages }) => messages);
    const sent = all
      .filter((o) => o.process === process && o.f === 'send' && o.outcome.type !== 'fail')
      .map((o) => place(valueIn(o)));
    return (
      shown.every(([, value], i) => i === 0 || place(value) === place((shown[i - 1] as Message)[1]) + 1) &&
      sent.every(
        (at, i) => i === 0 || !Number.isFinite(at) || !Number.isFinite(sent[i - 1]) || at > (sent[i - 1] as number),
      )
    );
  });
}

export const log: Subject = {
  name: 'log',
  draw: drawLog,
  judge: (history) => ({ log: (logMonitor() as unknown as Checker<Api>).check(history) }),
  truth: (history) => {
    const held = holds([...history]);
    return held === undefined ? {} : { log: held };
  },
  proofs: false,
};
