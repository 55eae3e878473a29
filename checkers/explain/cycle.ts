import type { Anomaly } from '../checker.ts';
import type { History, Operation } from '../history.ts';
import { label } from './label.ts';

/** Draws a cycle of transactions from top to bottom, with the reason on each edge: a step of the anomaly an edge, where there are as many. */
export function drawCycle(history: History, anomaly: Anomaly): string {
  const found = new Map<number, Operation>();
  const wanted = new Set(anomaly.operations);
  for (let row = 0; row < history.length; row++)
    if (wanted.has(history.columns.start[row] as number)) {
      const operation = history.operation(row);
      found.set(operation.start, operation);
    }
  const { operations, steps } = anomaly;
  const lines: string[] = [];
  for (const [at, start] of operations.entries()) {
    const operation = found.get(start);
    lines.push(`T${start}  ${operation ? `${label(operation)}   (process ${operation.process})` : ''}`.trimEnd());
    lines.push(` │  ${steps[at] ?? ''}`.trimEnd(), ' ▼');
  }
  lines.push(`T${operations[0]}  (again)`);
  return lines.join('\n');
}
