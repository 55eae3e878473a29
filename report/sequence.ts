/** An anomaly as what happened in order: calls, the messages that they caused, and faults. */
import { type History, NEVER, type Operation } from 'elle-ts';
import type { Journalled } from '../harness/clusters/cluster.ts';
import { faultText } from '../harness/faults/meanings.ts';
import type { Result } from '../harness/judging/result.ts';
import { operationText, printable } from './drawing.ts';
import type { Told } from './page/data.ts';

/** Something that one party did, or that passed from one to another. */
export interface Happening {
  readonly ns: number;
  /** `p3` for a process, `n1` for a node; undefined where it concerns all. */
  readonly from?: string;
  /** Where it went; undefined where it stays. */
  readonly to?: string;
  readonly what: string;
  readonly kind: 'call' | 'reply' | 'message' | 'lost' | 'fault';
  /** What both ends of a message share: its sending and its arrival. */
  readonly id?: string;
  readonly arrives?: true;
}

export interface Sequence {
  readonly title: string;
  readonly happenings: readonly Happening[];
  /** How many messages were left out for length. */
  readonly leftOut: number;
}

/** More messages than these say no more. */
const MESSAGES = 80;

/** What is known of a run beside its anomalies. */
export interface Happened {
  readonly history: History;
  readonly messages: readonly Journalled[];
  readonly result: Pick<Result, 'faults'>;
}

/** What led to an anomaly, in the order of time. */
export function sequenceOf({ history, messages, result }: Happened, told: Told): Sequence {
  const proof = new Set(told.operations);
  const operations = [...history].filter(({ start }) => proof.has(start));
  const roots = new Set(operations.map(({ start }) => `operation ${start}`));
  const caused = messages.filter(({ root }) => roots.has(root));
  const ends = operations.flatMap(({ startNs, endNs }) => (Number.isFinite(endNs) ? [startNs, endNs] : [startNs]));
  const [from, to] = [Math.min(...ends), Math.max(...ends)];
  const faults = result.faults.filter(({ fromMs, toMs }) => fromMs * 1e6 <= to && toMs * 1e6 >= from);
  const happenings = [
    ...operations.flatMap(callOf),
    ...caused.slice(0, MESSAGES).flatMap(messageOf),
    ...faults.flatMap((fault): Happening[] => [
      { ns: fault.fromMs * 1e6, what: `begins: ${faultText(fault)}`, kind: 'fault' },
      ...(fault.toMs * 1e6 <= to
        ? [{ ns: fault.toMs * 1e6, what: `ends: ${faultText(fault)}`, kind: 'fault' as const }]
        : []),
    ]),
  ].map((one) => ({ ...one, what: printable(one.what) }));
  return {
    title: printable(`${told.name}: ${told.message}`),
    happenings: happenings.sort((a, b) => a.ns - b.ns),
    leftOut: Math.max(0, caused.length - MESSAGES),
  };
}

function callOf(operation: Operation): readonly Happening[] {
  const { process, node, start, end, startNs, endNs, outcome } = operation;
  const [client, server] = [`p${process}`, node ?? 'system'];
  const what = `${operationText(operation)} (operation ${start})`;
  const id = `operation ${start}`;
  const call: Happening = { ns: startNs, from: client, to: server, what, kind: 'call', id };
  if (end === NEVER && !Number.isFinite(endNs)) return [call];
  const ended = outcome.type === 'info' ? 'no answer' : outcome.type;
  return [call, { ns: endNs, from: server, to: client, what: `${ended} (operation ${start})`, kind: 'reply', id }];
}

function messageOf({ id, from, to, kind, sentMs, arrivedMs }: Journalled): readonly Happening[] {
  const sent = { ns: sentMs * 1e6, from, to, what: kind, id };
  if (arrivedMs.length === 0) return [{ ...sent, kind: 'lost' }];
  return [
    { ...sent, kind: 'message' },
    ...arrivedMs.map((ms) => ({ ...sent, ns: ms * 1e6, kind: 'message' as const, arrives: true as const })),
  ];
}
