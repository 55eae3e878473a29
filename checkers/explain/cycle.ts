import type { Anomaly, CycleEdge } from '../checker.ts';
import type { History, Operation } from '../history.ts';
import { label } from './label.ts';

/** Draws a cycle from top to bottom, with the reason on each edge, and below it the operations that only witness it. */
export function drawCycle(history: History, { operations }: Anomaly, cycle: readonly CycleEdge[]): string {
  const found = operationsOf(history, new Set(operations));
  const lines: string[] = [];
  for (const [place, { from, why }] of cycle.entries())
    lines.push(`T${place + 1}  ${described(found.get(from), from)}`, ` │  ${why}`, ' ▼');
  lines.push('T1  (again)');
  const starts = new Set(cycle.map(({ from }) => from));
  const witnesses = operations.filter((start) => !starts.has(start));
  if (witnesses.length > 0) lines.push('', ...witnesses.map((start) => described(found.get(start), start)));
  return lines.join('\n');
}

export function operationsOf(history: History, wanted: ReadonlySet<number>): ReadonlyMap<number, Operation> {
  const found = new Map<number, Operation>();
  for (let row = 0; row < history.length; row++)
    if (wanted.has(history.columns.start[row] as number))
      found.set(history.columns.start[row] as number, history.operation(row));
  return found;
}

function described(operation: Operation | undefined, start: number): string {
  return operation ? `${label(operation)}   (operation ${start}, process ${operation.process})` : `operation ${start}`;
}
