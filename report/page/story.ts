/**
 * What surrounds an anomaly: the operations that prove it, the faults
 * that lasted meanwhile, the messages that those operations caused.
 */
import type { Message, Told } from './data.ts';
import type { Injected } from './fault-text.ts';
import { type Lease, leasesOf } from './leases.ts';
import { type Run, rootOf } from './run.ts';

/** More operations or messages than these are not drawn in a story. */
const OPERATIONS = 24;
/** Of more than these only those that the argument names are drawn, where it names any. */
const FEW = 8;
const MESSAGES = 80;
const SPACED = 60;
/** Of what led to a moment the last messages are told. */
const LAST = 24;

export interface Story {
  /** Rows of the proving operations, in the order of their starts. */
  readonly rows: readonly number[];
  readonly leftOut: number;
  /**
   * What those operations made nodes send; of an anomaly that is
   * a moment, and no operations, the last messages before it.
   */
  readonly messages: readonly Message[];
  readonly fromNs: number;
  readonly toNs: number;
  /** What is drawn begins here: with the operations, or with the messages that led to a moment. */
  readonly drawnFromNs: number;
  /** Where it was seen, of an anomaly that is a moment. */
  readonly momentNs: number | undefined;
  readonly faults: readonly Injected[];
  readonly leases: readonly Lease[];
  /** Moments to places: see `scaleOf`. */
  readonly scale: Scale;
}

export function storyOf(run: Run, told: Told, messages: readonly Message[]): Story {
  const { ops, page } = run;
  const all = told.operations.map((start) => ops.row(start)).filter((row) => row >= 0);
  const rows = argued(run, told, all)
    .slice(0, OPERATIONS)
    .sort((a, b) => a - b);
  const moments = rows.flatMap((row) => [ops.columns.startNs[row]!, ops.endNs(row)]);
  if (told.at) moments.push(told.at.ms * 1e6);
  const fromNs = moments.length > 0 ? Math.min(...moments) : run.bounds.from;
  const toNs = moments.length > 0 ? Math.max(...moments) : run.bounds.to;
  const faults = page.faults.filter((fault) => fault.fromMs * 1e6 <= toNs && fault.toMs * 1e6 >= fromNs);
  for (const fault of faults)
    moments.push(...[fault.fromMs * 1e6, fault.toMs * 1e6].filter((at) => at > fromNs && at < toNs));
  const behind = rows.length === 0 && told.at ? lastBefore(messages, told.at.ms) : messagesOf(run, messages, rows);
  const leases = leasesOf(run, rows);
  moments.push(...leases.map((lease) => lease.toNs).filter((at) => at > fromNs && at < toNs));
  const sent = behind.flatMap(({ sentMs, arrivedMs }) => [sentMs, ...arrivedMs]).map((ms) => ms * 1e6);
  // A few messages have room of their own; of many only the end is marked, where it comes after the last operation.
  const minor = sent.length <= SPACED ? sent : [Math.max(toNs, ...sent)];
  return {
    rows,
    leftOut: all.length - rows.length,
    messages: behind,
    fromNs,
    toNs,
    drawnFromNs: rows.length === 0 ? Math.min(fromNs, ...sent) : fromNs,
    momentNs: told.at ? told.at.ms * 1e6 : undefined,
    faults,
    leases,
    scale: scaleOf(moments, minor),
  };
}

/** Of many rows those that the steps name: the others only rule something out. */
function argued({ ops }: Run, { steps }: Told, all: readonly number[]): readonly number[] {
  if (all.length <= FEW) return all;
  const named = steps.flatMap((step) =>
    [...step.matchAll(/\boperation (\d+)/g)].map(([, start]) => ops.row(Number(start))),
  );
  const kept = all.filter((row) => named.includes(row));
  return kept.length > 1 ? kept : all;
}

/**
 * The messages that these operations brought about, directly or through other messages, in the order they were sent.
 */
function messagesOf(run: Run, messages: readonly Message[], rows: readonly number[]): Message[] {
  const roots = new Set(rows.map((row) => rootOf(run, row)));
  const found: Message[] = [];
  for (const message of messages) {
    if (!roots.has(message.root)) continue;
    found.push(message);
    if (found.length === MESSAGES) break;
  }
  return found;
}

function lastBefore(messages: readonly Message[], ms: number): Message[] {
  return messages
    .filter(({ sentMs }) => sentMs <= ms)
    .sort((a, b) => a.sentMs - b.sentMs)
    .slice(-LAST);
}

/** A moment in ns to a share of the width, 0 to 1. */
type Scale = (ns: number) => number;

/**
 * A time axis on which every order can be seen: moments keep their order and longer stretches are longer,
 * but by the logarithm, so that a millisecond stays visible beside a minute. Minor moments get less room.
 */
function scaleOf(major: readonly number[], minor: readonly number[]): Scale {
  const important = new Set(major);
  const sorted = [...new Set([...major, ...minor])].sort((a, b) => a - b);
  const places = [0];
  for (let i = 1; i < sorted.length; i++) {
    const least = important.has(sorted[i - 1]!) && important.has(sorted[i]!) ? 0.7 : 0.15;
    places.push(places[i - 1]! + least + Math.log10(1 + (sorted[i]! - sorted[i - 1]!) / 1e5));
  }
  const whole = places.at(-1) || 1;
  return (ns) => {
    if (sorted.length === 0 || ns <= sorted[0]!) return 0;
    const after = sorted.findIndex((moment) => moment >= ns);
    if (after < 0) return 1;
    const [a, b] = [sorted[after - 1]!, sorted[after]!];
    return (places[after - 1]! + ((ns - a) / (b - a)) * (places[after]! - places[after - 1]!)) / whole;
  };
}
