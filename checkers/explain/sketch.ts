/** An anomaly in a few lines of text, for where a whole drawing has no room: a build's log, a list of failures. */
import type { Anomaly, CycleEdge } from '../checker.ts';
import { type History, NEVER, type Operation } from '../history.ts';
import { operationsOf } from './cycle.ts';
import { drawIntervals } from './intervals.ts';
import { label } from './label.ts';

/** How much text there is room for. */
export interface Room {
  readonly columns: number;
  readonly lines: number;
}

/**
 * Draws what proves an anomaly, and nothing else, in no more lines than there is room for: its cycle, an edge a line;
 * else its operations as bars, a process a line; else, where these do not fit, its operations in order, one a line.
 * An anomaly without operations has its steps. What is left out is counted in the last line.
 */
export function sketch(history: History, anomaly: Anomaly, { columns, lines }: Room): readonly string[] {
  return fitted(linesOf(history, anomaly, { columns, lines }), { columns, lines });
}

function linesOf(history: History, anomaly: Anomaly, { columns, lines }: Room): readonly string[] {
  const found = operationsOf(history, new Set(anomaly.operations));
  if (anomaly.cycle) return edgeLines(found, anomaly.cycle);
  if (found.size === 0) return anomaly.steps;
  const bars = drawIntervals(history, anomaly, { context: 0, process: 'p' }).split('\n');
  if (bars.length <= lines && bars.every((bar) => bar.length <= columns)) return bars;
  return [...found.values()].sort((a, b) => a.start - b.start).map(operationLine);
}

function edgeLines(found: ReadonlyMap<number, Operation>, cycle: readonly CycleEdge[]): readonly string[] {
  return cycle.map(({ from, kind, key }, at) => {
    const operation = found.get(from);
    const what = operation ? label(operation) : `operation ${from}`;
    const on = key === undefined ? '' : ` ${key}`;
    return `T${at + 1} -${kind}${on}-> T${((at + 1) % cycle.length) + 1}   T${at + 1}: ${what}`;
  });
}

function operationLine(operation: Operation): string {
  const { process, node, start, end } = operation;
  const until = end === NEVER ? '...' : end;
  return `p${process}  ${label(operation)}${node === undefined ? '' : ` at ${node}`}  [${start}-${until}]`;
}

function fitted(all: readonly string[], { columns, lines }: Room): readonly string[] {
  const shown = all.length > lines ? [...all.slice(0, lines - 1), `... and ${all.length - lines + 1} more`] : all;
  return shown.map((line) => (line.length > columns ? `${line.slice(0, columns - 1)}…` : line));
}
