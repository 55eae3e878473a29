/** What happens in a run, moment by moment, and what is on its way at one. */
import { faultText } from '../../harness/faults/meanings.ts';
import type { Message } from '../../report/page/data.ts';
import { livesOf, type Stretch } from '../../report/page/fault-text.ts';
import type { Run } from '../../report/page/run.ts';

/** One thing that happens; its words are made when somebody reads them. */
interface Moment {
  readonly ms: number;
  readonly says: () => string;
}

export interface Film {
  readonly nodes: readonly string[];
  readonly lives: ReadonlyMap<string, readonly Stretch[]>;
  /** By when they were sent; and the longest that any was on its way. */
  readonly messages: readonly Message[];
  readonly longestMs: number;
  /** In the order of time. */
  readonly moments: readonly Moment[];
  readonly endMs: number;
  readonly run: Run;
}

/** For so long a message that is lost is seen on its way. */
const LOST_MS = 4;

export function filmOf(run: Run): Film {
  const { page, ops } = run;
  const messages = run.messages.value.toSorted((a, b) => a.sentMs - b.sentMs);
  const moments: Moment[] = [...messages.flatMap(momentsOfMessage), ...momentsOfFaults(run), ...momentsOfCalls(run)];
  moments.sort((a, b) => a.ms - b.ms);
  return {
    nodes: page.setting.nodes,
    lives: livesOf(page.faults, page.setting.nodes),
    messages,
    longestMs: messages.reduce((most, message) => Math.max(most, untilMs(message) - message.sentMs), 0),
    moments,
    endMs: Math.max(moments.at(-1)?.ms ?? 0, ops.length > 0 ? ops.toNs / 1e6 : 0),
    run,
  };
}

function untilMs({ sentMs, arrivedMs }: Message): number {
  return arrivedMs.length === 0 ? sentMs + LOST_MS : Math.max(...arrivedMs);
}

function momentsOfMessage({ sentMs, arrivedMs, from, to, kind }: Message): Moment[] {
  const lost = arrivedMs.length === 0 ? ', and it is lost' : '';
  return [
    { ms: sentMs, says: () => `${from} sends ${kind} to ${to}${lost}` },
    ...arrivedMs.map((ms) => ({ ms, says: () => `${kind} of ${from} arrives at ${to}` })),
  ];
}

function momentsOfFaults({ page }: Run): Moment[] {
  return page.faults.flatMap((fault) => [
    { ms: fault.fromMs, says: () => `fault: ${faultText(fault)}` },
    ...(Number.isFinite(fault.toMs) ? [{ ms: fault.toMs, says: () => `the fault ends: ${faultText(fault)}` }] : []),
  ]);
}

function momentsOfCalls({ ops }: Run): Moment[] {
  const moments: Moment[] = [];
  for (let row = 0; row < ops.length; row++) {
    const where = `process ${ops.columns.process[row]} at ${ops.node(row) ?? 'a node'}`;
    moments.push({ ms: ops.columns.startNs[row]! / 1e6, says: () => `${where} begins ${ops.label(row)}` });
    const end = ops.columns.endNs[row]!;
    if (end !== Infinity) moments.push({ ms: end / 1e6, says: () => `${where} ends ${ops.label(row)}` });
  }
  return moments;
}

/** A message on its way: from 0 at its sender to 1 at its receiver. */
export interface InFlight {
  readonly message: Message;
  readonly way: number;
  readonly isLost: boolean;
}

/** What is on its way at this moment. Looks at no more messages than were sent within the longest flight. */
export function inFlight({ messages, longestMs }: Film, atMs: number): InFlight[] {
  const flying: InFlight[] = [];
  for (let i = firstSentAfter(messages, atMs - longestMs - 1e-9); i < messages.length; i++) {
    const message = messages[i]!;
    const { sentMs, arrivedMs } = message;
    if (sentMs > atMs) break;
    if (arrivedMs.length === 0 && atMs < sentMs + LOST_MS)
      flying.push({ message, way: ((atMs - sentMs) / LOST_MS) * 0.55, isLost: true });
    for (const ms of arrivedMs)
      if (atMs < ms) flying.push({ message, way: (atMs - sentMs) / (ms - sentMs), isLost: false });
  }
  return flying;
}

function firstSentAfter(messages: readonly Message[], ms: number): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (messages[middle]!.sentMs < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The place of the last moment that has come by then, or -1. */
export function lastMoment({ moments }: Pick<Film, 'moments'>, atMs: number): number {
  let low = 0;
  let high = moments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (moments[middle]!.ms <= atMs + 1e-9) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The rows of the calls that wait for an answer of each node at this moment, the latest last. */
export function callsAt({ run: { ops } }: Film, atMs: number): ReadonlyMap<string, readonly number[]> {
  const ns = atMs * 1e6;
  const waiting = new Map<string, number[]>();
  const { startNs } = ops.columns;
  for (let row = 0; row < ops.length && startNs[row]! <= ns; row++) {
    if (ops.columns.endNs[row]! < ns) continue;
    const node = ops.node(row);
    if (node === undefined) continue;
    const rows = waiting.get(node) ?? [];
    rows.push(row);
    waiting.set(node, rows);
  }
  return waiting;
}
