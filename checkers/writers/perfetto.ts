/**
 * Histories as a trace that Perfetto and Chrome's about:tracing draw: a track for each process, under its node.
 *
 * @see "Trace Event Format", https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU: complete
 * events (X), instants (i) and metadata (M); times are microseconds.
 */
import type { History, Operation } from '../history.ts';

/** The trace's own process of what no node is named for. */
const ELSEWHERE = 0;

/** One JSON object with an event a line. All that the history knows of an operation is in its event's `args`. O(n). */
export function* perfetto(history: History): Generator<string> {
  const { nodeNames, endNs, startNs, length } = history.columns;
  let last = 0;
  for (let row = 0; row < length; row++) {
    const end = endNs[row] as number;
    last = Math.max(last, Number.isFinite(end) ? end : (startNs[row] as number));
  }
  yield '{"displayTimeUnit":"ms","traceEvents":[';
  const names = ['elsewhere', ...nodeNames].map((name, pid) => ({
    ph: 'M',
    pid,
    name: 'process_name',
    args: { name },
  }));
  let before = '';
  for (const event of [...names, ...operations(history, last), ...faults(history)]) {
    yield `${before}\n${JSON.stringify(event)}`;
    before = ',';
  }
  yield '\n]}\n';
}

function* operations(history: History, last: number): Generator<object> {
  const places = new Map(history.columns.nodeNames.map((name, place) => [name, place + 1]));
  for (const operation of history) {
    const { f, key, process, node, startNs, endNs, outcome } = operation;
    const end = Number.isFinite(endNs) ? endNs : last;
    yield {
      name: key === undefined ? f : `${f} ${key}`,
      cat: outcome.type,
      ph: 'X',
      pid: places.get(node ?? '') ?? ELSEWHERE,
      tid: process,
      ts: startNs / 1000,
      dur: Math.max(0, end - startNs) / 1000,
      args: argumentsOf(operation),
    };
  }
}

function argumentsOf({ start, end, input, outcome, final, ...rest }: Operation): object {
  const { f, key, process, node, startNs, endNs } = rest;
  const ends = outcome.type === 'info' ? {} : { end };
  return { start, ...ends, f, key, process, node, input, ...outcome, final, startNs, endNs };
}

function* faults({ nemesis }: History): Generator<object> {
  for (const { index, timeNs, f, value } of nemesis)
    yield {
      name: f,
      cat: 'nemesis',
      ph: 'i',
      s: 'g',
      pid: ELSEWHERE,
      tid: 0,
      ts: timeNs / 1000,
      args: { index, value },
    };
}
