import type { Anomaly } from '../checker.ts';
import { type History, NEVER, type Operation } from '../history.ts';
import { label } from './label.ts';

/** How many operations besides those of the anomaly are drawn, for context. */
const CONTEXT = 8;

/** What is drawn: so many other operations for context, or none, and what stands before a process's number. */
export interface Look {
  readonly context: number;
  readonly process: string;
}

const FULL: Look = { context: CONTEXT, process: 'process ' };

/**
 * Draws operations as bars on a common axis, one line for each process: heavy bars
 * are the operations that prove the anomaly, light bars are concurrent operations on
 * the same keys. The axis is the order of events, not the clock: only that order counts.
 */
export function drawIntervals(history: History, anomaly: Anomaly, look: Look = FULL): string {
  const guilty = new Set(anomaly.operations);
  const drawn = chosen(history, guilty, look.context);
  const columns = axis(drawn);
  const right = Math.max(0, ...columns.values()) + 3;
  const processes = [...new Set(drawn.map((operation) => operation.process))].sort((a, b) => a - b);
  const names = processes.map((process) => `${look.process}${process}`);
  const width = Math.max(0, ...names.map((name) => name.length));
  return processes
    .map((process, at) => {
      const bars = drawn.filter((operation) => operation.process === process);
      return `${(names[at] as string).padEnd(width)}  ${line(bars, columns, guilty, right)}`.trimEnd();
    })
    .join('\n');
}

/** The operations of the anomaly, and some that overlap them on the same keys, in the order of `start`. */
function chosen(history: History, guilty: ReadonlySet<number>, context: number): Operation[] {
  const proof: Operation[] = [];
  const { columns } = history;
  for (let row = 0; row < history.length; row++)
    if (guilty.has(columns.start[row] as number)) proof.push(history.operation(row));
  const from = Math.min(...proof.map(({ start }) => start));
  const to = Math.max(...proof.map(({ start, end }) => (end === NEVER ? start : end)));
  const keys = new Set(proof.map(({ key }) => key));
  const others: Operation[] = [];
  for (let row = 0; row < history.length && others.length <= context; row++) {
    const start = columns.start[row] as number;
    if (start > to) break;
    if (guilty.has(start) || (columns.end[row] as number) < from) continue;
    const operation = history.operation(row);
    if (keys.has(operation.key) && operation.outcome.type !== 'fail') others.push(operation);
  }
  return (others.length > context ? proof : [...proof, ...others]).sort((a, b) => a.start - b.start);
}

/** A column for each event that is drawn, wide enough apart for the labels. */
function axis(drawn: readonly Operation[]): ReadonlyMap<number, number> {
  const events = drawn.flatMap(({ start, end }) => (end === NEVER ? [start] : [start, end])).sort((a, b) => a - b);
  const columns = new Map<number, number>();
  let last = -3;
  for (const event of events) {
    last += 3;
    const ended = drawn.find((operation) => operation.end === event);
    if (ended) last = Math.max(last, (columns.get(ended.start) as number) + label(ended).length + 5);
    const before = drawn.find((operation) => operation.end === NEVER && operation.process === processAt(drawn, event));
    if (before && before.start < event)
      last = Math.max(last, (columns.get(before.start) as number) + label(before).length + 8);
    columns.set(event, last);
  }
  return columns;
}

function processAt(drawn: readonly Operation[], event: number): number | undefined {
  return drawn.find(({ start }) => start === event)?.process;
}

function line(
  bars: readonly Operation[],
  columns: ReadonlyMap<number, number>,
  guilty: ReadonlySet<number>,
  right: number,
): string {
  let text = '';
  for (const [at, bar] of bars.entries()) {
    const from = columns.get(bar.start) as number;
    const next = bars[at + 1];
    const to =
      bar.end === NEVER
        ? next
          ? (columns.get(next.start) as number) - 2
          : right + 6
        : (columns.get(bar.end) as number);
    text = text.padEnd(from) + drawBar(bar, to - from, guilty.has(bar.start));
  }
  return text;
}

/** One bar of `length + 1` characters; one that never returned has no right end. */
function drawBar(operation: Operation, length: number, heavy: boolean): string {
  const [left, dash, right] = heavy ? ['┝', '━', '┥'] : ['├', '─', '┤'];
  const open = operation.end === NEVER;
  const text = ` ${label(operation)} `;
  const room = Math.max(2, length - 1 - text.length);
  const before = Math.floor(room / 2);
  return `${left}${dash.repeat(before)}${text}${dash.repeat(room - before)}${open ? '┄' : right}`;
}
